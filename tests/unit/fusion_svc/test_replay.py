from __future__ import annotations

from google.protobuf import duration_pb2

from fusion_svc.replay import evidence_sha256, replay
from telltale.common.v1 import evidence_pb2
from tests.support.fusion import a_finding

ALPHA, BETA = a_finding("alpha", 1.0, faces="2", people="3"), a_finding("beta", -1.0)
FUSION = evidence_pb2.ModelReference(name="fusion", version="9.9.9")


def test_the_digest_does_not_depend_on_the_order_of_evidence() -> None:
    assert evidence_sha256([ALPHA, BETA]) == evidence_sha256([BETA, ALPHA])


def test_the_digest_does_not_depend_on_the_order_of_parameters() -> None:
    names = [f"name_{number}" for number in range(32)]
    one_way, other_way = a_finding("alpha", 1.0), a_finding("alpha", 1.0)
    one_way.finding.reason.parameters.update(dict.fromkeys(names, "x"))
    other_way.finding.reason.parameters.update(dict.fromkeys(reversed(names), "x"))
    assert evidence_sha256([one_way]) == evidence_sha256([other_way])


def test_the_digest_leaves_compute_time_out_and_the_evidence_as_it_is() -> None:
    timed = evidence_pb2.Evidence(compute_time=duration_pb2.Duration(nanos=7))
    timed.MergeFrom(ALPHA)
    assert evidence_sha256([timed]) == evidence_sha256([ALPHA])
    assert timed.compute_time.nanos == 7


def test_the_digest_changes_with_any_part_of_the_evidence() -> None:
    variants = [
        [ALPHA],
        [a_finding("alpha", 1.0)],
        [a_finding("alpha", 1.1, faces="2", people="3")],
        [a_finding("gamma", 1.0, faces="2", people="3")],
        [ALPHA, BETA],
    ]
    assert len({evidence_sha256(variant) for variant in variants}) == len(variants)


def test_the_digest_of_known_evidence_never_changes() -> None:
    assert evidence_sha256([ALPHA, BETA]) == "f45af13170f5ce37454b16593cf1e0da469f41166e2dba1550e92c2fc066c732"


def test_models_are_listed_once_in_order_of_name_and_version() -> None:
    references = [("noise", "1.0.0"), ("face", "2.0.0"), ("face", "1.0.0"), ("noise", "1.0.0")]
    evidence = [
        evidence_pb2.Evidence(cue=f"cue_{number}", model=evidence_pb2.ModelReference(name=name, version=version))
        for number, (name, version) in enumerate(references)
    ]
    record = replay([*evidence, ALPHA], "ab" * 32, FUSION)
    listed = [(model.name, model.version) for model in record.models]
    assert listed == [("face", "1.0.0"), ("face", "2.0.0"), ("noise", "1.0.0")]


def test_the_record_names_media_and_fusion_model() -> None:
    record = replay([ALPHA], "ab" * 32, FUSION)
    assert (record.media_sha256, record.fusion_model) == ("ab" * 32, FUSION)
