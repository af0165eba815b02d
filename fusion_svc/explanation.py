"""From a judgement to plain sentences. Each rests on evidence, a measured rate or a fixed statement of the label.

Texts come from the catalogue of a language; codes and `parameters` hold machine values and are the same in every language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from fusion_svc import when
from fusion_svc.abstentions import failed, omissions
from fusion_svc.advice import second_advice
from fusion_svc.catalogue import Catalogue
from fusion_svc.fuse import Balance, Seen
from fusion_svc.model import KindParameters, is_measured
from fusion_svc.outcome import DECLARED, LEANING_FOR, outcome, rates, shortfall_values, threshold_risk
from fusion_svc.policy import LABEL_NAMES, Decision
from fusion_svc.segments import Stretch
from fusion_svc.signals import Signals
from fusion_svc.tested import Shortfall
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.model.v1 import card_pb2

# More suspicious stretches than these are in the verdict, but not in its sentences.
MOST_TOLD_SEGMENTS = 4


@dataclass(frozen=True)
class Narrator:
    """Tells about one piece of media of one kind ("image", "video", "audio")."""

    catalogue: Catalogue
    media: str

    def meaning(
        self, decision: Decision, balance: Balance, parameters: KindParameters
    ) -> verdict_pb2.ExplanationSentence:
        """What the label means, and what it does not."""
        role, name = verdict_pb2.EXPLANATION_ROLE_MEANING, outcome(decision, balance.log_odds)
        if decision.doubt is None:
            return self._general(role, f"meaning_{name}" if name == DECLARED else f"meaning_{name}_{self.media}")
        values = [threshold_risk(name, parameters.labels), *map(shortfall_values, decision.outside)]
        machine = {name: value for each in values for name, value in each.items()}
        outside = " ".join(map(self._shortfall, decision.outside))
        return self._general(role, f"meaning_{name}", machine, outside=outside)

    def advice(
        self,
        decision: Decision,
        balance: Balance,
        evidence: Iterable[evidence_pb2.Evidence],
        abstentions: Iterable[verdict_pb2.CueAbstention],
    ) -> Iterator[verdict_pb2.ExplanationSentence]:
        """What to do next: by the label, then by what decided or was missing."""
        role = verdict_pb2.EXPLANATION_ROLE_ADVICE
        yield self._general(role, f"advice_{outcome(decision, balance.log_odds)}")
        second = second_advice(decision, self.media, balance, evidence, abstentions)
        if second:
            yield self._general(role, f"advice_next_{second}")

    def contributions(
        self, balance: Balance, evidence: Iterable[evidence_pb2.Evidence]
    ) -> Iterator[verdict_pb2.Contribution]:
        """Every contribution with its sentence, also those too small for the explanation."""
        return self._signals(balance, evidence).contributions()

    def signals(
        self, balance: Balance, evidence: Iterable[evidence_pb2.Evidence]
    ) -> Iterator[verdict_pb2.ExplanationSentence]:
        """What each test noticed that mattered, strongest first: what, when, where, and how much it counts."""
        return self._signals(balance, evidence).sentences()

    def more_segments(self, balance: Balance) -> Iterator[verdict_pb2.ExplanationSentence]:
        """Suspicious stretches other than the one that decides, worst first."""
        others = [stretch for stretch in balance.segments if not _overlap(stretch, balance.decisive)]
        heard = self.media == "audio"
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
        self, abstentions: Iterable[verdict_pb2.CueAbstention], weights: Mapping[str, float]
    ) -> Iterator[verdict_pb2.ExplanationSentence]:
        """What was not looked at and why; tests with the same reason share a sentence."""
        for group in omissions(abstentions, weights, self.media, self.catalogue):
            yield self._about_cues(group.code, group.cues, reason=group.reason, text=group.text)

    def not_weighed(self, cues: Sequence[str]) -> Iterator[verdict_pb2.ExplanationSentence]:
        """Tests that reported and that the fusion model does not know."""
        if cues:
            yield self._about_cues("not_weighed", cues)

    def reliability(
        self,
        decision: Decision,
        balance: Balance,
        point: card_pb2.OperatingPoint,
        abstentions: Iterable[verdict_pb2.CueAbstention],
    ) -> Iterator[verdict_pb2.ExplanationSentence]:
        """How often such a label was wrong when it was measured, or that it was not."""
        role, name = verdict_pb2.EXPLANATION_ROLE_RELIABILITY, outcome(decision, balance.log_odds)
        if name == LEANING_FOR and is_measured(point):
            yield self._general(role, "reliability_leaning_for", rates(point))
        elif decision.doubt is not None:
            yield self._general(role, "reliability_inconclusive")
        elif not is_measured(point):
            yield self._general(role, "reliability_unmeasured")
        else:
            yield self._general(role, f"reliability_{LABEL_NAMES[decision.label]}", rates(point))
            if name == DECLARED:
                yield self._general(role, "reliability_declared")
            if any(failed(entry.abstention) for entry in abstentions):
                yield self._general(role, "reliability_incomplete")

    def _signals(self, balance: Balance, evidence: Iterable[evidence_pb2.Evidence]) -> Signals:
        return Signals(self.catalogue, self.media, balance, tuple(evidence))

    def _examined(self, code: str, examined_s: float, duration_s: float) -> verdict_pb2.ExplanationSentence:
        values = {"examined": f"{examined_s:.1f}", "duration": f"{duration_s:.1f}"}
        part = "all" if values["examined"] == values["duration"] else "part"
        return self._general(verdict_pb2.EXPLANATION_ROLE_NOT_EXAMINED, f"{code}_{part}", values)

    def _shortfall(self, shortfall: Shortfall) -> str:
        quantity, values = shortfall.quantity, self.catalogue.words(shortfall_values(shortfall))
        told = {quantity: values[quantity], "needed": values[f"needed_{quantity}"]}
        return self.catalogue.say(f"outside_{quantity}", {**told, **self.catalogue.kind(self.media)})

    def _general(
        self,
        role: verdict_pb2.ExplanationRole.ValueType,
        code: str,
        values: Mapping[str, str] | None = None,
        **words: str,
    ) -> verdict_pb2.ExplanationSentence:
        parameters = dict(values or {})
        told = {**self.catalogue.words(parameters), **self.catalogue.kind(self.media), **words}
        return verdict_pb2.ExplanationSentence(
            role=role,
            code=code,
            text=self.catalogue.say(code, told),
            parameters={**parameters, "media": self.media},
        )

    def _about_cues(
        self, code: str, cues: Sequence[str], reason: str = "", text: str = ""
    ) -> verdict_pb2.ExplanationSentence:
        words = {"cues": ", ".join(self.catalogue.name(cue) for cue in cues), "reason": text}
        return verdict_pb2.ExplanationSentence(
            role=verdict_pb2.EXPLANATION_ROLE_NOT_EXAMINED,
            code=reason or code,
            text=self.catalogue.say(code, words),
            cue=cues[0] if len(cues) == 1 else "",
            parameters={"cues": ",".join(cues)},
        )


def _overlap(stretch: Stretch, other: Stretch | None) -> bool:
    """Whether they share time on the same person."""
    return (
        other is not None
        and stretch.track_id == other.track_id
        and stretch.start_s < other.end_s
        and other.start_s < stretch.end_s
    )
