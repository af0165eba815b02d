r"""Adds what the tests of sound say to the evidence on labelled clips, for the fit of fusion.

Run: python -m colab_training.video.sound_evidence --data ../shared/data --evidence build/video_evidence.jsonl \
         --out build/clips_evidence.jsonl      (after colab_training.lip_sync, which leaves its networks in its cache)

Voice and seams are judged by the shipped models, which never learned from these clips' fakes. Lips in clips of split train are
judged by networks that never saw their source, with the shipped calibration, and of several people only the main one's.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import cv2
import torch
from google.protobuf import json_format

from av_sync_svc.build import PRELOAD, build_cues
from av_sync_svc.detector import Ears
from av_sync_svc.hearing import SandboxSoundReader
from colab_training.evidence_table import collect
from colab_training.lip_sync.cross_fit import cross_fit
from colab_training.lip_sync.settings import LipSyncSettings, load_lip_sync_settings
from colab_training.lip_sync.talks import measured, readings_of
from colab_training.video.listener import LipListener, Listener, LoneListener
from colab_training.video.manifest import Clip, read_clips_manifest
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.models.registry import Registry
from kit.serving.networks import Networks
from kit.sound.speech import open_speech_finder
from telltale.common.v1 import evidence_pb2

SHIPPED = "shipped"


def judge_of(clip: Clip, folds: Sequence[Sequence[str]]) -> str:
    """Which networks may judge a clip's lips: those of the fold that leaves out its source; else the shipped ones."""
    own = [number for number, sources in enumerate(folds) if clip.source in sources]
    return f"fold{own[0]}" if own and clip.split == "train" else SHIPPED


def with_sound(row: str, found: Mapping[str, Sequence[evidence_pb2.Evidence]]) -> str:
    """A line of JSON with evidence by file added, instead of what the same tests said before."""
    known = json.loads(row)
    added = [json_format.MessageToDict(entry, preserving_proto_field_name=True) for entry in found[known["group"]]]
    names = {entry["cue"] for entry in added}
    seen = [entry for entry in known["request"]["evidence"] if entry["cue"] not in names]
    return json.dumps({**known, "request": {**known["request"], "evidence": [*seen, *added]}})


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    options = _parser().parse_args(arguments)
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    clips = read_clips_manifest(options.data / "av")
    found: dict[str, list[evidence_pb2.Evidence]] = {clip.file: [] for clip in clips}
    with Sandbox.start(SandboxSettings(), PRELOAD) as sandbox:
        for listener, chosen in _listeners(options, clips, sandbox):
            contents = [(options.data / "av" / clip.file).read_bytes for clip in chosen]
            rows = collect(listener, contents, options.cache, listener.label)
            for clip, row in zip(chosen, rows, strict=True):
                found[clip.file] += row.evidence
    lines = options.evidence.read_text(encoding="utf-8").splitlines()
    options.out.write_text("".join(with_sound(line, found) + "\n" for line in lines), encoding="utf-8")
    print(f"{len(lines)} clips in {options.out}")


def _listeners(
    options: argparse.Namespace, clips: Sequence[Clip], sandbox: Sandbox
) -> list[tuple[Listener, list[Clip]]]:
    """Everybody who is asked, and about which clips."""
    registry = Registry(options.models)
    speech = registry.load("voice_activity")
    ears = Ears(SandboxSoundReader(sandbox, MediaLimits()), open_speech_finder(speech))
    cues = build_cues(registry, Networks())
    settings = load_lip_sync_settings(options.config)
    lone = [LoneListener(ears, speech, cue) for cue in (cues.voice, cues.coherence)]
    lips = _lip_listeners(options, settings, LipListener(ears, speech, cues.lips, SHIPPED, {}))
    judges = {listener.judge: listener for listener in lips}
    by_judge = [
        (own, [clip for clip in clips if judge_of(clip, settings.folds) == name]) for name, own in judges.items()
    ]
    return [*((listener, list(clips)) for listener in lone), *by_judge]


def _lip_listeners(options: argparse.Namespace, settings: LipSyncSettings, shipped: LipListener) -> list[LipListener]:
    readings = readings_of(options.data, options.models, options.lips)
    networks = cross_fit(settings, [measured(*reading) for reading in readings], options.lips)
    mouths = {
        hashlib.sha256((options.data / "av" / clip.file).read_bytes()).hexdigest(): mouth for clip, mouth, _ in readings
    }
    folds = [shipped.of(f"fold{number}", network, mouths) for number, network in enumerate(networks.folds)]
    return [shipped.of(SHIPPED, networks.final, mouths), *folds]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m colab_training.video.sound_evidence", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with av/manifest.csv")
    parser.add_argument("--evidence", type=Path, required=True, help="JSON lines of colab_training.video.evidence")
    parser.add_argument("--out", type=Path, required=True, help="file of JSON lines to write")
    parser.add_argument("--models", type=Path, default=Path("models"), help="registry of the shipped models")
    parser.add_argument("--cache", type=Path, default=Path(".telltale/colab_training/video"), help="evidence so far")
    parser.add_argument(
        "--lips", type=Path, default=Path(".telltale/colab_training/lip_sync"), help="cache of colab_training.lip_sync"
    )
    parser.add_argument("--config", type=Path, default=Path("colab_training/configs/lip_sync.toml"), help="its run")
    return parser


if __name__ == "__main__":
    main()
