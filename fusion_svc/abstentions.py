"""Tests without an opinion, each one named: those that said so and those that never answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from fusion_svc.catalogue import Catalogue, reason_name
from fusion_svc.model import KindParameters
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import verdict_pb2

# Something failed here: the media are not the reason, or not the whole of it, and error rates were measured without it.
_FAILURES = frozenset(
    {
        evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE,
        evidence_pb2.ABSTENTION_REASON_DEADLINE_EXCEEDED,
        evidence_pb2.ABSTENTION_REASON_MODEL_UNAVAILABLE,
    }
)
# There was nothing to test, as is common.
_COMMON = frozenset({evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ, evidence_pb2.ABSTENTION_REASON_NO_SOUND})
# Nobody misses a test of the JPEG encoding in a recording; and a test that saw nothing did look.
_NOT_MISSED = frozenset({evidence_pb2.ABSTENTION_REASON_NOT_APPLICABLE, evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE})


@dataclass(frozen=True)
class Omission:
    """Tests that did not look, for one reason; those that weigh most come first."""

    reason: str
    cues: tuple[str, ...]
    # Why, as a sentence.
    text: str
    # Code of the sentence that names them.
    code: str


def abstentions(
    evidence: Iterable[evidence_pb2.Evidence], expected: Sequence[str], media: str, catalogue: Catalogue
) -> list[verdict_pb2.CueAbstention]:
    """All tests without an opinion, in order of name; an expected test that sent no evidence counts as unavailable."""
    reported = {entry.cue: entry for entry in evidence}
    silent = evidence_pb2.Abstention(reason=evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE)
    found = {cue: entry.abstention for cue, entry in reported.items() if entry.HasField("abstention")}
    found.update({cue: silent for cue in expected if cue not in reported})
    return [
        verdict_pb2.CueAbstention(cue=cue, abstention=found[cue], text=_text(found[cue], media, catalogue))
        for cue in sorted(found)
    ]


def counted(
    found: Iterable[verdict_pb2.CueAbstention], weights: Mapping[str, float]
) -> list[verdict_pb2.CueAbstention]:
    """Those that could have changed the verdict: nobody needs excuses for a test that weighs nothing anyway."""
    return [entry for entry in found if weights.get(entry.cue) != 0]


def heaviest_weights(parameters: KindParameters) -> dict[str, float]:
    """The most that each test can weigh, whichever others give an opinion."""
    weights = dict(parameters.weights)
    for pattern in parameters.patterns:
        weights.update({cue: max(weight, weights[cue]) for cue, weight in pattern.weights.items()})
    return weights


def failed(abstention: evidence_pb2.Abstention) -> bool:
    """Whether a test has no opinion because something failed."""
    return abstention.reason in _FAILURES


def omissions(
    found: Iterable[verdict_pb2.CueAbstention], weights: Mapping[str, float], media: str, catalogue: Catalogue
) -> list[Omission]:
    """What was not looked at, by reason: failures first, then by weight, and last what is commonly not there to be tested.

    A test that does not apply to such a file, or that looked and saw nothing, is left out.
    """
    groups: dict[evidence_pb2.AbstentionReason.ValueType, list[verdict_pb2.CueAbstention]] = {}
    for entry in sorted(found, key=lambda entry: (-weights.get(entry.cue, 0.0), entry.cue)):
        if entry.abstention.reason not in _NOT_MISSED:
            groups.setdefault(entry.abstention.reason, []).append(entry)
    ordered = sorted(groups.items(), key=lambda group: (group[0] not in _FAILURES, group[0] in _COMMON))
    return [_omission(reason, group, media, catalogue) for reason, group in ordered]


def _omission(
    reason: evidence_pb2.AbstentionReason.ValueType,
    group: Sequence[verdict_pb2.CueAbstention],
    media: str,
    catalogue: Catalogue,
) -> Omission:
    name, texts = reason_name(reason), {entry.text for entry in group}
    # Details that differ cannot stand for the whole group.
    text = texts.pop() if len(texts) == 1 else catalogue.excuse(name, {"media": catalogue.media[media]})
    kind = "_failed" if reason in _FAILURES else "_common" if reason in _COMMON else ""
    return Omission(name, tuple(entry.cue for entry in group), text, f"not_examined{kind}")


def _text(abstention: evidence_pb2.Abstention, media: str, catalogue: Catalogue) -> str:
    return catalogue.excuse(reason_name(abstention.reason), {**abstention.parameters, "media": catalogue.media[media]})
