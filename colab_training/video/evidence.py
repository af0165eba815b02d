"""Collects what the detectors say of the labelled clips, for the fit of fusion.

Run: python -m colab_training.video.evidence --data ../shared/data --out build/video_evidence.jsonl [--crf 32] [--scale 0.5]

Clips of split train are judged by models of movement that never saw their source, which colab_training.video leaves in its cache;
clips of split val by the shipped ones.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import cv2
from google.protobuf import json_format

from colab_training.evidence_table import collect
from colab_training.video.encode import Encoding, reencoded
from colab_training.video.examiner import video_examiner
from colab_training.video.manifest import Clip, read_clips_manifest
from colab_training.video.settings import load_video_settings
from colab_training.video_fusion.clips import Clip as LabelledClip
from telltale.fusion.v1 import fusion_service_pb2


def evidence_of(
    clips: Sequence[Clip],
    contents: Mapping[str, Callable[[], bytes]],
    registries: Mapping[str, Path],
    models: Path,
    cache: Path,
) -> dict[str, fusion_service_pb2.FuseRequest]:
    """Evidence by file; `registries` names for each file the registry of its models of movement."""
    by_registry: dict[Path, list[Clip]] = defaultdict(list)
    for clip in clips:
        by_registry[registries[clip.file]].append(clip)
    found = {}
    for registry, chosen in by_registry.items():
        with video_examiner(models, registry) as examiner:
            rows = collect(examiner, [contents[clip.file] for clip in chosen], cache, registry.name)
        found |= {clip.file: row for clip, row in zip(chosen, rows, strict=True)}
    return found


def registry_of(clip: Clip, folds: Sequence[Sequence[str]], models: Path, cache: Path) -> Path:
    """The registry whose models of movement may judge a clip. Raises ValueError for a source of split train in no fold."""
    if clip.split != "train":
        return models
    own = [number for number, sources in enumerate(folds) if clip.source in sources]
    if not own and not clip.fake:
        raise ValueError(
            f"the source {clip.source!r} is in no fold; add it to one in the configuration, and train again"
        )
    # No fold has learned from recorded fakes: those of a source without real clips go to any, by their names.
    number = own[0] if own else int(hashlib.sha256(clip.file.encode()).hexdigest(), 16) % len(folds)
    return cache / f"fold{number}"


def fused_clip(clip: Clip, request: fusion_service_pb2.FuseRequest) -> LabelledClip:
    """The clip as the fit of fusion and benchmarks know it."""
    return LabelledClip(clip.source, clip.file, clip.fake, clip.kind, clip.split, request)


def row_of(clip: Clip, request: fusion_service_pb2.FuseRequest) -> str:
    """One line of JSON, as colab_training.video_fusion reads it."""
    return json.dumps(
        {
            "source": clip.source,
            "group": clip.file,
            "label": "fake" if clip.fake else "real",
            "kind": clip.kind,
            "split": clip.split,
            "request": json_format.MessageToDict(request, preserving_proto_field_name=True),
        }
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    folder: Path = options.data / "av"
    clips = read_clips_manifest(folder)
    folds = load_video_settings(options.config).folds
    how = None if options.crf is None else Encoding(options.crf, options.scale)
    contents = {clip.file: content_of(folder / clip.file, how) for clip in clips}
    movement = options.movement or options.models
    registries = {clip.file: registry_of(clip, folds, movement, options.cache) for clip in clips}
    found = evidence_of(clips, contents, registries, options.models, options.cache)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text("".join(row_of(clip, found[clip.file]) + "\n" for clip in clips), encoding="utf-8")
    print(f"{len(clips)} clips in {options.out}")


def content_of(path: Path, how: Encoding | None) -> Callable[[], bytes]:
    """The bytes of a file, encoded anew where it is said how."""
    if how is None:
        return path.read_bytes
    return lambda: reencoded(path.read_bytes(), how)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.video.evidence", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with av/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="file of JSON lines to write")
    parser.add_argument("--models", type=Path, default=Path("models"), help="registry of the shipped models")
    parser.add_argument("--movement", type=Path, help="registry of the tests of movement, where it is another one")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training/video"), help="folds and evidence")
    parser.add_argument(
        "--config",
        type=Path,
        default=Path("colab_training/configs/face_motion.toml"),
        help="the run that names the folds",
    )
    parser.add_argument("--crf", type=int, help="encode every clip anew at this constant rate factor first")
    parser.add_argument("--scale", type=float, default=1.0, help="with --crf: sides as a share of the clip's own")
    return parser


if __name__ == "__main__":
    main()
