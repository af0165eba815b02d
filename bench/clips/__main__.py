"""Measures video accuracy and writes clips.json and the page docs/VIDEO.md.

Run: python -m bench.clips --data ../shared/data --evidence build/clips_evidence.jsonl --docs docs

The evidence is what colab_training.video.evidence and .sound_evidence collected for the fit of fusion. Clips that are encoded
anew are judged by what is seen alone.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np

from bench.clips.evidence import chained, cut_alike
from bench.clips.measure import (
    Judged,
    areas,
    calibration_error,
    cues_of,
    false_alarms,
    found,
    labels_given,
    of_cue,
    outside,
)
from bench.clips.page import Findings, Rows, page
from bench.clips.places import Place, places
from colab_training.metrics import Estimate
from colab_training.video.encode import Encoding
from colab_training.video.evidence import content_of, evidence_of, fused_clip
from colab_training.video.examiner import video_examiner
from colab_training.video.manifest import read_clips_manifest
from colab_training.video.sources import Reader
from colab_training.video_fusion.clips import Clip, fitted_cues, labels, read_clips
from colab_training.video_fusion.fitting import hear
from colab_training.video_fusion.left_out import fit_chosen, left_out_log_odds
from colab_training.video_fusion.settings import VideoFusionSettings, load_video_fusion_settings
from fusion_svc.fuse import weigh
from fusion_svc.judge import judge
from fusion_svc.model import FusionModel, KindParameters, read_fusion_model
from kit.models.registry import Registry
from kit.vision.yolo import open_finder

ENCODINGS: Mapping[str, Encoding | None] = {
    "as it is": None,
    "CRF 23": Encoding(23, 1.0),
    "CRF 32": Encoding(32, 1.0),
    "CRF 40": Encoding(40, 1.0),
    "half size, CRF 23": Encoding(23, 0.5),
}
_IN_A_ROW = (1, 4, 12)


def main() -> None:
    """Command line."""
    options = _parser().parse_args()
    cv2.setNumThreads(1)
    model = read_fusion_model(Registry(options.models).load("fusion"))
    settings = load_video_fusion_settings(options.fusion_config)
    clips = read_clips(options.evidence)
    train, val = ([clip for clip in clips if clip.split == split] for split in ("train", "val"))
    kind = model.parameters.kinds["video"]
    left_out = Judged(train, left_out_log_odds(train, fitted_cues(train), settings))
    findings = Findings(
        models=_names(options.models),
        left_out=rows(left_out, kind),
        left_out_alike=rows(_alike_left_out(train, settings), kind),
        val=rows(judged(val, kind), kind),
        val_alike=rows(judged([cut_alike(clip) for clip in val], kind), kind),
        encoded=_encoded(options, kind),
        chained=_chained(train, settings, kind),
        places=_places(options, model),
        labels=labels_given([judge(clip.request.evidence, clip.request.media, model) for clip in val]),
    )
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "clips.json").write_text(json.dumps(asdict(findings), indent=1), encoding="utf-8")
    if options.docs:
        (options.docs / "VIDEO.md").write_text(page(findings), encoding="utf-8")
    print(page(findings))


def judged(clips: Sequence[Clip], kind: KindParameters) -> Judged:
    """Clips with what the shipped fusion says of them."""
    return Judged(clips, np.array([weigh(clip.request.evidence, kind, clip.request.media).log_odds for clip in clips]))


def rows(fused: Judged, kind: KindParameters) -> Rows:
    """All measures of one set of clips."""
    thresholds = {"MANIPULATED": kind.labels.manipulated, "SUSPICIOUS": kind.labels.suspicious}
    by_detector = {"fused": areas(fused)} | {cue: areas(of_cue(fused.clips, cue)) for cue in cues_of(fused.clips)}
    return Rows(
        clips=len(fused.clips),
        reals=int((~labels(fused.clips)).sum()),
        areas=by_detector,
        outside=outside(fused.clips),
        ece=calibration_error(fused),
        false_alarms={label: false_alarms(fused, threshold) for label, threshold in thresholds.items()},
        found={label: found(fused, threshold) for label, threshold in thresholds.items()},
    )


def _alike_left_out(clips: Sequence[Clip], settings: VideoFusionSettings) -> Judged:
    alike = [cut_alike(clip) for clip in clips]
    return Judged(alike, left_out_log_odds(alike, fitted_cues(alike), settings))


def _chained(clips: Sequence[Clip], settings: VideoFusionSettings, kind: KindParameters) -> dict[int, Estimate]:
    """False alarms on real clips in a row, each row of one source, judged by a fit without that source."""
    cues = fitted_cues(clips)
    made: dict[int, tuple[list[Clip], list[float]]] = {count: ([], []) for count in _IN_A_ROW}
    for source in sorted({clip.source for clip in clips if not clip.fake}):
        kept = [clip for clip in clips if clip.source != source]
        fitted = fit_chosen(kept, [hear(clip, cues) for clip in kept], cues, settings)
        own = [clip for clip in clips if clip.source == source and not clip.fake]
        for count, (chains, values) in made.items():
            new = [chained(own[first : first + count]) for first in range(0, len(own) - count + 1, count)]
            chains += new
            values += fitted.log_odds(new, settings.search_discount).tolist() if new else []
    return {
        count: false_alarms(Judged(chains, np.array(values)), kind.labels.suspicious)["all"]
        for count, (chains, values) in made.items()
        if chains
    }


def _encoded(options: argparse.Namespace, kind: KindParameters) -> dict[str, dict[str, Estimate | float]]:
    folder = options.data / "av"
    clips = [clip for clip in read_clips_manifest(folder) if clip.split == "val"]
    table: dict[str, dict[str, Estimate | float]] = {}
    for name, how in ENCODINGS.items():
        contents = {clip.file: content_of(folder / clip.file, how) for clip in clips}
        found_by_file = evidence_of(
            clips, contents, dict.fromkeys(contents, options.models), options.models, options.cache
        )
        fused = judged([fused_clip(clip, found_by_file[clip.file]) for clip in clips], kind)
        tests = {cue: areas(of_cue(fused.clips, cue)) for cue in cues_of(fused.clips)}
        table[name] = {
            "fused": areas(fused)["all"],
            **{cue: table_["all"] for cue, table_ in tests.items() if "all" in table_},
            "false alarms": false_alarms(fused, kind.labels.suspicious)["all"].value,
            "fakes found": found(fused, kind.labels.suspicious).value,
        }
    shared = set.intersection(*(set(row) for row in table.values()))
    return {name: {column: value for column, value in row.items() if column in shared} for name, row in table.items()}


def _places(options: argparse.Namespace, model: FusionModel) -> list[Place]:
    folder = options.data / "av"
    real = [clip for clip in read_clips_manifest(folder) if clip.split == "val" and not clip.fake]
    finder = open_finder(Registry(options.models).load("face_finder"), 1)
    with video_examiner(options.models) as examiner:
        return places(examiner, Reader(folder, examiner.sandbox, finder), real, model, options.cache)


def _names(models: Path) -> list[str]:
    names = ("face_finder", "face_spatial", "frequency", "noise_residual", "face_motion", "face_drift")
    loaded = [Registry(models).load(name) for name in (*names, "flow_consistency", "blending_flicker", "fusion")]
    return sorted(f"{model.card.name} {model.card.version}" for model in loaded)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.clips", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder with av/")
    parser.add_argument(
        "--evidence", type=Path, required=True, help="JSON lines of colab_training.video.sound_evidence"
    )
    parser.add_argument("--models", type=Path, default=Path("models"), help="model registry")
    parser.add_argument("--out", type=Path, default=Path("bench/out"), help="folder for clips.json")
    parser.add_argument("--docs", type=Path, help="documentation folder; the page goes there")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training/video"), help="kept evidence")
    parser.add_argument("--fusion-config", type=Path, default=Path("colab_training/configs/video_fusion.toml"))
    return parser


if __name__ == "__main__":
    main()
