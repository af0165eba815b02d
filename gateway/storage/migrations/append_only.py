"""Triggers that make the database itself refuse to change or delete entries of the audit log, or to take one out of its turn.

They stop mistakes, and programs that may only use the table. Who owns the table can take them away: against that there are the
hashes of the entries, and signed heads that are kept elsewhere.
"""

from __future__ import annotations

from alembic import op

# A replacing insert deletes without asking the trigger for deletions; so it is the number that is looked at.
_SQLITE = (
    "CREATE TRIGGER audit_update BEFORE UPDATE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit log only grows: its entries are not changed'); END",
    "CREATE TRIGGER audit_delete BEFORE DELETE ON audit"
    " BEGIN SELECT RAISE(ABORT, 'the audit log only grows: its entries are not deleted'); END",
    "CREATE TRIGGER audit_insert BEFORE INSERT ON audit"
    " WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM audit)"
    " BEGIN SELECT RAISE(ABORT, 'the next entry of the audit log has the number after the last one'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN RAISE EXCEPTION 'the audit log only grows: its entries are neither changed nor deleted'; END $$",
    "CREATE FUNCTION audit_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$"
    " BEGIN IF NEW.sequence <> (SELECT coalesce(max(sequence), 0) + 1 FROM audit)"
    " THEN RAISE EXCEPTION 'the next entry of the audit log has the number after the last one'; END IF; RETURN NEW; END $$",
    "CREATE TRIGGER audit_refuse BEFORE UPDATE OR DELETE OR TRUNCATE ON audit"
    " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_in_turn BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_in_turn()",
)
_FUNCTIONS = ("audit_refuse", "audit_in_turn")


def create_triggers() -> None:
    """Guards the table `audit`."""
    for statement in _POSTGRESQL if _is_postgresql() else _SQLITE:
        op.execute(statement)


def drop_functions() -> None:
    """Removes what is left when the table has been dropped."""
    for name in _FUNCTIONS if _is_postgresql() else ():
        op.execute(f"DROP FUNCTION {name}()")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
