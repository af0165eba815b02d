"""Media, analyses, idempotency keys and tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes all tables."""
    _create_media()
    _create_analyses()
    _create_request_ids()
    _create_tokens()


def downgrade() -> None:
    """Drops all tables."""
    for table in ("tokens", "request_ids", "analyses", "media"):
        op.drop_table(table)


def _create_media() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("expire_time_ms", sa.BigInteger, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
    )
    op.create_index("media_by_owner", "media", ["owner", "id"])
    op.create_index("media_by_expiry", "media", ["expire_time_ms"])


def _create_analyses() -> None:
    op.create_table(
        "analyses",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("media_id", sa.String(26), sa.ForeignKey("media.id", ondelete="CASCADE"), nullable=False),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.Column("evidence", sa.LargeBinary),
    )
    op.create_index("analyses_by_owner", "analyses", ["owner", "id"])
    op.create_index("analyses_by_media", "analyses", ["media_id", "id"])


def _create_request_ids() -> None:
    op.create_table(
        "request_ids",
        sa.Column("owner", sa.String(64), primary_key=True),
        sa.Column("purpose", sa.String(16), primary_key=True),
        sa.Column("request_id", sa.String(36), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("media_id", sa.String(26), sa.ForeignKey("media.id", ondelete="CASCADE")),
        sa.Column("analysis_id", sa.String(26), sa.ForeignKey("analyses.id", ondelete="CASCADE")),
        sa.CheckConstraint("(media_id IS NULL) <> (analysis_id IS NULL)", name="request_ids_one_resource"),
    )
    op.create_index("request_ids_by_media", "request_ids", ["media_id"])
    op.create_index("request_ids_by_analysis", "request_ids", ["analysis_id"])


def _create_tokens() -> None:
    op.create_table(
        "tokens",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("secret_sha256", sa.String(64), nullable=False, unique=True),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("label", sa.String(200), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("create_time_ms", sa.BigInteger, nullable=False),
        sa.Column("expire_time_ms", sa.BigInteger),
        sa.Column("revoke_time_ms", sa.BigInteger),
    )
    op.create_index("tokens_by_owner", "tokens", ["owner", "id"])
