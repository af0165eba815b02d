"""What came out of one check."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Result(StrEnum):
    """How a check ended."""

    OK = "ok"
    NO = "no"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True)
class Check:
    """One line of the answer."""

    name: str
    result: Result
    text: str


def ok(name: str, text: str) -> Check:
    """It holds."""
    return Check(name, Result.OK, text)


def no(name: str, text: str) -> Check:
    """It does not hold."""
    return Check(name, Result.NO, text)


def not_checked(name: str, why: str) -> Check:
    """Nobody looked, and why."""
    return Check(name, Result.NOT_CHECKED, why)


def verdict(name: str, wrong: list[str], right: str) -> Check:
    """OK where nothing is wrong, else NO with all that is."""
    return no(name, "; ".join(wrong)) if wrong else ok(name, right)
