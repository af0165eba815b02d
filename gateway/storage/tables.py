"""The tables. They change by migrations only; a test holds the two against each other."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

metadata = MetaData()

media = Table(
    "media",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("expire_time_ms", BigInteger, nullable=False),
    # Serialized telltale.gateway.v1.Media.
    Column("document", LargeBinary, nullable=False),
    Index("media_by_owner", "owner", "id"),
    Index("media_by_expiry", "expire_time_ms"),
)

analyses = Table(
    "analyses",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("media_id", String(26), ForeignKey("media.id", ondelete="CASCADE"), nullable=False),
    # A number of telltale.gateway.v1.AnalysisState.
    Column("state", Integer, nullable=False),
    # Serialized telltale.gateway.v1.Analysis, as callers see it.
    Column("document", LargeBinary, nullable=False),
    # Serialized telltale.fusion.v1.FuseRequest: the evidence as fusion saw it, maps included. Null until detection has ended.
    Column("evidence", LargeBinary),
    Index("analyses_by_owner", "owner", "id"),
    Index("analyses_by_media", "media_id", "id"),
)

request_ids = Table(
    "request_ids",
    metadata,
    Column("owner", String(64), primary_key=True),
    # "upload" or "analyze": the same key may be used once for each.
    Column("purpose", String(16), primary_key=True),
    Column("request_id", String(36), primary_key=True),
    Column("sha256", String(64), nullable=False),
    Column("media_id", String(26), ForeignKey("media.id", ondelete="CASCADE")),
    Column("analysis_id", String(26), ForeignKey("analyses.id", ondelete="CASCADE")),
    CheckConstraint("(media_id IS NULL) <> (analysis_id IS NULL)", name="request_ids_one_resource"),
    Index("request_ids_by_media", "media_id"),
    Index("request_ids_by_analysis", "analysis_id"),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", String(26), primary_key=True),
    # SHA-256 of the secret, hexadecimal. The secret itself is nowhere.
    Column("secret_sha256", String(64), nullable=False, unique=True),
    Column("owner", String(64), nullable=False),
    Column("label", String(200), nullable=False),
    # Scopes, sorted, joined by blanks.
    Column("scopes", String(200), nullable=False),
    Column("create_time_ms", BigInteger, nullable=False),
    # Null: never.
    Column("expire_time_ms", BigInteger),
    # Null: not revoked.
    Column("revoke_time_ms", BigInteger),
    Index("tokens_by_owner", "owner", "id"),
)
