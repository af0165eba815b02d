"""What a setting comes out as, and where that comes from. Secrets are masked, also those inside URLs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from pydantic.fields import FieldInfo

from kit.profiles import Profile
from kit.settings import Settings, environment, group_of, is_secret, prefix_of

Origin = Literal["default", "profile", "environment"]
MASK: Final = "********"
# Who may write the rest of a URL may write a password; the last @ ends it, whatever it holds.
_USER = re.compile(r"(?<=://)\S*@")
_QUERY = re.compile(r"([?&][^=&\s]*(?:token|secret|password|key|credential|signature)[^=&\s]*=)[^&\s]*", re.IGNORECASE)


@dataclass(frozen=True)
class Effective:
    """One setting of one process."""

    name: str
    variable: str
    """The variable of the environment that would win."""
    value: str
    """As a person would write it, masked; "-" when it is not set."""
    origin: Origin


def effective(settings_type: type[Settings], profile: Profile) -> Iterator[Effective]:
    """Every setting of a group, in the order of the code. Nothing is checked: it helps when something is wrong."""
    set_here, table = environment(settings_type), profile.table(group_of(settings_type))
    for name, field in settings_type.model_fields.items():
        value: object = field.get_default(call_default_factory=True)
        origin: Origin = "default"
        if name in set_here:
            value, origin = set_here[name], "environment"
        elif name in table:
            value, origin = table[name], "profile"
        yield Effective(name, prefix_of(settings_type) + name.upper(), masked(name, field, value), origin)


def masked(name: str, field: FieldInfo, value: object) -> str:
    """The value as text without what nobody needs to see. Paths of keys are shown: the secret lies in the file."""
    if value is None or value == "":
        return "-"
    kind = str(field.annotation)
    if "SecretStr" in kind or (is_secret(name) and "str" in kind and "Path" not in kind):
        return MASK
    plain = (
        json.dumps(value, default=str) if isinstance(value, bool | int | float | list | tuple | dict) else str(value)
    )
    return _QUERY.sub(rf"\1{MASK}", _USER.sub(f"{MASK}@", plain))
