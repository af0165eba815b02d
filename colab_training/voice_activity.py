"""Takes the voice activity detector `voice_activity` out of the package silero-vad as it is, measures it, and writes its card.

Run: python -m colab_training.voice_activity --data ../shared/data --out models/voice_activity/1.0.0
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from colab_training.card_text import card_markdown
from colab_training.export import MODEL_FILE
from colab_training.metrics import Estimate, auc
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.media.sound import PRELOAD, SoundPiece, Span, read_sound
from kit.models.card import describe_artefact, write_card
from kit.models.onnx import OnnxSession
from kit.sound.speech import OPERATING_POINT, RATE_HZ, WINDOW_SAMPLES, SpeechFinder
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2

NETWORK = "data/silero_vad_16k_sequence.onnx"
THRESHOLD = 0.5
FILES = 150
NOISES_DB = (None, 20.0, 10.0)
_MOST_SILENCE_S = 2.0
_HUM_DBFS = -70.0
_ROUNDS = 1_000

NOTES = """The voice activity detector of the Silero team (github.com/snakers4/silero-vad), version 6.2.3 of the Python package
`silero-vad`, file `silero_vad_16k_sequence.onnx`, unchanged: nothing of it was trained here, and the package does not
name the recordings it was trained on. It hears 32 ms at a time (512 samples at 16 kHz, with the 64 before them) and remembers
what came before in an LSTM, whose state goes in and out as `h` and `c`. A window begins speech at the threshold and
ends it 0.15 of probability below; speech shorter than 250 ms is left out, silence shorter than 100 ms bridged, as in
the package.

It was measured here on recordings of real speech that are cut to the speech, with up to two seconds of near silence
laid before and behind them and pink noise over the whole. Windows within the recording count as speech, also where
the speaker pauses, so the share of speech found is lower than it would be by ear."""


@dataclass(frozen=True, eq=False)
class Heard:
    """Windows of one recording: whether they are within the speech, and what the network says."""

    within: NDArray[np.bool_]
    probability: NDArray[np.float32]
    edges_ms: tuple[float, float]
    """By how much the first speech found begins and the last one ends later than the true ones; nan when nothing is found."""


def recordings(data: Path, count: int) -> list[SoundPiece]:
    """Real speech of all sources in turn, at 16 kHz: as many recordings as there are, at most `count`."""
    with (data / "speech" / "manifest.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["label"] == "real"]
    chosen = [rows[index]["file"] for index in np.linspace(0, len(rows) - 1, min(count, len(rows))).round().astype(int)]
    with Sandbox.start(SandboxSettings(max_children=1), PRELOAD) as sandbox:
        return [_read(sandbox, data / "speech" / name) for name in chosen]


def _read(sandbox: Sandbox, path: Path) -> SoundPiece:
    with MediaFile.from_bytes(path.read_bytes()) as media:
        return next(read_sound(sandbox, media, MediaLimits(), [Span(0.0, 60.0)], rate_hz=RATE_HZ))


def listen(finder: SpeechFinder, speech: Sequence[SoundPiece], noise_db: float | None) -> Iterator[Heard]:
    """What is heard of each recording with silence around it and noise, so many decibels below the speech, over it."""
    rng = np.random.default_rng(0)
    for recording in speech:
        before, behind = (int(rng.uniform(0.5, _MOST_SILENCE_S) * RATE_HZ) for _ in range(2))
        level = float(np.sqrt(np.mean(recording.samples**2)))
        loudness = 10 ** (_HUM_DBFS / 20) if noise_db is None else level * 10 ** (-noise_db / 20)
        samples = np.pad(recording.samples, (before, behind))
        samples = np.clip(samples + loudness * _pink(rng, len(samples)), -1, 1).astype(np.float32)
        piece = SoundPiece(0.0, samples, RATE_HZ)
        middles = (np.arange(-(-len(samples) // WINDOW_SAMPLES)) + 0.5) * WINDOW_SAMPLES
        within = (middles >= before) & (middles < before + len(recording.samples))
        yield Heard(
            within, finder.probabilities(piece), _edges_ms(finder.find(piece), before, before + len(recording.samples))
        )


def _edges_ms(spans: Sequence[Span], start: int, end: int) -> tuple[float, float]:
    if not spans:
        return float("nan"), float("nan")
    return 1e3 * (spans[0].start_s - start / RATE_HZ), 1e3 * (spans[-1].end_s - end / RATE_HZ)


def _pink(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(rng.standard_normal(count)) / np.sqrt(np.arange(1, count // 2 + 2))
    noise = np.fft.irfft(spectrum, count)
    return np.asarray(noise / np.sqrt(np.mean(noise**2)))


def measured(heard: Sequence[Heard], dataset: str) -> list[card_pb2.Metric]:
    """AUC and accuracy of windows, with intervals from resampling whole recordings."""
    rng = np.random.default_rng(0)
    draws = [rng.integers(0, len(heard), len(heard)) for _ in range(_ROUNDS)]
    labels = [one.within for one in heard]
    values = [one.probability for one in heard]
    right = np.array([[int(((v >= THRESHOLD) == w).sum()), len(w)] for w, v in zip(labels, values, strict=True)])
    accuracies = [right[draw, 0].sum() / right[draw, 1].sum() for draw in draws]
    aucs = [
        auc(np.concatenate([labels[index] for index in draw]), np.concatenate([values[index] for index in draw]))
        for draw in draws[:200]
    ]
    return [
        _metric(
            "AUC of windows of 32 ms", dataset, auc(np.concatenate(labels), np.concatenate(values)), aucs, len(heard)
        ),
        _metric("accuracy of windows", dataset, right[:, 0].sum() / right[:, 1].sum(), accuracies, len(heard)),
    ]


def _metric(name: str, dataset: str, value: float, drawn: Sequence[float], items: int) -> card_pb2.Metric:
    low, high = np.quantile(drawn, [0.025, 0.975])
    estimate = Estimate(float(value), float(low), float(high), items)
    return card_pb2.Metric(
        metric=name,
        dataset=dataset,
        split="all",
        value=estimate.value,
        low=estimate.low,
        high=estimate.high,
        items=estimate.items,
    )


def operating_point(heard: Sequence[Heard], dataset: str) -> card_pb2.OperatingPoint:
    """The threshold of probability 0.5, in log-odds 0, counted in windows."""
    within = np.concatenate([one.within for one in heard])
    found = np.concatenate([one.probability for one in heard]) >= THRESHOLD
    false_windows = int(found[~within].sum())
    rate = false_windows / int((~within).sum())
    return card_pb2.OperatingPoint(
        name=OPERATING_POINT,
        threshold=0.0,
        false_positive_rate=rate,
        true_positive_rate=float(found[within].mean()),
        false_positive_rate_upper=_upper(heard),
        authentic_items=int((~within).sum()),
        manipulated_items=int(within.sum()),
        dataset=f"windows without and with speech of {dataset}",
    )


def _upper(heard: Sequence[Heard]) -> float:
    """Upper end of the 95% interval, resampling whole recordings: windows of one are not independent."""
    counts = np.array(
        [[int((one.probability[~one.within] >= THRESHOLD).sum()), int((~one.within).sum())] for one in heard]
    )
    rng = np.random.default_rng(0)
    drawn = [counts[rng.integers(0, len(counts), len(counts))].sum(axis=0) for _ in range(_ROUNDS)]
    return float(np.quantile([false / all_ for false, all_ in drawn], 0.975))


def card(folder: Path, metrics: Sequence[card_pb2.Metric], point: card_pb2.OperatingPoint) -> card_pb2.ModelCard:
    """The card of the network in `folder`."""
    state = {"dtype": "float32", "shape": [1, 1, 128], "axes": ["layer", "batch", "unit"]}
    return card_pb2.ModelCard(
        name="voice_activity",
        version="1.0.0",
        modality="audio",
        task="Tells for every 32 ms of sound how likely somebody speaks in it.",
        licence="MIT (Silero team)",
        authors=["Silero team"],
        created="2026-11-23",
        training_command="python -m colab_training.voice_activity --data ../shared/data --out models/voice_activity/1.0.0",
        artefacts=[describe_artefact(folder / MODEL_FILE, card_pb2.ARTEFACT_FORMAT_ONNX)],
        inputs=[
            card_pb2.TensorSignature(
                name="input",
                dtype="float32",
                shape=[-1, 576],
                axes=["window", "sample"],
                meaning="512 samples at 16 kHz in [-1, 1] behind the last 64 of the window before",
            ),
            card_pb2.TensorSignature(name="h", meaning="hidden state of the LSTM before the first window", **state),
            card_pb2.TensorSignature(name="c", meaning="cell state of the LSTM before the first window", **state),
        ],
        outputs=[
            card_pb2.TensorSignature(
                name="speech_probs", dtype="float32", shape=[-1], axes=["window"], meaning="probability of speech"
            ),
            card_pb2.TensorSignature(name="hn", meaning="hidden state behind the last window", **state),
            card_pb2.TensorSignature(name="cn", meaning="cell state behind the last window", **state),
        ],
        postprocessing=card_pb2.Postprocessing(operating_points=[point]),
        metrics=metrics,
        limits=[
            "Tells speech from silence and noise; sung words, crowds and speech far behind music are often missed.",
            "Does not tell whose speech it is, nor whether a person or a machine made it.",
            "The data behind it are not known to us.",
        ],
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m colab_training.voice_activity", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="data folder, with speech/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder of the model")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_network(), options.out / MODEL_FILE)
    finder = SpeechFinder(OnnxSession.open(options.out / MODEL_FILE), evidence_pb2.ModelReference(), THRESHOLD)
    speech = recordings(options.data, FILES)
    metrics: list[card_pb2.Metric] = []
    for noise_db in NOISES_DB:
        dataset = "real speech, " + ("no noise" if noise_db is None else f"noise {noise_db:g} dB below it")
        heard = list(listen(finder, speech, noise_db))
        metrics += measured(heard, dataset)
        print(dataset, [f"{metric.metric} {metric.value:.4f}" for metric in metrics[-2:]])
        print("edges, median ms:", np.nanmedian([one.edges_ms for one in heard], axis=0))
        if noise_db == NOISES_DB[1]:
            point = operating_point(heard, dataset)
    written = write_card(card(options.out, metrics, point), options.out).card
    (options.out / "CARD.md").write_text(card_markdown(written, NOTES), encoding="utf-8")


def _network() -> Path:
    """The file in the installed package, which is not imported: it would load torch."""
    package = importlib.util.find_spec("silero_vad")
    if package is None or package.origin is None:
        raise SystemExit("the package silero-vad is not installed: pip install silero-vad==6.2.3")
    return Path(package.origin).parent / NETWORK


if __name__ == "__main__":
    main()
