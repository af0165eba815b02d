"""KeyService over gRPC. It needs no token: whoever is handed a report must be able to check it."""

from __future__ import annotations

from collections.abc import Sequence

import grpc

from kit.rpc.aio_server import AioServiceBinding
from kit.sealing.keys import SigningKey, described
from telltale.gateway.v1 import key_service_pb2, key_service_pb2_grpc


class KeyServicer:
    """Convert, call, convert."""

    def __init__(self, key: SigningKey, retired: Sequence[bytes] = ()) -> None:
        self._key = key
        self._retired = retired

    async def ListSigningKeys(
        self, _request: key_service_pb2.ListSigningKeysRequest, _context: grpc.aio.ServicerContext
    ) -> key_service_pb2.ListSigningKeysResponse:
        """The public half of the key in use, then those that signed before."""
        return key_service_pb2.ListSigningKeysResponse(keys=[self._key.described(), *map(described, self._retired)])


def key_service(servicer: KeyServicer) -> AioServiceBinding:
    """The binding of `KeyService` for a server."""
    return AioServiceBinding(
        descriptor=key_service_pb2.DESCRIPTOR.services_by_name["KeyService"],
        add=key_service_pb2_grpc.add_KeyServiceServicer_to_server,
        servicer=servicer,
    )
