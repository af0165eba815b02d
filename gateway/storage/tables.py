"""The tables. They change by migrations only; a test holds the two against each other."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
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
    # Serialized telltale.fusion.v1.FuseRequest: only of analyses from before there was a key.
    Column("evidence", LargeBinary),
    # Under which the evidence, as fusion saw it, lies in the media store, maps included. Null until detection has ended.
    Column("evidence_key", String(40)),
    # That of the media: then nobody is shown it any more.
    Column("expire_time_ms", BigInteger, nullable=False, server_default="0"),
    # What lists are searched by, all of it out of the document: the name for the file as `gateway.search.folded` writes it, …
    Column("folded_name", Text, nullable=False, server_default=""),
    Column("sha256", String(64), nullable=False, server_default=""),
    # … a number of telltale.common.v1.MediaKind, …
    Column("kind", Integer, nullable=False, server_default="0"),
    # … and one of telltale.fusion.v1.Label; 0 while there is no verdict.
    Column("label", Integer, nullable=False, server_default="0"),
    # Whose turn it takes in the queue, in which language its sentences are, and when nobody wants it any more (null: never).
    Column("token_id", String(64), nullable=False, server_default=""),
    Column("language", String(35), nullable=False, server_default=""),
    Column("deadline_ms", BigInteger),
    # Who is told when it has ended; empty: nobody.
    Column("notify_url", Text, nullable=False, server_default=""),
    # The span of the call that ordered it, which the work on it continues; empty where nothing is traced.
    Column("traceparent", String(55), nullable=False, server_default=""),
    # Counts the changes of the document: who watches asks for nothing else.
    Column("revision", BigInteger, nullable=False, server_default="0"),
    # Holds all that a search looks at: rows are long, and a search that read them would take seconds.
    Index("analyses_by_owner", "owner", "id", "expire_time_ms", "label", "kind", "sha256", "folded_name"),
    Index("analyses_by_media", "media_id", "id"),
    Index("analyses_by_bytes", "owner", "sha256", "id"),
    Index("analyses_by_state", "state", "id"),
    Index("analyses_by_evidence", "evidence_key", unique=True),
)

# What each detector has seen, as soon as it has ended: whoever takes a job up again asks only the others.
partial_results = Table(
    "partial_results",
    metadata,
    Column("analysis_id", String(26), ForeignKey("analyses.id", ondelete="CASCADE"), primary_key=True),
    Column("detector", String(32), primary_key=True),
    # Serialized telltale.gateway.v1.Analysis that holds what this detector found, and nothing else.
    Column("document", LargeBinary, nullable=False),
)

# Who is to be told that an analysis has ended: written in the transaction that ends it. One taken up again ends once more.
notifications = Table(
    "notifications",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("analysis_id", String(26), ForeignKey("analyses.id", ondelete="CASCADE"), nullable=False),
    Column("url", Text, nullable=False),
    # What is sent, the same bytes at every attempt.
    Column("body", LargeBinary, nullable=False),
    # "pending", "delivered" or "given_up".
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("create_time_ms", BigInteger, nullable=False),
    # No attempt before this moment.
    Column("next_time_ms", BigInteger, nullable=False),
    Index("notifications_by_analysis", "analysis_id"),
    Index("notifications_by_state", "state", "next_time_ms"),
)

# Copies of pictures that their owners gave to us. They outlive their media.
contributions = Table(
    "contributions",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("owner", String(64), nullable=False),
    # Null once the media have expired: from then on nothing leads from the copy to the file.
    Column("media_id", String(26), ForeignKey("media.id", ondelete="SET NULL"), unique=True),
    # A number of telltale.gateway.v1.Truth.
    Column("truth", Integer, nullable=False),
    Column("create_time_ms", BigInteger, nullable=False),
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

shares = Table(
    "shares",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("analysis_id", String(26), ForeignKey("analyses.id", ondelete="CASCADE"), nullable=False),
    # SHA-256 of the secret, hexadecimal. The secret itself is nowhere.
    Column("secret_sha256", String(64), nullable=False, unique=True),
    Column("with_media", Boolean, nullable=False),
    Column("create_time_ms", BigInteger, nullable=False),
    Column("expire_time_ms", BigInteger, nullable=False),
    Index("shares_by_analysis", "analysis_id", "id"),
    Index("shares_by_expiry", "expire_time_ms"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("analysis_id", String(26), ForeignKey("analyses.id", ondelete="CASCADE"), primary_key=True),
    # A number of telltale.gateway.v1.Truth.
    Column("truth", Integer, nullable=False),
    Column("comment", Text, nullable=False),
    Column("update_time_ms", BigInteger, nullable=False),
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
    # Id of the token that was made in its place.
    Column("successor_id", String(26)),
    # To the minute. Null: not used since this is noted.
    Column("last_use_time_ms", BigInteger),
    Index("tokens_by_owner", "owner", "id"),
)

# Who did what: see gateway.audit.entry. Triggers refuse to change or to delete a row, and a row out of its turn.
audit = Table(
    "audit",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("time_ms", BigInteger, nullable=False),
    Column("method", String(128), nullable=False),
    Column("outcome", String(128), nullable=False),
    Column("token_id", String(128), nullable=False),
    Column("owner", String(128), nullable=False),
    # Names, joined by blanks.
    Column("resources", Text, nullable=False),
    Column("network", String(128), nullable=False),
    Column("request_id", String(36), nullable=False),
    Column("calls", Integer, nullable=False),
    # Hexadecimal SHA-256 of the row before, and of this one.
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("audit_by_owner", "owner", "sequence"),
    Index("audit_by_time", "time_ms"),
)
