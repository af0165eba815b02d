"""The report of an analysis: all that was measured, and what it does not tell."""

from __future__ import annotations

import json

from google.protobuf import json_format

from telltale.gateway.v1 import resources_pb2

FORMAT = "telltale-report/1"
LIMITS = (
    "This report states measurements and how often they are wrong. It is no proof, and it does not say who changed what, or why.",
    "It speaks of one file, the one with the SHA-256 in analysis.info; another copy of the same may give another result.",
    "Tests under verdict.abstentions had nothing to say. That is never a sign of authenticity.",
    "Error rates were measured on the data that verdict.operatingPoint and the model cards name; elsewhere they may be higher.",
    "No test here can see a false caption or a staged scene.",
)


def report_json(analysis: resources_pb2.Analysis) -> bytes:
    """Canonical JSON, UTF-8: the analysis as the API gives it, and `limits`. The same analysis gives the same bytes."""
    document = {
        "format": FORMAT,
        "analysis": json_format.MessageToDict(analysis, always_print_fields_with_no_presence=True),
        "limits": list(LIMITS),
    }
    return (json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
