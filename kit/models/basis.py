"""What answers are made by: program and models, as one digest. Equal ones give equal evidence about equal bytes."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterable, Sequence
from importlib import metadata, resources
from importlib.resources.abc import Traversable

from kit.models.card import LoadedModel

_SHARED = ("kit", "telltale")
_NAME = re.compile(r"[\w.-]+")


def basis(package: str, models: Iterable[LoadedModel], *others: str) -> str:
    """SHA-256, lower-case hexadecimal, over the program, each model's name, version and card, and digests of what else counts.

    `package` is that of the service: another one's changes change nothing here.
    """
    names = sorted(f"{model.card.name} {model.card.version} {model.card_sha256}" for model in models)
    return hashlib.sha256("\n".join((program(package), *names, *others)).encode()).hexdigest()


@functools.cache
def program(*packages: str) -> str:
    """Version of the installed program, and SHA-256 over the files of these packages and what they share, and over libraries.

    The version alone would be the same for all that is changed between two releases, and for another decoder beneath it.
    """
    digest = hashlib.sha256("\n".join(libraries()).encode())
    for name in (*packages, *_SHARED):
        for path, source in sorted(_files(name, resources.files(name))):
            digest.update(f"{path} {len(source)}\n".encode() + source)
    return f"{metadata.version('telltale')} {digest.hexdigest()}"


def libraries() -> Sequence[str]:
    """What the program requires and has here, each as name==version, in order of name."""
    names = {name[0] for each in metadata.requires("telltale") or () if (name := _NAME.match(each))}
    found = (next(iter(metadata.distributions(name=name)), None) for name in sorted(names))
    return [f"{each.name}=={each.version}" for each in found if each is not None]


def _files(path: str, folder: Traversable) -> Iterable[tuple[str, bytes]]:
    for entry in folder.iterdir():
        below = f"{path}/{entry.name}"
        if entry.is_dir():
            yield from _files(below, entry) if entry.name != "__pycache__" else ()
        else:
            yield below, entry.read_bytes()
