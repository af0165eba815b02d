"""What long-running work needs: whose turn, deadline and language of analyses, and what each detector has seen so far."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_COLUMNS = ("token_id", "language", "deadline_ms", "revision")


def upgrade() -> None:
    """Adds columns and tables."""
    op.add_column("analyses", sa.Column("token_id", sa.String(64), nullable=False, server_default=""))
    op.add_column("analyses", sa.Column("language", sa.String(35), nullable=False, server_default=""))
    op.add_column("analyses", sa.Column("deadline_ms", sa.BigInteger))
    op.add_column("analyses", sa.Column("revision", sa.BigInteger, nullable=False, server_default="0"))
    op.create_index("analyses_by_state", "analyses", ["state", "id"])
    _create_partial_results()


def downgrade() -> None:
    """Drops them."""
    op.drop_table("partial_results")
    op.drop_index("analyses_by_state", "analyses")
    for name in _COLUMNS:
        op.drop_column("analyses", name)


def _create_partial_results() -> None:
    op.create_table(
        "partial_results",
        sa.Column("analysis_id", sa.String(26), sa.ForeignKey("analyses.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("detector", sa.String(32), primary_key=True),
        sa.Column("document", sa.LargeBinary, nullable=False),
    )
