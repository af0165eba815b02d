"""How a detector could look good without seeing a forgery: by what files look like outside, or by having seen them before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from colab_training.metrics import Estimate
from colab_training.preparation.examination import Facts
from colab_training.preparation.groups import Pairs, groups_in_two_splits
from colab_training.preparation.quality import contradictions
from colab_training.shortcuts import FAMILIES, FEATURES, grouped_auc, two_class_sources


@dataclass(frozen=True)
class Recurrence:
    """Two pictures of one recording whose groups the manifest tells apart."""

    first: str
    second: str
    parts: tuple[str, str]
    labels: tuple[str, str]
    same_bytes: bool

    @property
    def crosses_val(self) -> bool:
        """Whether one of them is held back and the other is not."""
        return (self.parts[0] == "val") != (self.parts[1] == "val")


@dataclass(frozen=True)
class Leakage:
    """All that was found."""

    shortcuts: Mapping[str, Mapping[str, Estimate]]
    """AUC by source and family of features, grouped; 0.5 is what clean data give."""
    recurrences: Sequence[Recurrence]
    groups_in_two_splits: Sequence[str]
    """As the manifest has them; must be empty."""
    joined_groups_in_two_splits: Sequence[str]
    contradictions: Sequence[tuple[str, str]]


def leakage(facts: Sequence[Facts], pairs: Pairs, groups: Mapping[str, str]) -> Leakage:
    """The report on readable pictures, their near pairs and the joined groups."""
    samples = [each.sample for each in facts]
    return Leakage(
        shortcuts=shortcuts(facts, groups),
        recurrences=recurrences(facts, pairs),
        groups_in_two_splits=groups_in_two_splits(samples, {group: group for group in groups}),
        joined_groups_in_two_splits=groups_in_two_splits(samples, groups),
        contradictions=contradictions(facts),
    )


def recurrences(facts: Sequence[Facts], pairs: Pairs) -> list[Recurrence]:
    """Near pairs of different groups; those within one group, such as a fake and its original, are meant to be alike."""
    chosen = [(facts[first], facts[second]) for first, second in pairs]
    return [_recurrence(one, other) for one, other in chosen if one.sample.group != other.sample.group]


def shortcuts(facts: Sequence[Facts], groups: Mapping[str, str]) -> dict[str, dict[str, Estimate]]:
    """AUC of size, compression and colour alone, and of all three, for every source of both classes."""
    return {
        source: _families([each for each in facts if each.sample.source == source], groups)
        for source in two_class_sources([each.sample for each in facts])
    }


def _families(facts: Sequence[Facts], groups: Mapping[str, str]) -> dict[str, Estimate]:
    table = np.stack([each.outside for each in facts])
    fake = [each.sample.fake for each in facts]
    own = [groups[each.sample.group] for each in facts]
    return {
        family: grouped_auc(table[:, [FEATURES.index(name) for name in names]], fake, own)
        for family, names in FAMILIES.items()
    }


def _recurrence(one: Facts, other: Facts) -> Recurrence:
    return Recurrence(
        first=one.sample.file,
        second=other.sample.file,
        parts=(one.sample.part, other.sample.part),
        labels=(_label(one), _label(other)),
        same_bytes=one.sha256 == other.sha256,
    )


def _label(facts: Facts) -> str:
    return "fake" if facts.sample.fake else "real"
