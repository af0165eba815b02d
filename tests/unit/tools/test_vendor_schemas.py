from __future__ import annotations

import pytest

from tools.vendor_schemas.types import declaration, imports_of

FILE = """import { ITime } from "./Time.js";
/** A comment; with a "word": string; in it. */
export interface IThing extends IBase {
    /** Another. */
    "kind": "A" | "B";
    "sizes"?: Array<number>;
    "labels"?: {
        [key: string]: string;
    };
    "port"?: string | number;
    "at"?: ITime;
    "free"?: {};
}
export declare class Thing { "more": string; }
"""


def refer(name: str) -> dict[str, object]:
    return {"$ref": name}


def test_an_interface_becomes_a_closed_object() -> None:
    own = declaration(FILE, refer)
    assert own.parents == ["IBase"]
    assert own.schema == {
        "type": "object",
        "properties": {
            "kind": {"enum": ["A", "B"]},
            "sizes": {"type": "array", "items": {"type": "number"}},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "port": {"anyOf": [{"type": "string"}, {"type": "number"}]},
            "at": {"$ref": "ITime"},
            "free": {"type": "object"},
        },
        "additionalProperties": False,
        "required": ["kind"],
    }


def test_names_are_found_where_they_are_imported() -> None:
    assert imports_of(FILE) == {"ITime": "./Time.js"}


def test_what_is_not_understood_is_not_passed_over() -> None:
    with pytest.raises(TypeError, match="stands where a type was expected"):
        declaration('export interface IThing { "call": () => void; }', refer)
