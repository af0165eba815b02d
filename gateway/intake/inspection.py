"""What is known of an upload before anything of it is kept."""

from __future__ import annotations

from dataclasses import dataclass

from telltale.common.v1 import media_pb2
from telltale.gateway.v1 import resources_pb2


@dataclass(frozen=True)
class Inspection:
    """An upload that was not refused.

    Attributes:
        info: what its bytes are.
        scan: whether it was looked at for malware.
    """

    info: media_pb2.MediaInfo
    scan: resources_pb2.ScanState.ValueType
