"""Where services find models: `<root>/<name>/<version>/{card.json, CARD.md, artefacts}`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kit.errors import ModelInvalid
from kit.models.card import CARD_FILE, LoadedModel, load_model


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
        """Loads and checks a model; the newest version when none is named.

        Raises:
            ModelInvalid: no such model or version, a card that is wrong, or one that is not about this name and version.
        """
        versions = self.versions(name)
        if not versions or (version is not None and version not in versions):
            wanted = f"{name}@{version}" if version else name
            raise ModelInvalid(f"no model {wanted} in {self.root}; it has: {', '.join(self._listing()) or 'nothing'}")
        chosen = version or versions[-1]
        model = load_model(self.root / name / chosen)
        if (model.card.name, model.card.version) != (name, chosen):
            raise ModelInvalid(
                f"the card in {model.folder} is of {model.card.name}@{model.card.version}; move it there"
            )
        return model

    def _listing(self) -> list[str]:
        return [f"{name}@{version}" for name in self.names() for version in self.versions(name)]


def _version_order(version: str) -> tuple[int, ...]:
    parts = version.split(".")
    return tuple(int(part) if part.isdigit() else -1 for part in parts)
