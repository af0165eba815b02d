"""What is sent: a small body that anybody may see, and a signature by which its receiver knows that it is ours.

Standard Webhooks 1.0 (https://www.standardwebhooks.com), the asymmetric scheme `v1a`: Ed25519 over "{id}.{time}.{body}". What is
signed begins with an id, and reports and receipts with a brace, so none of them can be taken for another.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime

from gateway.ids import id_in
from kit.sealing.keys import SigningKey
from telltale.gateway.v1 import resources_pb2

TYPE = "analysis.ended"


def body(analysis: resources_pb2.Analysis) -> bytes:
    """The body about an analysis that has ended: names, state and times. No verdict, no digest, no name of a file."""
    ended = analysis.complete_time.ToJsonString()
    data = {
        "analysis": analysis.name,
        "completeTime": ended,
        "createTime": analysis.create_time.ToJsonString(),
        "operation": f"operations/{id_in(analysis.name)}",
        "state": resources_pb2.AnalysisState.Name(analysis.state),
    }
    return json.dumps({"data": data, "timestamp": ended, "type": TYPE}, separators=(",", ":")).encode()


def headers(key: SigningKey, message_id: str, sent_at: datetime, content: bytes) -> dict[str, str]:
    """The headers of one attempt at `sent_at`."""
    timestamp = str(int(sent_at.timestamp()))
    signature = key.sign(b".".join((message_id.encode(), timestamp.encode(), content)))
    return {
        "content-type": "application/json",
        "user-agent": "telltale",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1a,{base64.b64encode(signature.value).decode()}",
    }
