"""What a second copy of every network costs."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bench.batching.inputs import requests
from kit.models.card import LoadedModel
from kit.models.onnx import open_network
from kit.models.registry import Registry
from kit.models.runtime import Session
from kit.process import give_freed_memory_back, share_one_heap

_CORES, _RUNS = 2, 3
_IMAGE = ["face_finder", "face_spatial", "noise_residual", "whole_picture"]


def resident_mib(models: Path) -> dict[str, float]:
    """MiB that the networks of image_svc hold after some runs, each in a process of its own."""
    ways = {"one core each": _narrow_mib, "for one core and for all": _crew_mib}
    context = multiprocessing.get_context("spawn")
    found = {}
    for way, measure in ways.items():
        with ProcessPoolExecutor(1, context) as pool:
            found[way] = pool.submit(measure, models).result()
    return found


def _narrow_mib(models: Path) -> float:
    return _grown_mib(models, lambda model: [open_network(model)])


def _crew_mib(models: Path) -> float:
    def both(model: LoadedModel) -> list[Session]:
        return [open_network(model), open_network(model, intra_op_threads=_CORES)]

    return _grown_mib(models, both)


def _grown_mib(models: Path, opened: Callable[[LoadedModel], list[Session]]) -> float:
    share_one_heap()
    registry, before = Registry(models), _resident_mib()
    sessions = {request.name: (request, opened(registry.load(request.name))) for request in requests(_IMAGE)}
    for request, ways in sessions.values():
        for session in ways * _RUNS:
            session.run(request.tensors)
    give_freed_memory_back()
    return _resident_mib() - before


def _resident_mib() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
