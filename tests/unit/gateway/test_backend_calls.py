"""What is let in from detectors."""

from __future__ import annotations

import pytest

from gateway.backends.calls import checked, checked_curve, checked_soundtrack
from kit.convert.evidence import finding
from kit.errors import DetectorUnavailable
from telltale.common.v1 import evidence_pb2
from tests.support.fake_av_sync import a_curve, a_soundtrack


def test_good_evidence_passes() -> None:
    good = finding("frequency", 1.0, 0.5, "some_reason", {})
    assert checked(good) == good


@pytest.mark.parametrize("ratio", [21.0, float("nan")])
def test_evidence_out_of_range_is_a_fault_of_the_detector(ratio: float) -> None:
    with pytest.raises(DetectorUnavailable):
        checked(finding("frequency", ratio, 0.5, "some_reason", {}))


def test_a_map_of_the_wrong_length_is_a_fault_of_the_detector() -> None:
    short = evidence_pb2.EvidenceMap(width=2, height=2, values=b"abc")
    with pytest.raises(DetectorUnavailable, match="3 values"):
        checked(finding("frequency", 1.0, 0.5, "some_reason", {}, map=short))


def test_fields_of_a_newer_contract_are_dropped() -> None:
    good = finding("frequency", 1.0, 0.5, "some_reason", {})
    newer = evidence_pb2.Evidence.FromString(good.SerializeToString() + b"\x98\x06\x01")
    assert checked(newer).SerializeToString() == good.SerializeToString()


def test_good_sound_passes() -> None:
    assert checked_soundtrack(a_soundtrack()) == a_soundtrack()
    assert checked_curve(a_curve()) == a_curve()


def test_a_log_mel_map_of_the_wrong_length_is_a_fault_of_the_detector() -> None:
    broken = a_soundtrack()
    broken.log_mel.values += b"!"
    with pytest.raises(DetectorUnavailable, match="5 values"):
        checked_soundtrack(broken)


def test_sound_out_of_range_is_a_fault_of_the_detector() -> None:
    broken = a_soundtrack()
    broken.log_mel.columns = 5000
    with pytest.raises(DetectorUnavailable, match="soundtrack"):
        checked_soundtrack(broken)
    with pytest.raises(DetectorUnavailable, match="lip curve of track 3"):
        checked_curve(a_curve(3, offset_ms=float("nan")))
