"""A worker: makes the analyses that gateways have taken on, and serves nobody. As many as wanted share one PostgreSQL."""
