"""From a judgement to plain sentences. Each rests on evidence, a measured rate or a fixed statement of the label.

Texts come from the catalogue; `parameters` hold machine values (codes, numbers) that another language can use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fusion_svc import when
from fusion_svc.catalogue import Catalogue, reason_name
from fusion_svc.fuse import Balance, Seen
from fusion_svc.model import KIND_NAMES, is_authentic, is_measured
from fusion_svc.policy import LABEL_NAMES, Decision
from fusion_svc.segments import Stretch
from fusion_svc.timeline import SOUND_CUES
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.model.v1 import card_pb2

# A smaller contribution changes the odds by less than a tenth: not worth a reader's time.
SMALLEST_TOLD_LOG_ODDS = 0.1
# More suspicious stretches than these are in the verdict, but not in its sentences.
MOST_TOLD_SEGMENTS = 4

_SOUND = KIND_NAMES[media_pb2.MEDIA_KIND_AUDIO]
# Reasons that lie with us and not with the media: they did not occur when the error rates were measured.
_FAILURES = (
    evidence_pb2.ABSTENTION_REASON_DETECTOR_UNAVAILABLE,
    evidence_pb2.ABSTENTION_REASON_DEADLINE_EXCEEDED,
    evidence_pb2.ABSTENTION_REASON_MODEL_UNAVAILABLE,
)


@dataclass(frozen=True)
class Narrator:
    """Tells about one piece of media of one kind ("image", "video", "audio")."""

    catalogue: Catalogue
    media: str

    def meaning(self, decision: Decision) -> verdict_pb2.ExplanationSentence:
        """What the label means, and what it does not."""
        return self._general(verdict_pb2.EXPLANATION_ROLE_MEANING, f"meaning_{_outcome(decision)}")

    def advice(self, decision: Decision) -> verdict_pb2.ExplanationSentence:
        """What to do next."""
        return self._general(verdict_pb2.EXPLANATION_ROLE_ADVICE, f"advice_{_outcome(decision)}")

    def contributions(
        self, balance: Balance, evidence: Iterable[evidence_pb2.Evidence]
    ) -> Iterator[verdict_pb2.Contribution]:
        """Every contribution with its sentence, also those too small for the explanation."""
        findings = _findings(evidence)
        for entry in balance.contributions:
            told = verdict_pb2.Contribution(text=self._signal(entry, findings[entry.cue], balance).text)
            told.MergeFrom(entry)
            yield told

    def signals(
        self, balance: Balance, evidence: Iterable[evidence_pb2.Evidence]
    ) -> Iterator[verdict_pb2.ExplanationSentence]:
        """What each test noticed that mattered, strongest first."""
        findings = _findings(evidence)
        for entry in balance.contributions:
            if abs(entry.log_odds) >= SMALLEST_TOLD_LOG_ODDS:
                yield self._signal(entry, findings[entry.cue], balance)

    def more_segments(self, balance: Balance) -> Iterator[verdict_pb2.ExplanationSentence]:
        """Suspicious stretches other than the one that decides, worst first."""
        others = [stretch for stretch in balance.segments if not _overlap(stretch, balance.decisive)]
        heard = self.media == _SOUND
        for stretch in others[:MOST_TOLD_SEGMENTS]:
            yield verdict_pb2.ExplanationSentence(
                role=verdict_pb2.EXPLANATION_ROLE_FOR,
                code=when.code("suspicious_too", stretch, heard=heard),
                text=when.sentence("suspicious_too", stretch, self.catalogue, heard=heard),
                parameters=when.parameters(stretch, heard=heard),
            )

    def seen(
        self, decision: Decision, seen: Seen | None, duration_s: float
    ) -> Iterator[verdict_pb2.ExplanationSentence]:
        """How much of a medium with a length was looked at and listened to, where the label says that nothing was found."""
        if decision.label == verdict_pb2.LABEL_AUTHENTIC and seen is not None and duration_s > 0:
            for code, examined_s in (("seen", seen.looked_at_s), ("heard", seen.heard_s)):
                if examined_s > 0:
                    yield self._examined(code, min(examined_s, duration_s), duration_s)

    def not_examined(
        self, abstentions: Iterable[verdict_pb2.CueAbstention]
    ) -> Iterator[verdict_pb2.ExplanationSentence]:
        """What was not looked at; tests with the same reason share a sentence. One that looked and saw nothing is left out."""
        groups: dict[str, list[verdict_pb2.CueAbstention]] = {}
        for entry in abstentions:
            if entry.abstention.reason != evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE:
                groups.setdefault(reason_name(entry.abstention.reason), []).append(entry)
        for reason, group in groups.items():
            texts = {entry.text for entry in group}
            # Details that differ cannot stand for the whole group.
            text = texts.pop() if len(texts) == 1 else self.catalogue.excuse(reason, self._words())
            yield self._about_cues("not_examined", [entry.cue for entry in group], reason=reason, text=text)

    def not_weighed(self, cues: list[str]) -> Iterator[verdict_pb2.ExplanationSentence]:
        """Tests that reported and that the fusion model does not know."""
        if cues:
            yield self._about_cues("not_weighed", cues)

    def reliability(
        self,
        decision: Decision,
        point: card_pb2.OperatingPoint,
        abstentions: Iterable[verdict_pb2.CueAbstention],
    ) -> Iterator[verdict_pb2.ExplanationSentence]:
        """How often such a label was wrong when it was measured, or that it was not."""
        role = verdict_pb2.EXPLANATION_ROLE_RELIABILITY
        if decision.doubt is not None:
            yield self._general(role, "reliability_inconclusive")
        elif not is_measured(point):
            yield self._general(role, "reliability_unmeasured")
        else:
            yield self._general(role, f"reliability_{LABEL_NAMES[decision.label]}", _rates(point))
            if any(entry.abstention.reason in _FAILURES for entry in abstentions):
                yield self._general(role, "reliability_incomplete")

    def _signal(
        self, entry: verdict_pb2.Contribution, finding: evidence_pb2.Finding, balance: Balance
    ) -> verdict_pb2.ExplanationSentence:
        """What a test noticed; of the decisive stretch only what agrees with what the test says there."""
        reason, is_for = finding.reason, entry.log_odds > 0
        stretch = balance.decisive if entry.cue in balance.timed else None
        agrees = stretch is None or entry.log_likelihood_ratio * finding.log_likelihood_ratio > 0
        text = self.catalogue.describe(reason.code, {**reason.parameters, **self._words()}) if agrees else None
        neutral = "finding_for" if is_for else "finding_against"
        if stretch and not entry.log_likelihood_ratio:
            neutral, stretch = "finding_elsewhere", None
        heard = self.media == _SOUND or entry.cue in SOUND_CUES
        said = text or self.catalogue.say(neutral, {"cue": self.catalogue.name(entry.cue)})
        return verdict_pb2.ExplanationSentence(
            role=verdict_pb2.EXPLANATION_ROLE_FOR if is_for else verdict_pb2.EXPLANATION_ROLE_AGAINST,
            code=reason.code if text else neutral,
            text=when.sentence("stretch", stretch, self.catalogue, heard=heard, finding=said) if stretch else said,
            cue=entry.cue,
            parameters={**reason.parameters, **(when.parameters(stretch, heard=heard) if stretch else {})},
        )

    def _examined(self, code: str, examined_s: float, duration_s: float) -> verdict_pb2.ExplanationSentence:
        values = {"examined": f"{examined_s:.1f}", "duration": f"{duration_s:.1f}"}
        part = "all" if values["examined"] == values["duration"] else "part"
        return self._general(verdict_pb2.EXPLANATION_ROLE_NOT_EXAMINED, f"{code}_{part}", values)

    def _general(
        self, role: verdict_pb2.ExplanationRole.ValueType, code: str, values: Mapping[str, str] | None = None
    ) -> verdict_pb2.ExplanationSentence:
        parameters = dict(values or {})
        return verdict_pb2.ExplanationSentence(
            role=role,
            code=code,
            text=self.catalogue.say(code, {**parameters, **self._words()}),
            parameters={**parameters, "media": self.media},
        )

    def _words(self) -> dict[str, str]:
        return {"media": self.catalogue.media[self.media], "media_plural": self.catalogue.media_plural[self.media]}

    def _about_cues(
        self, code: str, cues: list[str], reason: str = "", text: str = ""
    ) -> verdict_pb2.ExplanationSentence:
        words = {"cues": ", ".join(self.catalogue.name(cue) for cue in cues), "reason": text}
        return verdict_pb2.ExplanationSentence(
            role=verdict_pb2.EXPLANATION_ROLE_NOT_EXAMINED,
            code=reason or code,
            text=self.catalogue.say(code, words),
            cue=cues[0] if len(cues) == 1 else "",
            parameters={"cues": ",".join(cues)},
        )


def _findings(evidence: Iterable[evidence_pb2.Evidence]) -> dict[str, evidence_pb2.Finding]:
    return {entry.cue: entry.finding for entry in evidence}


def _overlap(stretch: Stretch, other: Stretch | None) -> bool:
    """Whether they share time on the same person."""
    return (
        other is not None
        and stretch.track_id == other.track_id
        and stretch.start_s < other.end_s
        and other.start_s < stretch.end_s
    )


def _outcome(decision: Decision) -> str:
    return f"inconclusive_{decision.doubt.value}" if decision.doubt else LABEL_NAMES[decision.label]


def _rates(point: card_pb2.OperatingPoint) -> dict[str, str]:
    if is_authentic(point):
        missed = 1 - point.true_positive_rate
        items = point.manipulated_items
        counts = {"missed": str(round(missed * items)), "missed_percent": _percent(missed)}
    else:
        items = point.authentic_items
        counts = {
            "wrong": str(round(point.false_positive_rate * items)),
            "wrong_percent": _percent(point.false_positive_rate),
            "upper_percent": _percent(point.false_positive_rate_upper),
        }
    return {**counts, "items": str(items), "dataset": point.dataset}


def _percent(rate: float) -> str:
    return f"{100 * rate:.1f}"
