"""Sentences about the tests that had an opinion: what each noticed, when, where, and how much it counts."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fusion_svc import places, shares, when
from fusion_svc.catalogue import Catalogue
from fusion_svc.fuse import Balance
from fusion_svc.segments import Stretch
from fusion_svc.timeline import SOUND_CUES
from fusion_svc.values import machine_values
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import verdict_pb2


@dataclass(frozen=True)
class _Noticed:
    """What a test noticed, before it is told."""

    code: str
    text: str
    # The decisive stretch, where the test was asked about it.
    stretch: Stretch | None
    # Whether the test stands by its own words there.
    agrees: bool
    heard: bool


@dataclass(frozen=True)
class Signals:
    """All opinions on one piece of media of one kind."""

    catalogue: Catalogue
    media: str
    balance: Balance
    evidence: tuple[evidence_pb2.Evidence, ...]

    def contributions(self) -> Iterator[verdict_pb2.Contribution]:
        """Every contribution with what its test noticed, strongest first."""
        for entry in self.balance.contributions:
            told = verdict_pb2.Contribution(text=self._noticed(entry).text)
            told.MergeFrom(entry)
            yield told

    def sentences(self) -> Iterator[verdict_pb2.ExplanationSentence]:
        """Those that mattered, strongest first. No place is told twice."""
        known: set[tuple[str, int | None]] = set()
        for entry in filter(shares.is_told, self.balance.contributions):
            noticed = self._noticed(entry)
            spot = self._spot(entry, noticed)
            new = spot is not None and (spot.place, spot.track_id) not in known
            if spot is not None:
                known.add((spot.place, spot.track_id))
            where = self._where(spot, noticed) if spot is not None and new else ""
            share = shares.sentence(entry, self.balance, self.catalogue)
            yield verdict_pb2.ExplanationSentence(
                role=verdict_pb2.EXPLANATION_ROLE_FOR if entry.log_odds > 0 else verdict_pb2.EXPLANATION_ROLE_AGAINST,
                code=noticed.code,
                text=" ".join(filter(None, [noticed.text, where, share])),
                cue=entry.cue,
                parameters=self._parameters(entry, noticed, spot),
            )

    @functools.cached_property
    def _findings(self) -> Mapping[str, evidence_pb2.Finding]:
        return {entry.cue: entry.finding for entry in self.evidence}

    @functools.cached_property
    def _people(self) -> int:
        return places.people(self.evidence)

    def _noticed(self, entry: verdict_pb2.Contribution) -> _Noticed:
        """What a test noticed; of the decisive stretch only what agrees with what the test says there."""
        finding = self._findings[entry.cue]
        stretch = self.balance.decisive if entry.cue in self.balance.timed else None
        agrees = entry.log_likelihood_ratio * finding.log_likelihood_ratio > 0
        text = self._described(finding.reason) if agrees or stretch is None else None
        neutral = _side(entry.log_likelihood_ratio)
        if stretch and not entry.log_likelihood_ratio:
            neutral, stretch = "finding_elsewhere", None
        heard = self.media == "audio" or entry.cue in SOUND_CUES
        said = text or self.catalogue.say(neutral, {"cue": self.catalogue.name(entry.cue)})
        if stretch is not None:
            # Where all is calm, the stretch that decides is the least calm one, and what is calm even there says the more.
            name = "worst" if self.balance.log_odds < 0 and entry.log_odds < 0 else "stretch"
            said = when.sentence(name, stretch, self.catalogue, heard=heard, finding=said)
        return _Noticed(finding.reason.code if text else neutral, said, stretch, agrees, heard)

    def _described(self, reason: evidence_pb2.FindingReason) -> str | None:
        return self.catalogue.describe(reason.code, {**reason.parameters, **self.catalogue.kind(self.media)})

    def _spot(self, entry: verdict_pb2.Contribution, noticed: _Noticed) -> places.Spot | None:
        """Where a test that speaks for manipulation responded most."""
        if entry.log_odds <= 0 or noticed.heard or not noticed.agrees:
            return None
        return places.spot(self._findings[entry.cue], noticed.stretch)

    def _where(self, spot: places.Spot, noticed: _Noticed) -> str:
        """Whose face it is, is told where there are several, and the sentence has not named the person yet."""
        what = "part" if spot.track_id is None else "face"
        if spot.track_id is not None and self._people > 1 and noticed.stretch is None:
            what = "person"
        code = f"where_{what}" if spot.time_s is None else f"where_{what}_moment"
        values = {"place": self.catalogue.places[spot.place]}
        if spot.track_id is not None:
            values["person"] = str(spot.track_id + 1)
        if spot.time_s is not None:
            values["moment"] = when.clock(spot.time_s, self.catalogue.decimal_mark)
        return self.catalogue.say(code, values)

    def _parameters(
        self, entry: verdict_pb2.Contribution, noticed: _Noticed, spot: places.Spot | None
    ) -> dict[str, str]:
        stretch = when.parameters(noticed.stretch, heard=noticed.heard) if noticed.stretch else {}
        return {
            **machine_values(self._findings[entry.cue].reason.parameters),
            **shares.machine_values(entry, self.balance),
            **(spot.machine_values if spot else {}),
            **stretch,
        }


def _side(log_likelihood_ratio: float) -> str:
    """Code of the sentence that says no more than which side a test is on."""
    if not log_likelihood_ratio:
        return "finding_neither"
    return "finding_for" if log_likelihood_ratio > 0 else "finding_against"
