from __future__ import annotations

import json
import math

import pytest
from google.protobuf import json_format

from kit.sealing.canonical import canonical_json
from telltale.common.v1 import evidence_pb2
from telltale.gateway.v1 import resources_pb2


def finding(ratio: float) -> evidence_pb2.Evidence:
    return evidence_pb2.Evidence(cue="some_cue", finding=evidence_pb2.Finding(log_likelihood_ratio=ratio, quality=1.0))


def test_keys_are_in_order_and_there_are_no_blanks() -> None:
    signature = resources_pb2.Signature(value=b"\x01\x02", algorithm="Ed25519", key_id="ab")
    assert canonical_json(signature) == b'{"algorithm":"Ed25519","keyId":"ab","value":"AQI="}'


def test_text_is_utf_8_and_is_escaped_only_where_json_must() -> None:
    feedback = resources_pb2.Feedback(comment='Fотo "日本"\n\x01\x7f<é>')
    assert canonical_json(feedback) == '{"comment":"Fотo \\"日本\\"\\n\\u0001\x7f<é>"}'.encode()


@pytest.mark.parametrize("ratio", [0.1, -0.0, 1e-7, 5e-324, 1 / 3, -math.pi, 1.7e300, 2.0])
def test_numbers_read_back_as_they_were(ratio: float) -> None:
    text = canonical_json(finding(ratio))
    again = json_format.Parse(text, evidence_pb2.Evidence())
    assert again.SerializeToString() == finding(ratio).SerializeToString()
    assert canonical_json(again) == text


def test_fields_named_in_without_are_left_out_and_the_message_keeps_them() -> None:
    receipt = resources_pb2.DeletionReceipt(format="x", signature=resources_pb2.Signature(key_id="k"))
    assert json.loads(canonical_json(receipt, without=("signature",))) == {"format": "x"}
    assert receipt.signature.key_id == "k"


def test_a_part_is_written_in_the_whole_as_it_is_alone() -> None:
    evidence = finding(0.25)
    assert canonical_json(evidence.finding) in canonical_json(evidence)


def test_map_entries_are_in_order_whatever_order_they_came_in() -> None:
    one = evidence_pb2.FindingReason(code="abc", parameters={"b": "1", "a": "2", "c": "3"})
    other = evidence_pb2.FindingReason(code="abc", parameters={"c": "3", "a": "2", "b": "1"})
    assert canonical_json(one) == canonical_json(other) == b'{"code":"abc","parameters":{"a":"2","b":"1","c":"3"}}'
