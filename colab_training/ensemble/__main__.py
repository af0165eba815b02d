r"""Fits how the opinions of all tests are fused, for photos, videos and recordings, and writes `models/fusion/<version>/`.

Run: python -m colab_training.ensemble --data ../shared/data --clips build/clips_evidence.jsonl \
         --judgements build/voice_judgements.jsonl --out models/fusion/6.0.0

Clips come from colab_training.video.sound_evidence, judgements from colab_training.voice_spoof. Where no test that weighs
anything in videos or recordings has changed, `--carry models/fusion/<earlier version>` in place of both takes over what was
fitted there.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import cv2

from colab_training.audio_fusion.settings import load_audio_fusion_settings
from colab_training.ensemble import clips as videos
from colab_training.ensemble import recordings
from colab_training.ensemble.card import picture_section, write_model
from colab_training.ensemble.carried import carried
from colab_training.ensemble.evidence import picture_evidence
from colab_training.ensemble.pictures import fit_pictures
from colab_training.ensemble.section import Section
from colab_training.manifest import manifest_sha256
from colab_training.video_fusion.clips import digest, read_clips
from colab_training.video_fusion.settings import load_video_fusion_settings
from colab_training.voice_spoof.judgements import read_judgements
from kit.models.registry import Registry


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    own = parser()
    options = own.parse_args(arguments)
    if (options.carry is None) != (options.clips is not None and options.judgements is not None):
        own.error("give --clips and --judgements, or --carry")
    cv2.setNumThreads(1)
    rest = carried(options.carry) if options.carry else [_videos(options), _recordings(options)]
    write_model([_pictures(options), *rest], _command(options), options.out)
    print((options.out / "CARD.md").read_text(encoding="utf-8"))


def parser() -> argparse.ArgumentParser:
    """Where everything lies."""
    own = argparse.ArgumentParser(prog="python -m colab_training.ensemble", description=__doc__)
    configs = Path("colab_training/configs")
    own.add_argument("--data", type=Path, required=True, help="folder with faces/manifest.csv")
    own.add_argument("--clips", type=Path, help="JSON lines: labelled evidence of clips")
    own.add_argument("--judgements", type=Path, help="JSON lines of colab_training.voice_spoof")
    own.add_argument("--carry", type=Path, help="folder of an earlier version, to take over videos and recordings from")
    own.add_argument("--out", type=Path, required=True, help="folder to write the model to")
    own.add_argument("--models", type=Path, default=Path("models"), help="registry with the detectors' models")
    own.add_argument("--cache", type=Path, default=Path(".telltale/colab_training"), help="evidence already seen")
    own.add_argument("--video-config", type=Path, default=configs / "video_fusion.toml")
    own.add_argument("--audio-config", type=Path, default=configs / "audio_fusion.toml")
    return own


def _command(options: argparse.Namespace) -> str:
    rest = (
        f"--carry models/fusion/{options.carry.name}"
        if options.carry
        else f"--clips build/{options.clips.name} --judgements build/{options.judgements.name}"
    )
    return f"python -m colab_training.ensemble --data ../shared/data {rest} --out models/fusion/{options.out.name}"


def _pictures(options: argparse.Namespace) -> Section:
    evidence = picture_evidence(options.data, options.models, options.cache)
    fitted = fit_pictures(evidence.calibration, evidence.new)
    digest_of_list = manifest_sha256(options.data / "faces")
    return picture_section(fitted, evidence.calibration, evidence.new, evidence.val, digest_of_list)


def _videos(options: argparse.Namespace) -> Section:
    settings, clips = load_video_fusion_settings(options.video_config), read_clips(options.clips)
    settings.check_terms(clip.source for clip in clips)
    train, _ = videos.splits(clips, settings)
    return videos.section(clips, videos.fit_clips(train, settings), settings, digest(options.clips))


def _recordings(options: argparse.Namespace) -> Section:
    voice = Registry(options.models).load("voice_spoof").card
    settings = load_audio_fusion_settings(options.audio_config)
    return recordings.section(read_judgements(options.judgements), settings, voice)


if __name__ == "__main__":
    main()
