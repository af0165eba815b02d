"""One preparation from a data folder to a smaller, checked one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from colab_training.manifest import Sample, read_manifest
from colab_training.pictures import find_faces
from colab_training.preparation.examination import Examined, examine_all
from colab_training.preparation.fingerprint import near_pairs
from colab_training.preparation.folder import link, link_files, link_rows, read_rows
from colab_training.preparation.frames import extract_all
from colab_training.preparation.groups import joined_groups, split_of
from colab_training.preparation.leakage import leakage
from colab_training.preparation.plots import draw_all
from colab_training.preparation.quality import Rejection, rejections
from colab_training.preparation.report import Report, markdown
from colab_training.preparation.settings import FrameSettings, PreparationSettings
from colab_training.preparation.statistics import statistics

FACES, CLIPS, SPEECH, SCENES, METADATA = "faces", "av", "speech", "scenes/real", "metadata"
FRAMES = "frames"


@dataclass(frozen=True)
class Places:
    """Where a run reads and writes."""

    data: Path
    out: Path
    models: Path
    cache: Path

    @property
    def prepared(self) -> Path:
        """The data folder that is made."""
        return self.out / "data"


def prepare(places: Places, settings: PreparationSettings) -> Report:
    """Examines, filters, splits, extracts frames, and writes `data/`, REPORT.md, report.json and plots below `places.out`."""
    root = places.data / FACES
    samples = read_manifest(root)
    facts, unreadable = examine_all(root, samples)
    faces = find_faces(root, [each.sample for each in facts], places.models, places.cache)
    examined = Examined(facts, unreadable, faces)
    pairs = near_pairs([each.fingerprint for each in facts], settings.duplicates)
    groups = joined_groups([each.sample for each in facts], pairs)
    rejected = rejections(examined, groups, settings.quality)
    kept = write_faces(places, rejected, groups, settings.val_share)
    frames = write_others(places, settings.frames)
    found = leakage(facts, pairs, groups)
    report = Report(len(samples), kept, statistics(examined), rejected, found, frames)
    write_report(report, places.out)
    draw_all(root, examined, report, places.out)
    return report


def write_faces(places: Places, rejected: Sequence[Rejection], groups: Mapping[str, str], val_share: float) -> int:
    """Links what was kept, with joined groups and a split for everything; answers how many pictures that are."""
    root = places.data / FACES
    out = {each.sample.file for each in rejected}
    rows = [row for row in read_rows(root) if row["file"] not in out]
    for row in rows:
        row["group"] = groups[row["group"] or row["file"]]
        row["split"] = row["split"] or split_of(row["group"], val_share)
    link_rows(root, places.prepared / FACES, rows)
    return len(rows)


def write_others(places: Places, settings: FrameSettings) -> int:
    """Links speech, clips, scenes and metadata files where there are any, and extracts frames; answers how many frames."""
    scenes = places.data / SCENES
    link_files(scenes, places.prepared / SCENES, sorted(path.name for path in scenes.glob("*.*")))
    if (places.data / METADATA).is_dir():
        link(places.data / METADATA, places.prepared / METADATA)
    if (places.data / SPEECH).is_dir():
        link_rows(places.data / SPEECH, places.prepared / SPEECH, read_rows(places.data / SPEECH))
    clips = places.data / CLIPS
    if not clips.is_dir():
        return 0
    rows = read_rows(clips)
    link_rows(clips, places.prepared / CLIPS, rows)
    return len(extract_all(clips, rows, places.prepared / FRAMES, settings))


def write_report(report: Report, folder: Path) -> None:
    """REPORT.md and report.json."""
    folder.mkdir(parents=True, exist_ok=True)
    document = json.dumps(report.document(), indent=2, allow_nan=False)
    (folder / "report.json").write_text(document + "\n", encoding="utf-8")
    (folder / "REPORT.md").write_text(markdown(report), encoding="utf-8")


def split_samples(prepared: Path) -> dict[str, list[Sample]]:
    """The prepared faces by part."""
    parts: dict[str, list[Sample]] = {"fit": [], "calibration": [], "val": []}
    for sample in read_manifest(prepared / FACES):
        parts[sample.part].append(sample)
    return parts
