"""Where the processes of a stack send their traces."""

from __future__ import annotations

from cli.settings import CliSettings


def traces_of(settings: CliSettings) -> dict[str, str]:
    """Settings of any process of the stack; nothing to set when the stack has no collector of its own."""
    if settings.otlp_endpoint is None:
        return {}
    return {"OTLP_ENDPOINT": settings.otlp_endpoint, "TRACE_SHARE": str(settings.trace_share)}
