"""What is asked before a file is looked at: what its owner was told of the same bytes before."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds an index."""
    op.create_index("analyses_by_bytes", "analyses", ["owner", "sha256", "id"])


def downgrade() -> None:
    """Drops it."""
    op.drop_index("analyses_by_bytes", "analyses")
