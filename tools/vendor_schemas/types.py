"""The TypeScript that declarations of Kubernetes resources consist of, as JSON schema.

Only what such files hold is understood: one exported interface or type a file, with literals, unions, arrays, maps, nested
objects and names that are imported. Anything else is a TypeError, so that nothing is left out silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]
Refer = Callable[[str], Schema]

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r'import \{([^}]*)\} from "([^"]+)";')
_OWN = re.compile(r"export (interface|type) (I\w+)(?: extends ([\w, ]+?))?\s*(?=[{=])")
_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|\w+|[{}()\[\]<>|:;?,=])')
_PLAIN = {"string": {"type": "string"}, "number": {"type": "number"}, "boolean": {"type": "boolean"}, "any": {}}
# Says nothing more: every resource lists its own apiVersion and kind.
_BASE = "TypeMeta"


@dataclass(frozen=True)
class Declaration:
    """The one type that a file exports.

    Attributes:
        parents: names of the interfaces whose fields it has, too.
        schema: its own part; objects are closed.
    """

    parents: list[str]
    schema: Schema


def imports_of(text: str) -> dict[str, str]:
    """Module by imported name."""
    found = ((names, module) for names, module in _IMPORT.findall(text))
    return {name.strip(): module for names, module in found for name in names.split(",")}


def declaration(text: str, refer: Refer) -> Declaration:
    """What a file declares; `refer` says what stands for an imported name. Raises TypeError: it holds something else."""
    text = _COMMENT.sub("", text)
    own = _OWN.search(text)
    if own is None:
        raise TypeError("the file exports no interface and no type")
    parents = [name.strip() for name in (own.group(3) or "").split(",") if name.strip() not in {"", _BASE}]
    body = text[own.end() :].lstrip().removeprefix("=")
    return Declaration(parents, _Reader(body, refer).type())


class _Reader:
    """Reads types from the left; what follows the first is left alone."""

    def __init__(self, text: str, refer: Refer) -> None:
        self._text = text
        self._at = 0
        self._refer = refer

    def type(self) -> Schema:
        choices = [self._element()]
        while self._taken("|"):
            choices.append(self._element())
        if len(choices) == 1:
            return choices[0]
        if all(set(choice) == {"const"} for choice in choices):
            return {"enum": [choice["const"] for choice in choices]}
        return {"anyOf": choices}

    def _element(self) -> Schema:
        token = self._next()
        if token == "{":  # noqa: S105 - a brace
            return self._members()
        if token == "(":  # noqa: S105 - a parenthesis
            inner = self.type()
            self._expect(")")
            return inner
        if token.startswith('"'):
            return {"const": token[1:-1]}
        if token.isdecimal():
            return {"const": int(token)}
        if token == "Array":  # noqa: S105 - a type
            self._expect("<")
            items = self.type()
            self._expect(">")
            return {"type": "array", "items": items}
        if token in _PLAIN:
            return dict(_PLAIN[token])
        if not re.fullmatch(r"I\w+", token):
            raise TypeError(f"{token!r} stands where a type was expected")
        return self._refer(token)

    def _members(self) -> Schema:
        fields: Schema = {}
        required: list[str] = []
        values: Schema | None = None
        while not self._taken("}"):
            name = self._next()
            if name == "[":
                for each in ("key", ":", "string", "]"):
                    self._expect(each)
                self._expect(":")
                values = self.type()
            else:
                optional = self._taken("?")
                self._expect(":")
                fields[name.strip('"')] = self.type()
                required += [] if optional else [name.strip('"')]
            self._taken(";")
        return _object(fields, required, values)

    def _next(self) -> str:
        match = _TOKEN.match(self._text, self._at)
        if match is None:
            raise TypeError(f"cannot read {self._text[self._at : self._at + 40]!r}")
        self._at = match.end()
        return match.group(1)

    def _taken(self, token: str) -> bool:
        match = _TOKEN.match(self._text, self._at)
        if match is None or match.group(1) != token:
            return False
        self._at = match.end()
        return True

    def _expect(self, token: str) -> None:
        found = self._next()
        if found != token:
            raise TypeError(f"{found!r} stands where {token!r} was expected")


def _object(fields: Schema, required: list[str], values: Schema | None) -> Schema:
    if values is not None:
        return {"type": "object", "additionalProperties": values}
    if not fields:
        return {"type": "object"}  # `{}`: free form, as configurations of plugins are
    closed: Schema = {"type": "object", "properties": fields, "additionalProperties": False}
    return closed | ({"required": required} if required else {})
