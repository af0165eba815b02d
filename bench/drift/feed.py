"""Has the whole stack judge photos, and gives the prediction log that its gateway wrote."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from bench.overhead.rest import RestClient, running_stack
from colab_training.manifest import Sample

Content = Callable[[Sample], bytes]
_AT_ONCE: Final = 3
_ATTEMPTS: Final = 3
_PNG: Final = b"\x89PNG"


def feed(models: Path, samples: Sequence[Sample], content: Content, log: Path) -> None:
    """`telltale up`, every photo once, and its end, after which all predictions are in the folder `log`, which is made.

    Raises RuntimeError when the stack does not start, or a photo is refused again and again.
    """
    log.mkdir(parents=True)
    settings = {
        "TELLTALE_GATEWAY_PREDICTION_LOG": str(log),
        "TELLTALE_GATEWAY_NEAR_DUPLICATE_BUDGET": "1000000/hour",
    }
    with running_stack(models, **settings) as client, ThreadPoolExecutor(_AT_ONCE) as pool:
        for _ in pool.map(lambda sample: _judged(client, content(sample)), samples):
            pass


def _judged(client: RestClient, photo: bytes) -> None:
    mime_type = "image/png" if photo.startswith(_PNG) else "image/jpeg"
    for left in reversed(range(_ATTEMPTS)):
        try:
            client.analysis(photo, mime_type)
            return
        except RuntimeError:
            if not left:
                raise
