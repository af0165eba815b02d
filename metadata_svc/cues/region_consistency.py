"""Do all parts of the picture share one history of compression and one noise?

What is pasted was compressed, resized or taken in another way than the rest. Every block of 8x8 is compared with others of this
picture (metadata_svc/history/regions.py), a small network says how likely it was pasted, and a linear test sums up the picture.
Honest pictures differ within themselves too, by focus and light: hence the cap, and the measured false alarms in the card.
"""

from __future__ import annotations

from kit.convert.evidence import abstention, finding
from metadata_svc.facts import Facts
from metadata_svc.history.gates import UNREADABLE, Refusal, admit
from metadata_svc.history.pixels import Pixels
from metadata_svc.history.region_model import RegionModel, probabilities
from metadata_svc.history.regions import cell_features, signal_maps
from metadata_svc.history.upright import map_of, regions_of
from telltale.common.v1 import evidence_pb2

CUE = "region_consistency"
DIFFER = "regions_differ"
ALIKE = "regions_alike"


def examine(facts: Facts, pixels: Pixels, model: RegionModel) -> evidence_pb2.Evidence:
    """Evidence from how alike the parts of the picture are."""
    limits = model.parameters
    history = admit(facts.mime_type, pixels, limits.least_px, limits.least_quality)
    luma = pixels.luma
    if isinstance(history, Refusal) or luma is None:
        refusal = history if isinstance(history, Refusal) else UNREADABLE
        return abstention(CUE, refusal.reason, refusal.parameters, model=model.reference)
    logits = limits.blocks.logits(cell_features(signal_maps(luma, history), history))
    ratio = model.ratio(logits, history)
    chances = probabilities(logits)
    regions = regions_of(chances, limits.region_probability, luma) if ratio > 0 else []
    return finding(
        CUE,
        ratio,
        1.0,
        DIFFER if ratio > 0 else ALIKE,
        {"regions": str(len(regions))},
        regions=regions,
        map=map_of(chances, luma) if ratio > 0 else None,
        model=model.reference,
    )
