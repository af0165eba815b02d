"""Quotas that note what they are asked."""

from __future__ import annotations

from kit.errors import QuotaExceeded


class FakeQuotas:
    """Room for so many bytes.

    Attributes:
        charged: (token, bytes or seconds), in the order of the charges.
    """

    def __init__(self, room_bytes: int = 2**40) -> None:
        self._room_bytes = room_bytes
        self.charged: list[tuple[str, float]] = []

    async def byte_room(self, token_id: str, wanted: int) -> int:
        if wanted > self._room_bytes:
            raise QuotaExceeded("no room", retry_after_s=1.0)
        return self._room_bytes

    async def charge_bytes(self, token_id: str, size_bytes: int) -> None:
        self.charged.append((token_id, size_bytes))

    async def charge_media(self, token_id: str, duration_s: float) -> None:
        self.charged.append((token_id, duration_s))
