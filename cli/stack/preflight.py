"""What a stack lacks, said before anything is started."""

from __future__ import annotations

from collections.abc import Iterable

from cli.profile.groups import groups
from cli.stack.process import ProcessSpec
from kit.errors import InvalidSettings
from kit.settings import refusal

_ONCE = (
    "TELLTALE_REGISTRY, TELLTALE_TRUST, TELLTALE_CHANNEL and TELLTALE_MODEL_CACHE are said to all services at once; "
    "`telltale profile show` tells every setting."
)


def require_settings(specs: Iterable[ProcessSpec]) -> None:
    """Raises InvalidSettings, naming what each process of a stack would refuse to start for. Nothing may run yet."""
    types = groups()
    # Prometheus has no settings of ours.
    ours = [(spec, types.get(spec.name.removesuffix("_svc"))) for spec in specs]
    refusals = [(spec.name, refusal(group, spec.environment)) for spec, group in ours if group is not None]
    refused = [f"{name}: {why}" for name, why in refusals if why]
    if refused:
        raise InvalidSettings("\n".join(["nothing was started:", *refused, _ONCE]))
