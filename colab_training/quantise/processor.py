"""Which processor a speed was measured on."""

from __future__ import annotations

from pathlib import Path

_CPU = Path("/proc/cpuinfo")


def processor(cpu: Path = _CPU) -> str:
    """Its name, and whether it multiplies bytes in one step (VNNI), which is what makes int8 fast."""
    if not cpu.is_file():
        return "a processor of unknown kind"
    lines = dict(line.partition(":")[::2] for line in cpu.read_text(encoding="utf-8").splitlines() if ":" in line)
    told = {key.strip(): value.strip() for key, value in lines.items()}
    vnni = any("vnni" in flag for flag in told.get("flags", "").split())
    return f"{told.get('model name', 'a processor')} ({'with' if vnni else 'without'} VNNI)"
