"""Signatures that image generators leave in text chunks, comments and tags.

The forms are those that the programs themselves write: Stable Diffusion WebUI and its forks (`parameters`), ComfyUI (`prompt`,
`workflow`), InvokeAI (`Dream`, `sd-metadata`, `invokeai_*`), NovelAI, Fooocus, SwarmUI, Easy Diffusion, Midjourney.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypedDict


class GeneratorChunk(TypedDict):
    """A generator's name and where its mark stands."""

    name: str
    location: str


@dataclass(frozen=True)
class _Signature:
    name: str
    keyword: re.Pattern[str]
    text: re.Pattern[str]


def _signature(name: str, keyword: str, text: str = "") -> _Signature:
    return _Signature(name, re.compile(keyword, re.IGNORECASE), re.compile(text))


# The first that fits names the chunk, so the more special come first. No pattern can backtrack more than linearly.
_SIGNATURES = (
    _signature("Fooocus", r"fooocus_scheme$"),
    _signature("Fooocus", r"parameters$|UserComment$", r'"metadata_scheme"\s*:\s*"fooocus"|"adm_guidance"\s*:'),
    _signature("SwarmUI", r"parameters$|UserComment$", r'"sui_image_params"'),
    _signature("InvokeAI", r"invokeai_(metadata|graph|workflow)$|sd-metadata$|Dream$", r"\S"),
    _signature("ComfyUI", r"prompt$", r'"class_type"\s*:'),
    _signature("ComfyUI", r"workflow$", r'"(last_node_id|nodes)"\s*:'),
    # ComfyUI's nodes for video put prompt and workflow into one comment.
    _signature(
        "ComfyUI", r"(comment|©cmt|description|©des)$", r'"class_type"\s*:|\\"class_type\\"\s*:|"last_node_id"\s*:'
    ),
    # The label that Chinese law asks of generators (GB 45438-2025): 1 says that a program made the content.
    _signature("AIGC label", r"AIGC$", r'"Label"\s*:\s*"?1\b'),
    _signature("ComfyUI", r"(Make|Model|ImageDescription)$", r"^\s*(?i:prompt|workflow):\s*\{"),
    _signature("NovelAI", r"Source$", r"^(Stable Diffusion|NovelAI Diffusion)\b"),
    _signature("NovelAI", r"Comment$|stealth$", r'"signed_hash"|"uc"\s*:'),
    _signature("Stable Diffusion WebUI", r"parameters$|(User)?Comment$|stealth$", r"\bSteps: \d+, [A-Z]"),
    _signature("Easy Diffusion", r"use_stable_diffusion_model$"),
    _signature("Easy Diffusion", r"UserComment$", r'"use_stable_diffusion_model"'),
    _signature("Midjourney", r"Description$|ImageDescription$|Caption$", r"\bJob ID: [0-9a-f]{8}-[0-9a-f]{4}-"),
    _signature("stealth pnginfo", r"stealth$", r"\S"),
)


def find(texts: Iterable[tuple[str, str, str]]) -> list[GeneratorChunk]:
    """Generators that signed a text, each location once. `texts` holds kind ("PNG tEXt"), keyword and full text."""
    found: list[GeneratorChunk] = []
    for kind, keyword, text in texts:
        name = next((s.name for s in _SIGNATURES if s.keyword.match(keyword) and s.text.search(text)), None)
        chunk: GeneratorChunk | None = {"name": name, "location": f"{kind} {keyword}"} if name else None
        if chunk is not None and chunk not in found:
            found.append(chunk)
    return found
