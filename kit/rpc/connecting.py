"""Why no connection came about, in words: the library's own are about its insides."""

from __future__ import annotations

_HINTS = (
    ("certificate has expired", "the certificate of the other side has expired; renew it"),
    (
        "CERTIFICATE_VERIFY_FAILED",
        "the certificate of the other side is of no authority that is believed here; check the CA",
    ),
    ("Hostname Verification Check failed", "the certificate of the other side has another name than the one asked for"),
    ("WRONG_VERSION_NUMBER", "the other side speaks plain text, and TLS is set up here"),
    (
        "Socket closed",
        "the other side ended the connection at once; it may want TLS, or another certificate than it was shown",
    ),
)


def explained(details: str) -> str:
    """grpc's words for a failed call, with what they mean where that is known."""
    return next((f"{hint}: {details}" for sign, hint in _HINTS if sign in details), details)
