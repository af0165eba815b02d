"""Channel and server options in one place, so that both ends agree."""

from __future__ import annotations

MAX_MESSAGE_BYTES = 4 * 2**20  # Chunks are 1 MiB; an answer with its maps stays well below.

# The report of a long video may be longer; who asks for it by gRPC raises their own limit.
MAX_ANSWER_BYTES = 32 * 2**20

# As many as Envoy lets through: what an identity provider says of somebody with many groups takes more than the usual 8 KiB.
_MAX_HEADER_BYTES = 32 * 2**10

SERVER_OPTIONS = (
    ("grpc.max_metadata_size", _MAX_HEADER_BYTES),
    ("grpc.absolute_max_metadata_size", 2 * _MAX_HEADER_BYTES),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_ANSWER_BYTES),
    ("grpc.so_reuseport", 0),  # A second process on the same port must fail, not take half of the calls.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    # Who is told to connect again asks DNS again, and so finds servers that were added since. Calls at work go on until they end.
    ("grpc.max_connection_age_ms", 60_000),
)
CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.enable_http_proxy", 0),  # Services talk to each other, never through a proxy of the environment.
    # Every address of a name gets its share of the calls: behind a headless service of a cluster these are all its servers.
    ("grpc.lb_policy_name", "round_robin"),
    ("grpc.initial_reconnect_backoff_ms", 100),
    # Until it tries again a channel says that a service is away which is back; whoever asks again must not lose to that.
    ("grpc.max_reconnect_backoff_ms", 500),
)
