"""`python -m bench.sound --data ../shared/data --out bench/out`: prints the tables, writes sound.json, fails above the bars."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import cv2

from av_sync_svc.build import PRELOAD
from av_sync_svc.settings import AvSyncSettings
from bench.overhead.rest import RestClient, running_stack
from bench.sound.material import Talk
from bench.sound.parts import timed_parts
from bench.sound.report import Answer, Parts, checks, show, write
from bench.sound.tools import FaceSight, Tools, find_faces, open_tools
from bench.video.memory import watched
from kit.media.sandbox import Sandbox

_ROOT = Path(__file__).resolve().parents[2]
_VOICE_S, _TALK_S = 30.0, 10.0
_RECORDINGS = ((30.0, "DEPTH_STANDARD"), (600.0, "DEPTH_STANDARD"), (3600.0, "DEPTH_THOROUGH"))
_VIDEOS = ((10.0, "DEPTH_STANDARD"), (60.0, "DEPTH_STANDARD"))


def main() -> int:
    """0 when all bars are kept, else 1."""
    options = _options()
    talk = Talk.of(options.data / "av" / options.clip)
    settings = AvSyncSettings(models=options.models)
    # The parts first: their sandbox forks, so it must exist before anything of gRPC does.
    with Sandbox.start(settings.sandbox, PRELOAD) as sandbox:
        cv2.setNumThreads(1)
        parts = _parts(open_tools(settings, sandbox), talk, options.rounds)
    with running_stack(options.models) as client:
        client.analysis(talk.recording(1.0), "audio/wav", "?depth=DEPTH_QUICK")  # the first answer pays for caches
        answers = _answers(client, talk)
    found = checks(*parts, answers)
    show(parts, answers)
    write(parts, answers, found, options.out / "sound.json")
    for name, (value, bar) in found.items():
        print(f"{name}: {value:.2f} (bar: at most {bar:g})")
    return 0 if all(value <= bar for value, bar in found.values()) else 1


def _parts(tools: Tools, talk: Talk, rounds: int) -> tuple[Parts, Parts]:
    """Of a recording, and of a video with a face."""
    recording, video = talk.recording(_VOICE_S), talk.video(_TALK_S)
    faces = find_faces(tools.eyes, video)
    return (
        Parts.of(f"recording of {_VOICE_S:.0f} s", _VOICE_S, _rounds(tools, recording, None, rounds)),
        Parts.of(f"video of {_TALK_S:.0f} s", _TALK_S, _rounds(tools, video, faces, rounds)),
    )


def _rounds(tools: Tools, file: bytes, faces: FaceSight | None, rounds: int) -> Sequence[dict[str, float]]:
    """After one that does not count."""
    return [timed_parts(tools, file, faces) for _ in range(rounds + 1)][1:]


def _answers(client: RestClient, talk: Talk) -> list[Answer]:
    recordings = [
        _answer(client, "recording", talk.recording(length_s), "audio/wav", length_s, depth)
        for length_s, depth in _RECORDINGS
    ]
    videos = [
        _answer(client, "video", talk.video(length_s), "video/mp4", length_s, depth) for length_s, depth in _VIDEOS
    ]
    return recordings + videos


def _answer(client: RestClient, kind: str, file: bytes, mime_type: str, length_s: float, depth: str) -> Answer:
    with watched(client.pid) as peaks:
        started_s = time.monotonic()
        analysis = client.analysis(file, mime_type, f"?depth={depth}")
        took_s = time.monotonic() - started_s
    if late := [each["detector"] for each in analysis["progress"] if each.get("failure")]:
        raise RuntimeError(f"{', '.join(late)} failed or were late: this machine is too busy to measure on")
    name = f"{kind} of {length_s:.0f} s"
    return Answer(name, length_s, depth, len(file) / 2**20, took_s, str(analysis["verdict"]["label"]), peaks)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.sound", description=__doc__)
    parser.add_argument("--data", type=Path, default=_ROOT / ".." / "shared" / "data", help="folder with av/")
    parser.add_argument(
        "--clip", default="real/grid_s1__01648901.mp4", help="a clip of one speaker in view, inside av/"
    )
    parser.add_argument("--models", type=Path, default=_ROOT / "models")
    parser.add_argument("--out", type=Path, default=Path("bench/out"), help="folder for sound.json")
    parser.add_argument("--rounds", type=int, default=5, help="turns that count, of the parts")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
