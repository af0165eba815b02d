"""What analyses are searched by, links to them, and what callers learned of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.search import folded
from telltale.gateway.v1 import resources_pb2

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("folded_name", sa.Text(), ""),
    ("sha256", sa.String(64), ""),
    ("kind", sa.Integer(), "0"),
    ("label", sa.Integer(), "0"),
)
_BATCH = 200


def upgrade() -> None:
    """Adds columns and tables, and fills the columns of rows that are there."""
    for name, kind, default in _COLUMNS:
        op.add_column("analyses", sa.Column(name, kind, nullable=False, server_default=default))
    _fill_columns(op.get_bind())
    op.drop_index("analyses_by_owner", "analyses")
    op.create_index("analyses_by_owner", "analyses", ["owner", "id", "label", "kind", "sha256", "folded_name"])
    _create_shares()
    _create_feedback()


def downgrade() -> None:
    """Drops them."""
    op.drop_table("feedback")
    op.drop_table("shares")
    op.drop_index("analyses_by_owner", "analyses")
    op.create_index("analyses_by_owner", "analyses", ["owner", "id"])
    for name, _, _ in _COLUMNS:
        op.drop_column("analyses", name)


def _create_shares() -> None:
    op.create_table(
        "shares",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("analysis_id", sa.String(26), sa.ForeignKey("analyses.id", ondelete="CASCADE"), nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("with_media", sa.Boolean, nullable=False),
        sa.Column("create_time_ms", sa.BigInteger, nullable=False),
        sa.Column("expire_time_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("shares_by_analysis", "shares", ["analysis_id", "id"])
    op.create_index("shares_by_expiry", "shares", ["expire_time_ms"])


def _create_feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("analysis_id", sa.String(26), sa.ForeignKey("analyses.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("truth", sa.Integer, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("update_time_ms", sa.BigInteger, nullable=False),
    )


def _fill_columns(connection: sa.Connection) -> None:
    table = sa.table("analyses", sa.column("id"), sa.column("document"), *(sa.column(name) for name, _, _ in _COLUMNS))
    last = ""
    while rows := connection.execute(
        sa.select(table.c.id, table.c.document).where(table.c.id > last).order_by(table.c.id).limit(_BATCH)
    ).all():
        for analysis_id, document in rows:
            found = _found_in(resources_pb2.Analysis.FromString(document))
            connection.execute(sa.update(table).where(table.c.id == analysis_id).values(found))
        last = rows[-1].id


def _found_in(analysis: resources_pb2.Analysis) -> dict[str, object]:
    return {
        "folded_name": folded(analysis.display_name),
        "sha256": analysis.info.sha256,
        "kind": analysis.info.kind,
        "label": analysis.verdict.label,
    }
