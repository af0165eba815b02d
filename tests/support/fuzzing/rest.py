"""Odd requests over REST, written by schemathesis from the OpenAPI document that is served, and sent through Envoy."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks

from tests.support.fuzzing.outcomes import Outcome, Tally

DOCUMENT = "/assets/openapi.json"
_TIMEOUT_S = 30.0
_UPLOADS = {"/v1/media", "/v1/media:analyze"}
# What the contracts call UNAVAILABLE and DEADLINE_EXCEEDED.
_DOCUMENTED = (503, 504)
_ACCEPTABLE = 499
_DELETIONS = 0.3
_KINDS = {
    "analyses": ("analysis", "operation"),
    "operations": ("operation", "analysis"),
    "media": ("media",),
    "maps": ("cue",),
    "shares": ("share",),
    "contributions": ("contribution",),
}
_BAD_TOKENS = ("", "tt_" + "x" * 43, "null", "eyJhbGciOiJub25lIn0.e30.")
_CHECKS = (checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance)


class RestAssault:
    """On one server.

    Attributes:
        tally: what came of it so far.
    """

    def __init__(self, url: str, tokens: Sequence[str], files: Sequence[bytes], seed_: int) -> None:
        self._url = url
        self._tokens = tokens
        self._files = files
        self._seed = seed_
        self._session = requests.Session()
        self._known: dict[str, list[str]] = {}
        document = self._session.get(url + DOCUMENT, timeout=_TIMEOUT_S).json()
        self._operations = [each.ok() for each in schemathesis.openapi.from_dict(document).get_all_operations()]
        self.tally = Tally()

    def run(self, count: int, turn: int) -> None:
        """About `count` requests: every operation, with data that fits the document and with data that does not."""
        examples = max(1, round(count / len(self._operations) / 2))
        for number, operation in enumerate(self._operations):
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                start = f"{self._seed}-{turn}-{number}-{mode.value}"
                self._operate(operation, mode, examples, start)

    def _operate(self, operation: Any, mode: GenerationMode, examples: int, start: str) -> None:
        chance = random.Random(start)
        name = operation.definition.raw["operationId"]

        @seed(chance.getrandbits(64))
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def one(case: Any) -> None:
            self._dress(case, chance)
            self.tally.add(start, self._strike(case, name, mode.value))

        # One deletion leaves nothing for many others to find; and what takes no data cannot be given wrong data.
        if not name.startswith("Delete") or chance.random() < _DELETIONS:
            with suppress(Unsatisfiable):
                one()

    def _dress(self, case: Any, chance: random.Random) -> None:
        """Puts in what makes a request reach deeper: names of things that are there, tokens, real files."""
        for parameter in case.path_parameters or {}:
            if self._known.get(parameter) and chance.random() < 0.7:
                case.path_parameters[parameter] = chance.choice(self._known[parameter])
        if chance.random() < 0.8:
            case.headers["Authorization"] = f"Bearer {self._tokens[0]}"
        elif chance.random() < 0.5:
            case.headers["Authorization"] = f"Bearer {chance.choice((*self._tokens, *_BAD_TOKENS))}"
        if case.operation.path in _UPLOADS and chance.random() < 0.6:
            case.body = chance.choice(self._files)
        elif isinstance(case.body, dict) and "media" in case.body and chance.random() < 0.7:
            case.body["media"] = "media/" + chance.choice(self._known.get("media", ["0" * 26]))

    def _strike(self, case: Any, name: str, attack: str) -> Outcome:
        try:
            answer = self._session.request(**case.as_transport_kwargs(base_url=self._url), timeout=_TIMEOUT_S)
        except requests.exceptions.ReadTimeout:
            return Outcome(name, attack, "504", "", "the client waited no longer", left=True)
        except requests.exceptions.InvalidHeader as error:
            return Outcome(name, attack, "OK", "", str(error), left=True)  # it was never sent
        status = answer.status_code
        if status < 400:
            self._learn(answer)
        problem = _problem(answer) or _unlike_the_document(case, answer)
        return Outcome(name, attack, str(status), _reason(answer), _shown(case, answer), left=False, fault=problem)

    def _learn(self, answer: requests.Response) -> None:
        if not answer.headers.get("content-type", "").startswith("application/json") or not answer.text:
            return
        # By bytes: texts are also split at characters that JSON leaves as they are, such as U+2028.
        for kind, identifier in _names_in(json.loads(answer.content.splitlines()[-1])):
            known = self._known.setdefault(kind, [])
            known.append(identifier)
            del known[:-20]


def _names_in(document: Any) -> Iterator[tuple[str, str]]:
    """Ids in a document, by the name that a path has for them: "analyses/1/maps/x" is an analysis 1 and a cue x."""
    if isinstance(document, list):
        for each in document:
            yield from _names_in(each)
    elif isinstance(document, Mapping):
        for key, value in document.items():
            if key in ("name", "media") and isinstance(value, str):
                parts = value.split("/")
                for collection, identifier in zip(parts[::2], parts[1::2], strict=False):
                    yield from ((kind, identifier) for kind in _KINDS.get(collection, ()))
            elif key == "secret" and value:
                yield "secret", value
            else:
                yield from _names_in(value)


def _problem(answer: Any) -> str:
    status = answer.status_code
    if status < 400:
        return ""
    reason = _reason(answer)
    if status > _ACCEPTABLE and (status not in _DOCUMENTED or not reason):
        return "a fault"
    return "" if reason else "a refusal without a reason"


def _reason(answer: Any) -> str:
    try:
        details = answer.json()["details"]
        return next(str(each["reason"]) for each in details if each.get("domain") == "telltale")
    except (ValueError, KeyError, TypeError, StopIteration):
        return ""


def _unlike_the_document(case: Any, answer: Any) -> str:
    # A stream has many documents, and none of them is the one that the schema speaks of.
    fitting = _CHECKS[:2] if answer.text.count("\n") > 1 else _CHECKS
    try:
        case.validate_response(answer, checks=list(fitting))
    except FailureGroup as group:
        return "; ".join(f"{each.title}: {each.message[:200]}" for each in group.exceptions)  # type: ignore[attr-defined]
    return ""


def _shown(case: Any, answer: Any) -> str:
    return f"{case.method} {answer.request.url[:300]} -> {answer.text[:300]}"
