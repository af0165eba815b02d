"""What a video or a recording claims of its making: which device, and whether that device writes so."""

from __future__ import annotations

from dataclasses import dataclass

from metadata_svc.container_rules import ContainerRules, Maker
from metadata_svc.facts import Facts
from metadata_svc.reading.containers.found import ContainerReading, device_name
from metadata_svc.reading.text import Tag


@dataclass(frozen=True)
class Claim:
    """A container with what it says of itself.

    Attributes:
        container: how it was written.
        tags: of the whole file, XMP included.
        device: that it names by make and model or by a maker's private box; empty when it names none.
        maker: of the device, where its ways are known.
        rules: what is known of makers and programs.
    """

    container: ContainerReading
    tags: list[Tag]
    device: str
    maker: Maker | None
    rules: ContainerRules

    def values(self, *names: str) -> list[str]:
        """All values of tags with these names, in file order."""
        wanted = {name.lower() for name in names}
        return [tag["value"] for tag in self.tags if tag["name"].lower() in wanted]


def claim_of(facts: Facts, rules: ContainerRules) -> Claim | None:
    """The claim of a video or a recording; None for a still."""
    container = facts.reading["container"]
    if container is None:
        return None
    tags, device = facts.reading["tags"], device_name(container) or _recorder(facts, rules)
    maker = rules.maker_of(device) if device else None
    if not device:
        maker = next((maker for maker in rules.makers if maker.has_marked(container)), None)
        device = maker.name if maker else ""
    return Claim(container, tags, device, maker, rules)


def _recorder(facts: Facts, rules: ContainerRules) -> str:
    """The originator of a broadcast extension, where it is a known device and not a company or a program."""
    originators = (tag["value"] for tag in facts.reading["tags"] if tag["name"] == "Originator")
    return next((name for name in originators if rules.maker_of(name)), "")
