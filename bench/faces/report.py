"""The comparison as JSON for programs and as Markdown for people."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from bench.faces.measure import Found
from colab_training.face_finder.measure import Sought, landmark_error, recall
from colab_training.metrics import Estimate

BANDS_PX = ((40, 80), (80, 160), (160, 300))
MIN_RECALL = 0.97
MAX_FALSE_FACES_IN_20 = 1.0
MAX_MS = {320: 15.0, 640: 45.0}


def document(finders: Mapping[str, Found], served: str) -> dict[str, Any]:
    """Everything measured, by finder, and whether the served one holds the bars."""
    return {
        "finders": {name: _finder(found) for name, found in finders.items()},
        "bars": bars(finders[served]),
        "served": served,
        "load_average_1_min": os.getloadavg()[0],
    }


def bars(found: Found) -> dict[str, bool]:
    """Which bars hold, by their sentence."""
    counts = list(found.false_faces.values())
    return {
        f"recall on photos as they are, faces of 40 px or more, at least {MIN_RECALL}": _holds(found.native),
        f"recall on faces of 40-300 px in held-back scenes at least {MIN_RECALL}": _holds(found.composed),
        f"at most {MAX_FALSE_FACES_IN_20:g} false face in 20 photos": 20 * float(np.mean(counts))
        <= MAX_FALSE_FACES_IN_20,
        **{
            f"at most {most:g} ms at {side} px": found.times[look_name(side)].processor_ms <= most
            for side, most in MAX_MS.items()
        },
    }


def look_name(side_px: int) -> str:
    """Name of one look at a square picture."""
    return f"one look at {side_px} px"


def markdown(results: Mapping[str, Any]) -> str:
    """One column a finder."""
    names = list(results["finders"])
    rows = [("measure", *names), ("---",) * (len(names) + 1)]
    columns = [_cells(results["finders"][name]) for name in names]
    for measure in dict.fromkeys(key for column in columns for key in column):
        rows.append((measure, *(column.get(measure, "-") for column in columns)))
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    verdicts = "\n".join(f"- {'held' if held else '**missed**'}: {bar}" for bar, held in results["bars"].items())
    return f"# Face finders side by side\n\n{table}\n\n## Bars of {results['served']}\n\n{verdicts}\n"


def _holds(faces: list[Sought]) -> bool:
    return recall(faces, 40.0).value >= MIN_RECALL


def _finder(found: Found) -> dict[str, Any]:
    return {
        "native": _recalls(found.native) | {"landmark_error": vars(landmark_error(found.native))},
        "composed": _recalls(found.composed) | {"landmark_error": vars(landmark_error(found.composed))},
        "false_faces": {name: count for name, count in found.false_faces.items() if count},
        "false_faces_in_20_photos": 20 * float(np.mean(list(found.false_faces.values()))),
        "photos_without_people": len(found.false_faces),
        "milliseconds": {name: vars(time) for name, time in found.times.items()},
    }


def _recalls(faces: list[Sought]) -> dict[str, Any]:
    bands = {f"{low}-{high} px": vars(recall(faces, low, high)) for low, high in BANDS_PX}
    return {"40 px or more": vars(recall(faces, 40.0)), **bands}


def _cells(finder: Mapping[str, Any]) -> dict[str, str]:
    cells = {}
    for key, title in (("native", "photos as they are"), ("composed", "faces in held-back scenes")):
        for band in ("40 px or more", *(f"{low}-{high} px" for low, high in BANDS_PX)):
            if finder[key][band]["items"]:
                cells[f"recall at IoU 0.5, {title}, {band}"] = _estimate(finder[key][band])
        cells[f"landmark error / eye distance, {title}"] = _estimate(finder[key]["landmark_error"])
    cells["false faces in 20 photos without people"] = (
        f"{finder['false_faces_in_20_photos']:.2f} ({finder['photos_without_people']} photos)"
    )
    for name, time in finder["milliseconds"].items():
        cells[f"{name}, ms of processor (clock)"] = f"{time['processor_ms']:.1f} ({time['clock_ms']:.1f})"
    return cells


def _estimate(values: Mapping[str, Any]) -> str:
    return f"{Estimate(**values)} of {values['items']}"
