"""Tries versions of image_svc in a running stack, under load: `python -m bench.canary`.

A real `telltale up --canaries`, real clients at the inner Envoy's door, and `telltale canary` as an operator types it. Exit code
1 where a good version did not stay, a bad one was not rolled back, or a client saw a call fail that the version did not fail on
purpose.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from bench.canary.report import show
from bench.canary.stack import running
from bench.canary.trial import Candidate, Trial, tried
from bench.canary.zoo import EQUAL, NAMES, WORSE, make_golden, make_zoo

_ROOT = Path(__file__).resolve().parents[2]
_HARMFUL = Path(__file__).with_name("candidates")


def main() -> int:
    """0 when all bars are kept, else 1."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="telltale-canary-") as folder:
        zoo, golden = Path(folder) / "models", Path(folder) / "golden"
        make_zoo(options.models, zoo)
        make_golden(options.samples, golden)
        photos = [*sorted(golden.glob("*.jpg")), options.samples / "cat.jpg", options.samples / "coffee.jpg"]
        with running(zoo, Path(folder) / "state") as stack:
            trial = Trial(stack, photos, options.clients, options.step_s, options.patience_s, options.min_calls)
            wanted = options.only or [each.name for each in candidates(golden)]
            trials = [tried(trial, each) for each in candidates(golden) if each.name in wanted]
    show(trials, options.out)
    return 0 if all(each.kept for each in trials) else 1


def candidates(golden: Path) -> list[Candidate]:
    """Who is tried, in this order: the good one stays, so the others are held against it."""
    equal, worse = (",".join(f"{name}@{version}" for name in NAMES) for version in (EQUAL, WORSE))
    return [
        Candidate("good", "another version that answers the same", equal, stays=True, golden=golden),
        Candidate("errors", "fails every second call", str(_HARMFUL / "errors"), fails=True),
        Candidate("slow", "takes two seconds longer", str(_HARMFUL / "slow")),
        Candidate("worse", "weights shuffled; judged by the golden set", worse, golden=golden),
        Candidate("shifted", "weights shuffled; no golden set, seen in its findings", worse),
    ]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.canary", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("bench/out"), help="folder for canary.json")
    parser.add_argument("--models", type=Path, default=_ROOT / "models")
    parser.add_argument("--samples", type=Path, default=_ROOT / "samples")
    parser.add_argument("--only", nargs="*", help="names of candidates; all when empty")
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--step-s", type=float, default=5.0, help="seconds that a step takes at least")
    parser.add_argument("--patience-s", type=float, default=90.0, help="seconds that a step takes at most")
    parser.add_argument("--min-calls", type=int, default=10, help="calls of each version that a step must have seen")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
