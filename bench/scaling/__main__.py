"""`python -m bench.scaling --data ../shared/data --database URL`: measures, then writes scaling.json and docs/scaling.md.

`--short` sends so little that the numbers mean nothing: it only shows that everything still runs.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.scaling import queue, replicas, streams, through
from bench.scaling.page import page
from bench.sound.material import Talk
from kit.media import image, sound, video
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.probe import probe
from kit.media.sandbox import Sandbox, SandboxSettings

_ROOT = Path(__file__).resolve().parents[2]
_PRELOAD = (*image.PRELOAD, *video.PRELOAD, *sound.PRELOAD)
# Media with which each detector is loaded: the shortest that make it do all that it does.
_TALK_S = 5.0


def main() -> None:
    """Command line."""
    options = _options()
    photo, talk = options.photo.read_bytes(), Talk.of(options.data / "av" / options.clip)
    asked = _asked(photo, talk)  # before anything of gRPC: its sandbox forks
    sizes = through.Sizes(2, 2.0, 5.0) if options.short else through.Sizes(40, 60.0, 600.0)
    window_s, idle, jobs = (2.0, 20, 20) if options.short else (30.0, 1000, 2000)
    spent = through.measure(options.models, photo, talk, sizes)
    document = {
        "cores": os.cpu_count(),
        "short": options.short,
        "sizes": asdict(sizes),
        "cpu_s": dict(through.kinds(spent)),
        "replicas": {
            name: [asdict(each) for each in replicas.measure(name, asked[name], window_s)] for name in replicas.BACKENDS
        },
        "queue": asdict(queue.measure(options.database, jobs)),
        "streams": asdict(streams.measure(options.models, photo, idle, window_s)),
    }
    _write(document, options)


def _asked(photo: bytes, talk: Talk) -> dict[str, replicas.Asked]:
    spoken = talk.video(_TALK_S)
    with Sandbox.start(SandboxSettings(), _PRELOAD) as sandbox:

        def asked(content: bytes) -> replicas.Asked:
            with MediaFile.from_bytes(content) as media:
                return replicas.Asked(content, probe(sandbox, media, MediaLimits(), None))

        still, film = asked(photo), asked(spoken)
    return {"image_svc": still, "metadata_svc": still, "temporal_svc": film, "av_sync_svc": film}


def _write(document: dict[str, Any], options: argparse.Namespace) -> None:
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "scaling.json").write_text(json.dumps(document, indent=1), encoding="utf-8")
    text = page(document, options.price)
    print(text)
    if not options.short:
        (options.docs / "scaling.md").write_text(text, encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.scaling", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument(
        "--clip", default="real/grid_s1__01648901.mp4", help="a clip of one speaker in view, inside av/"
    )
    parser.add_argument("--photo", type=Path, default=_ROOT / "samples" / "portrait.jpg")
    parser.add_argument("--database", required=True, help="SQLAlchemy URL of an empty PostgreSQL database")
    parser.add_argument("--models", type=Path, default=_ROOT / "models")
    parser.add_argument("--price", type=float, default=0.04, help="an hour of one vCPU; an example, in any currency")
    parser.add_argument("--out", type=Path, default=Path("bench/out"))
    parser.add_argument("--docs", type=Path, default=_ROOT / "docs")
    parser.add_argument("--short", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
