"""Identity groups: groups of the manifest, joined where near-duplicates show that they are one recording."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from colab_training.manifest import Sample

Pairs = Sequence[tuple[int, int]]


def joined_groups(samples: Sequence[Sample], pairs: Pairs) -> dict[str, str]:
    """Group of the manifest to the name of the joined group, which is its alphabetically first member."""
    parent = {sample.group: sample.group for sample in samples}

    def root(group: str) -> str:
        while parent[group] != group:
            parent[group] = parent[parent[group]]
            group = parent[group]
        return group

    for first, second in pairs:
        low, high = sorted((root(samples[first].group), root(samples[second].group)))
        parent[high] = low
    return {group: root(group) for group in parent}


def groups_in_two_splits(samples: Iterable[Sample], groups: Mapping[str, str]) -> list[str]:
    """Joined groups with pictures both in val and in what is learned from."""
    splits: dict[str, set[bool]] = defaultdict(set)
    for sample in samples:
        splits[groups[sample.group]].add(sample.part == "val")
    return sorted(group for group, found in splits.items() if len(found) > 1)


def split_of(group: str, val_share: float) -> str:
    """Split of a joined group whose manifest names none: by its name alone, so that adding files moves nobody."""
    fraction = int.from_bytes(hashlib.sha256(f"split {group}".encode()).digest()[:8], "big") / 2**64
    return "val" if fraction < val_share else "train"
