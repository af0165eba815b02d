"""The whole stack to be attacked: without limits of rates, with tokens of several kinds, watched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.fuzzing.outcomes import Tally
from tests.support.fuzzing.watch import Watch
from tests.support.imports import ROOT
from tests.support.stack import Stack, run_cli, running_stack

_SETTINGS = {
    "TELLTALE_GATEWAY_WRITE_RATE": "1000000/minute",
    "TELLTALE_GATEWAY_READ_RATE": "1000000/minute",
    "TELLTALE_GATEWAY_VISITOR_RATE": "1000000/minute",
    "TELLTALE_GATEWAY_NEAR_DUPLICATE_BUDGET": "1000000/hour",
    # The same few files come thousands of times, and are to be looked at each time.
    "TELLTALE_GATEWAY_RECALL": "false",
    "TELLTALE_GATEWAY_WEBHOOK_HOSTS": '["hooks.example.org"]',
    "TELLTALE_ENVOY_REQUESTS_PER_S": "100000",
    "TELLTALE_ENVOY_REQUEST_BURST": "100000",
}
_AT_ONCE, _LONG_BYTES = 16, 5 * 2**20
_OTHERS = (("--scope", "read"), ("--scope", "analyze"), ("--owner", "mallory"))
_WATCHED = ("gateway", "gateway.worker", "image_svc", "metadata_svc", "temporal_svc", "av_sync_svc", "fusion_svc")
FILES = tuple((ROOT / "samples" / name).read_bytes() for name in ("cat.jpg", "generator_mark.png", "portrait.jpg"))


@dataclass(frozen=True)
class Ground:
    """A running stack. `tokens`: one that may do everything of its owner, then others that may less."""

    stack: Stack
    tokens: tuple[str, ...]
    watch: Watch


@contextmanager
def attacked_stack(folder: Path) -> Iterator[Ground]:
    """A stack with its state in `folder`."""
    with running_stack(folder / "state", **_SETTINGS) as stack:
        made = [run_cli("tokens", "create", "--state", stack.state, *options).stdout for options in _OTHERS]
        tokens = (stack.token, *(_secret_in(each) for each in made))
        found = {name: pids[0] for name in _WATCHED if (pids := stack.service_pids(name))}
        yield Ground(stack, tokens, Watch(found | {"envoy": _envoy_pid(stack)}))


def warm_up(ground: Ground) -> None:
    """As much at once as will ever be: allocators keep what they needed once, and that is no leak."""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        list(threads.map(ground.stack.analyze, [*FILES * 16, *[bytes(_LONG_BYTES)] * 48]))


def keep(name: str, tally: Tally, watch: Watch) -> list[str]:
    """Writes what came of it into bench/out, for people; everything that is wrong."""
    found = {
        **tally.document(),
        "processes": watch.growth(),
        "looks": {key: len(each) for key, each in watch.seen.items()},
    }
    target = ROOT / "bench" / "out" / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    leaks = [f"{each} holds more than before" for each in watch.leaks()]
    return [*(str(each) for each in tally.findings[:20]), *leaks]


def _secret_in(output: str) -> str:
    return next(word for word in output.split() if word.startswith("tt_"))


def _envoy_pid(stack: Stack) -> int:
    children = Path(f"/proc/{stack.process.pid}/task/{stack.process.pid}/children").read_text().split()
    return next(int(pid) for pid in children if b"envoy.yaml" in Path(f"/proc/{pid}/cmdline").read_bytes())
