"""Where services find models: `<root>/<name>/<version>/{card.json, CARD.md, artefacts}`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kit.errors import ModelInvalid
from kit.models.card import CARD_FILE, LoadedModel, is_variant, load_model


@dataclass(frozen=True)
class Registry:
    """A folder of models."""

    root: Path

    def names(self) -> list[str]:
        """Names of all models, sorted."""
        return sorted({card.parent.parent.name for card in self.root.glob(f"*/*/{CARD_FILE}")})

    def versions(self, name: str) -> list[str]:
        """Versions of one model, oldest first."""
        found = (card.parent.name for card in self.root.glob(f"{name}/*/{CARD_FILE}"))
        return sorted(found, key=_version_order)

    def load(self, name: str, version: str | None = None) -> LoadedModel:
        """Loads and checks a model; the newest version that is no smaller variant when none is named.

        Raises:
            ModelInvalid: no such model or version, a card that is wrong, or one that is not about this name and version.
        """
        chosen = version or self._newest(name)
        if chosen not in self.versions(name):
            wanted = f"{name}@{version}" if version else name
            raise ModelInvalid(f"no model {wanted} in {self.root}; it has: {', '.join(self._listing()) or 'nothing'}")
        model = load_model(self.root / name / chosen)
        if (model.card.name, model.card.version) != (name, chosen):
            raise ModelInvalid(
                f"the card in {model.folder} is of {model.card.name}@{model.card.version}; move it there"
            )
        return model

    def _newest(self, name: str) -> str | None:
        own = (version for version in reversed(self.versions(name)) if not is_variant(self.root / name / version))
        return next(own, None)

    def _listing(self) -> list[str]:
        return [f"{name}@{version}" for name in self.names() for version in self.versions(name)]


def _version_order(version: str) -> tuple[int, ...]:
    parts = version.split(".")
    return tuple(int(part) if part.isdigit() else -1 for part in parts)
