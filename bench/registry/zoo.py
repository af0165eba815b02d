"""What is measured with."""

from __future__ import annotations

from pathlib import Path

from kit.registry.trust import Trust, TrustedKey
from kit.sealing.person_keys import PersonKey


def largest_model(models: Path) -> Path:
    """The folder of the model with the most bytes."""
    return max(models.glob("*/*"), key=lambda folder: sum(file.stat().st_size for file in folder.iterdir()))


def trust_of(key: PersonKey) -> Trust:
    """Trust in one key."""
    return Trust({key.key_id: TrustedKey("publisher", key.public)})
