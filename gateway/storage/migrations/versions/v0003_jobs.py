"""What long-running work needs: whose turn, deadline and language of analyses, and what each detector has seen so far."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.storage.migrations.append_only import create_triggers, drop_functions

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COLUMNS = ("token_id", "language", "deadline_ms", "notify_url", "revision", "expire_time_ms", "evidence_key")
_SEARCHED = ["owner", "id", "label", "kind", "sha256", "folded_name"]


def upgrade() -> None:
    """Adds columns and tables."""
    op.add_column("analyses", sa.Column("token_id", sa.String(64), nullable=False, server_default=""))
    op.add_column("analyses", sa.Column("language", sa.String(35), nullable=False, server_default=""))
    op.add_column("analyses", sa.Column("deadline_ms", sa.BigInteger))
    op.add_column("analyses", sa.Column("notify_url", sa.Text, nullable=False, server_default=""))
    op.add_column("analyses", sa.Column("revision", sa.BigInteger, nullable=False, server_default="0"))
    op.create_index("analyses_by_state", "analyses", ["state", "id"])
    _add_expiry()
    op.add_column("analyses", sa.Column("evidence_key", sa.String(40)))
    op.create_index("analyses_by_evidence", "analyses", ["evidence_key"], unique=True)
    op.add_column("tokens", sa.Column("successor_id", sa.String(26)))
    op.add_column("tokens", sa.Column("last_use_time_ms", sa.BigInteger))
    _create_partial_results()
    _create_notifications()
    _create_contributions()
    _create_audit()


def downgrade() -> None:
    """Drops them."""
    op.drop_table("audit")
    drop_functions()
    op.drop_table("contributions")
    op.drop_table("notifications")
    op.drop_table("partial_results")
    op.drop_index("analyses_by_state", "analyses")
    op.drop_index("analyses_by_owner", "analyses")
    op.create_index("analyses_by_owner", "analyses", _SEARCHED)
    op.drop_index("analyses_by_evidence", "analyses")
    for name in _COLUMNS:
        op.drop_column("analyses", name)
    for name in ("successor_id", "last_use_time_ms"):
        op.drop_column("tokens", name)


def _create_partial_results() -> None:
    op.create_table(
        "partial_results",
        sa.Column("analysis_id", sa.String(26), sa.ForeignKey("analyses.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("detector", sa.String(32), primary_key=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
    )


def _add_expiry() -> None:
    op.add_column("analyses", sa.Column("expire_time_ms", sa.BigInteger, nullable=False, server_default="0"))
    theirs = "SELECT media.expire_time_ms FROM media WHERE media.id = analyses.media_id"
    op.execute(f"UPDATE analyses SET expire_time_ms = ({theirs})")  # noqa: S608 - no text of anybody's
    op.drop_index("analyses_by_owner", "analyses")
    op.create_index("analyses_by_owner", "analyses", [*_SEARCHED[:2], "expire_time_ms", *_SEARCHED[2:]])


def _create_contributions() -> None:
    op.create_table(
        "contributions",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("media_id", sa.String(26), sa.ForeignKey("media.id", ondelete="SET NULL"), unique=True),
        sa.Column("truth", sa.Integer, nullable=False),
        sa.Column("create_time_ms", sa.BigInteger, nullable=False),
    )


def _create_notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("analysis_id", sa.String(26), sa.ForeignKey("analyses.id", ondelete="CASCADE"), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("create_time_ms", sa.BigInteger, nullable=False),
        sa.Column("next_time_ms", sa.BigInteger, nullable=False),
    )
    op.create_index("notifications_by_analysis", "notifications", ["analysis_id"])
    op.create_index("notifications_by_state", "notifications", ["state", "next_time_ms"])


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("sequence", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("time_ms", sa.BigInteger, nullable=False),
        sa.Column("method", sa.String(128), nullable=False),
        sa.Column("outcome", sa.String(128), nullable=False),
        sa.Column("token_id", sa.String(128), nullable=False),
        sa.Column("owner", sa.String(128), nullable=False),
        sa.Column("resources", sa.Text, nullable=False),
        sa.Column("network", sa.String(128), nullable=False),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_index("audit_by_owner", "audit", ["owner", "sequence"])
    op.create_index("audit_by_time", "audit", ["time_ms"])
    create_triggers()
