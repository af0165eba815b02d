"""A small copy of a data folder, made of links: for trying things, and for the smoke test of the notebooks.

Run: python -m colab_training.preparation.slice --data ../shared/data --out build/slice --most 24
"""

from __future__ import annotations

import argparse
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from colab_training.preparation.folder import Row, link, link_files, link_rows, read_rows

_SCENES = Path("scenes") / "real"
_METADATA = "metadata"


def cut(data: Path, out: Path, most: int) -> int:
    """Links at most `most` faces of each source, class and split, as many clips of each class and split, three times as much
    speech, and all scenes: they are few, and some are held back from training. Clips and speech are of as many sources as there
    are: fitted tests have no opinion on what is unlike all that they learned from.

    Which ones depends on the names alone. Answers the number of faces. Raises FileNotFoundError without `faces/`.
    """
    faces = _chosen(read_rows(data / "faces"), most)
    link_rows(data / "faces", out / "faces", faces)
    if (data / "av").is_dir():
        link_rows(data / "av", out / "av", _in_turns(read_rows(data / "av"), most))
    if (data / "speech").is_dir():
        link_rows(data / "speech", out / "speech", _in_turns(read_rows(data / "speech"), 3 * most))
    scenes = sorted(path.name for path in (data / _SCENES).glob("*.*"))
    link_files(data / _SCENES, out / _SCENES, scenes)
    if (data / _METADATA).is_dir():
        link(data / _METADATA, out / _METADATA)
    return len(faces)


def _chosen(rows: Sequence[Row], most: int) -> list[Row]:
    alike: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        alike[row["file"].split("/")[0], row["kind"], row["label"], row["split"]].append(row)
    return [row for key in sorted(alike) for row in sorted(alike[key], key=_order)[:most]]


def _in_turns(rows: Sequence[Row], most: int) -> list[Row]:
    taken: Counter[tuple[str, ...]] = Counter()
    turns: dict[tuple[str, ...], list[tuple[int, int, Row]]] = defaultdict(list)
    for row in sorted(rows, key=_order):
        of_source = row["label"], row["split"], row["source"]
        turns[of_source[:2]].append((taken[of_source], len(turns[of_source[:2]]), row))
        taken[of_source] += 1
    # The first of every source, then the second of each, and so on.
    return [row for key in sorted(turns) for _, _, row in sorted(turns[key], key=lambda turn: turn[:2])[:most]]


def _order(row: Row) -> int:
    # By group where there is one: real and fake of the same recording stay together.
    return zlib.crc32((row.get("group") or row["file"]).encode())


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m colab_training.preparation.slice", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with faces/manifest.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder to make")
    parser.add_argument("--most", type=int, default=24, help="most faces of each source, class and split")
    options = parser.parse_args(arguments)
    print(f"{cut(options.data, options.out, options.most)} faces in {options.out}")


if __name__ == "__main__":
    main()
