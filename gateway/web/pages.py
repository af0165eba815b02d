"""The page's files, read from the folder they ship in.

Two of them are not written: `assets/accuracy.json`, the numbers of docs/VERDICT.md, which `make bench-verdict` puts there (where
it is missing the page says that nothing was measured), and `assets/openapi.json`, which `make gen` makes from the contracts.
"""

from __future__ import annotations

from pathlib import Path

from kit.errors import NotFound

ASSETS = Path(__file__).parent / "assets"
PAGE = "index.html"
DOCS = "docs.html"
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".ico": "image/x-icon",
}


class Pages:
    """Files of one folder, none below or beside it: a name with a `/` or an unlisted ending does not exist."""

    def __init__(self, folder: Path = ASSETS) -> None:
        self._folder = folder

    def read(self, name: str) -> tuple[str, bytes]:
        """Content type and bytes. Raises NotFound."""
        path = self._folder / name
        if Path(name).name != name or path.suffix not in _TYPES or not path.is_file():
            raise NotFound(f"the page has no file {name!r}", name=name)
        return _TYPES[path.suffix], path.read_bytes()
