"""How an answer says what it was made by: in its initial metadata, while the models behind it are held."""

from __future__ import annotations

import grpc

BASIS = "telltale-basis"
"""Key of the metadata; the value is that of `kit.models.basis`."""


def announce(context: grpc.ServicerContext, basis: str) -> None:
    """Tells the caller by what the answer is being made. Before any other part of it, and once."""
    context.send_initial_metadata(((BASIS, basis),))
