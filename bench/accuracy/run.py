"""The stages of the accuracy benchmark, from pictures to a report and its drawings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.accuracy import measure, robustness
from bench.accuracy.report import Report
from bench.accuracy.shortcut_rows import shortcut_rows
from bench.accuracy.test_sets import AlikeFiles, pool, unlearned
from colab_training.evidence_table import Content, collect, files, learned_sources
from colab_training.examiner import Examiner
from colab_training.manifest import Sample, part
from fusion_svc.judge import judge
from fusion_svc.model import FusionModel
from kit.models.registry import Registry

SCENES = "scenes/real"
_SUFFIXES = frozenset({".jpg", ".jpeg", ".png"})


@dataclass(frozen=True)
class Bench:
    """What the stages work with."""

    examiner: Examiner
    fusion: FusionModel
    registry: Registry
    data: Path
    cache: Path

    @property
    def root(self) -> Path:
        """Folder of the manifest."""
        return self.data / "faces"

    def judged(self, label: str, samples: Sequence[Sample], contents: Sequence[Content]) -> measure.Judged:
        """Evidence and verdicts about pictures."""
        table = collect(self.examiner, contents, self.cache, label)
        return measure.Judged(samples, table, [judge(row.evidence, row.media, self.fusion) for row in table])

    def filed(self, label: str, samples: Sequence[Sample]) -> measure.Judged:
        """About pictures as they are."""
        return self.judged(label, samples, files(self.root / sample.file for sample in samples))

    def copies(self, label: str, samples: Sequence[Sample], made: Mapping[str, bytes]) -> measure.Judged:
        """About the copies of those pictures that have one."""
        chosen = [sample for sample in samples if sample.file in made]
        return self.judged(label, chosen, [partial(made.__getitem__, sample.file) for sample in chosen])


def run(
    bench: Bench, samples: Sequence[Sample], made: AlikeFiles, most: int, left_out: dict[str, Any] | None
) -> tuple[Report, measure.Judged, measure.Judged]:
    """The report, and what was judged as filed and equalised, for the drawings. `most` bounds the robustness grid."""
    val = part(samples, "val")
    filed = bench.filed("val, as filed", val)
    alike = bench.copies("val, made alike", val, made.files)
    learned = learned_sources(filed.table, bench.registry)
    rest = [sample for own in unlearned(samples, learned).values() for sample in own]
    new_filed, new_alike = (
        bench.filed("unlearned, as filed", rest),
        bench.copies("unlearned, made alike", rest, made.files),
    )
    either = list(dict.fromkeys([*val, *rest]))
    changed = robustness.chosen(val, most)
    report = Report(
        models={name: bench.registry.versions(name)[-1] for name in bench.registry.names()},
        learned=sorted(learned & {sample.source for sample in samples}),
        filed=measure.quality(filed),
        alike=measure.quality(alike),
        unlearned_filed=measure.quality(new_filed) if rest else {},
        unlearned_alike=measure.quality(new_alike) if rest else {},
        soft=measure.quality(bench.copies("made alike and soft", either, made.soft)) if made.soft else {},
        alike_how=made.how,
        without_face=dict(Counter(sample.source for sample in val if sample.file not in made.files)),
        shortcuts=shortcut_rows(bench.root, pool(samples), made),
        abstained=measure.abstained(filed),
        false_alarms=measure.false_alarms(filed),
        labels=measure.labels(filed),
        scenes=_scenes(bench),
        robustness=robustness.grid(bench.root, changed, bench.judged),
        robustness_items=dict(Counter(f"{sample.source} {'fake' if sample.fake else 'real'}" for sample in changed)),
        left_out=left_out,
    )
    return report, filed, alike


def _scenes(bench: Bench) -> dict[str, int]:
    paths = sorted(path for path in (bench.data / SCENES).rglob("*") if path.suffix.lower() in _SUFFIXES)
    table = collect(bench.examiner, files(paths), bench.cache, "scenes")
    verdicts = [judge(row.evidence, row.media, bench.fusion) for row in table]
    return dict(Counter(measure.label_name(verdict) for verdict in verdicts))
