"""Makes the reference that is shipped: `python -m bench.drift.reference`. It holds statistics, and nothing of a photo."""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.drift.feed import feed
from bench.drift.photos import PARTS, content, counted, read_samples
from colab_training.manifest import manifest_sha256
from monitoring.drift.log import open_log, read_all
from monitoring.drift.reference import SHIPPED, make, write


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.drift.reference", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of labelled media, with faces/")
    parser.add_argument("--models", type=Path, default=Path("models"))
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    samples, _ = read_samples(options.data)
    with TemporaryDirectory(prefix="telltale-drift-") as folder:
        log = Path(folder) / "log"
        feed(options.models, samples, lambda sample: content(options.data, sample), log)
        lines = read_all(open_log(str(log)))
    about = {
        "source": f"labelled face photos of the parts {' and '.join(PARTS)}, from which no network learned",
        "photos": counted(samples),
        "manifest_sha256": manifest_sha256(options.data / "faces"),
    }
    references = make(lines.predictions, about)
    write(references, options.out)
    print(f"{options.out}: { ({medium: own.predictions for medium, own in references.media.items()}) }")


if __name__ == "__main__":
    main()
