"""Writes tests/k8s/schemas/: run by `make vendor` after a version bump, with npm installed. Tests need the files alone."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path, PurePosixPath

from tools.vendor_schemas.packages import COMMON, PACKAGES, Package, unpack
from tools.vendor_schemas.types import Declaration, Schema, declaration, imports_of

SCHEMAS = Path(__file__).resolve().parents[2] / "tests" / "k8s" / "schemas"
_SCOPE = "@kubernetes-models/"
# Whole pods, and parts of them: nothing that we write in a custom resource.
_LEFT_OPEN = "kubernetes-models/"


class Gathering:
    """The declarations of a package that are reached from the kinds that are wanted."""

    def __init__(self, roots: dict[str, Path]) -> None:
        self._roots = roots
        self.definitions: dict[str, Schema] = {}

    def take(self, package: str, path: str) -> Schema:
        """A reference to the schema of a declaration, which is read when it is met. KeyError: its package is not fetched."""
        key = f"{package}:{path}"
        if key not in self.definitions:
            self.definitions[key] = {}  # it may refer to itself
            self.definitions[key] = self._read(package, path)
        return {"$ref": f"#/$defs/{key.replace('/', '~1')}"}

    def _read(self, package: str, path: str) -> Schema:
        text = (self._roots[package] / f"{path}.d.ts").read_text(encoding="utf-8")
        modules = imports_of(text)

        def refer(name: str) -> Schema:
            # A name that is not imported is the alias of the file's own type.
            return self._imported(modules[name], package, path) if name in modules else self.take(package, path)

        own = declaration(text, refer)
        return self._with_parents(own, [self._imported(modules[name], package, path) for name in own.parents])

    def _imported(self, module: str, package: str, path: str) -> Schema:
        if module.startswith(_LEFT_OPEN):
            return {"type": "object"}
        if module.startswith(_SCOPE):
            return self.take(*module.removeprefix(_SCOPE).split("/", 1))
        return self.take(package, _joined(PurePosixPath(path).parent, module.removesuffix(".js")))

    def _with_parents(self, own: Declaration, parents: list[Schema]) -> Schema:
        schema = own.schema
        for parent in parents:
            inherited = self.definitions[parent["$ref"].removeprefix("#/$defs/").replace("~1", "/")]
            schema = {
                **schema,
                "properties": {**inherited["properties"], **schema.get("properties", {})},
                "additionalProperties": False,
                "required": [*inherited.get("required", ()), *schema.get("required", ())],
            }
        return schema


def _joined(folder: PurePosixPath, module: str) -> str:
    parts = list(folder.parts)
    for part in PurePosixPath(module).parts:
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


def gathered(package: Package, roots: dict[str, Path]) -> dict[str, object]:
    """The document of a package: where it is from, the kinds, and all that they refer to."""
    gathering = Gathering(roots)
    kinds = {kind: gathering.take(package.name, kind) for kind in package.kinds}
    return {
        "made_from": f"{package.spec} and {COMMON.spec}, MIT (LICENSE)",
        "upstream": package.upstream,
        "integrity": package.integrity,
        "kinds": kinds,
        "$defs": dict(sorted(gathering.definitions.items())),
    }


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.vendor_schemas", description=__doc__)
    parser.add_argument("--out", type=Path, default=SCHEMAS)
    out: Path = parser.parse_args().out
    with tempfile.TemporaryDirectory() as folder:
        roots = {package.name: unpack(package, Path(folder)) for package in (COMMON, *PACKAGES)}
        (out / "LICENSE").write_bytes((roots[COMMON.name] / "LICENSE").read_bytes())
        for package in PACKAGES:
            document = gathered(package, roots)
            (out / f"{package.name}.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
            print(f"{package.name}: {len(package.kinds)} kinds")


if __name__ == "__main__":
    main()
