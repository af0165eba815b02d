"""What rounding costs: the split val of photos, videos and recordings judged from evidence as it was measured, and rounded."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np

from bench.verdict.kinds import Kind, recordings, videos
from colab_training.ensemble.pictures import Pictures
from colab_training.ensemble.verdicts import Judged, judged
from colab_training.evaluation import calibration_error
from colab_training.evidence_table import collect, files
from colab_training.examiner import examiner
from colab_training.manifest import part, read_manifest
from colab_training.metrics import auc
from colab_training.video_fusion.clips import read_clips
from colab_training.video_fusion.settings import load_video_fusion_settings
from colab_training.voice_spoof.judgements import read_judgements
from fusion_svc.model import MODEL_NAME, FusionParameters, read_fusion_model
from gateway.making.rounding import rounded
from kit.models.registry import Registry
from telltale.fusion.v1 import fusion_service_pb2


def table(options: argparse.Namespace) -> Iterator[str]:
    """Lines of text."""
    parameters = read_fusion_model(Registry(options.models).load(MODEL_NAME)).parameters
    yield "rounding, split val: AUC, calibration error, false alarms; labels that changed; largest change of log-odds"
    for name, (before, after) in _judged(options, parameters).items():
        moved, changed = np.abs(before.log_odds - after.log_odds), int((before.labels != after.labels).sum())
        yield f"  {name:6s} as measured {_numbers(before)}"
        moves = f"{moved.max():.3f} (mean {moved.mean():.3f})"
        yield f"  {name:6s} rounded     {_numbers(after)}   {changed} of {len(before.fake)}   {moves}"


def _numbers(own: Judged) -> str:
    false_alarms = own.accused[~own.fake].mean()
    return f"{auc(own.fake, own.log_odds):.4f}  {calibration_error(own.fake, own.log_odds):.4f}  {false_alarms:.2%}"


def _judged(options: argparse.Namespace, parameters: FusionParameters) -> dict[str, tuple[Judged, Judged]]:
    settings = load_video_fusion_settings(options.video_config)
    others = [
        videos(read_clips(options.clips), settings, parameters.kinds["video"]),
        recordings(read_judgements(options.judgements), parameters.kinds["audio"]),
    ]
    return {"image": _of_pictures(options, parameters), **{kind.name: _of_kind(kind) for kind in others}}


def _of_kind(kind: Kind) -> tuple[Judged, Judged]:
    sources = kind.val.sources.tolist()
    coarse = [_rounded(request) for request in kind.requests]
    return kind.judged(), judged(coarse, kind.val.fake, sources, kind.parameters)


def _of_pictures(options: argparse.Namespace, parameters: FusionParameters) -> tuple[Judged, Judged]:
    root = options.data / "faces"
    samples = part(read_manifest(root), "val")
    with examiner(options.models) as detectors:
        pictures = Pictures(
            samples, collect(detectors, files(root / own.file for own in samples), options.cache, "val")
        )
    sources = [own.source for own in samples]
    coarse = [_rounded(request) for request in pictures.table]
    before, after = (
        judged(requests, pictures.fake, sources, parameters.kinds["image"]) for requests in (pictures.table, coarse)
    )
    return before, after


def _rounded(request: fusion_service_pb2.FuseRequest) -> fusion_service_pb2.FuseRequest:
    return fusion_service_pb2.FuseRequest(media=request.media, evidence=map(rounded, request.evidence))
