"""What this service itself says: the codes of its sentences and the values that each template may use."""

from __future__ import annotations

from collections.abc import Mapping

PLACES = (
    "upper_left",
    "upper",
    "upper_right",
    "left",
    "middle",
    "right",
    "lower_left",
    "lower",
    "lower_right",
)
"""Ninths of a picture, row by row."""
LABELS = ("authentic", "manipulated", "suspicious")
MEDIA = ("audio", "image", "video")
OUTSIDE = ("bits_per_pixel", "sample_rate_hz", "seconds", "side_px")
"""What the tested range of a kind of media is given in."""
SPECIAL_ADVICE = (
    "again",
    "copies",
    "copies_of_frames",
    "credential",
    "face",
    "face_in_frames",
    "larger",
    "lips",
    "longer",
    "mark",
    "resaved",
    "seal",
    "seams",
    "voice",
)

_WORDS = frozenset({"media", "media_plural"})
_DOUBTS = ("balanced", "conflict", "leaning_against", "leaning_for", "thin")
_FALSE_ALARMS = _WORDS | {"wrong", "wrong_percent", "upper_percent", "items", "dataset"}
_MISSES = _WORDS | {"missed", "missed_percent", "items", "dataset"}
_STRETCH = frozenset({"start", "end"})
_SEEN = _WORDS | {"examined", "duration"}
_OMITTED = frozenset({"reason", "cues"})
_SIDES = ("for", "against")

GENERAL: Mapping[str, frozenset[str]] = {
    **{f"meaning_{label}_{media}": _WORDS for label in LABELS for media in MEDIA},
    **{f"meaning_inconclusive_{doubt}": _WORDS for doubt in _DOUBTS},
    "meaning_declared": _WORDS,
    "meaning_inconclusive_leaning_against": _WORDS | {"threshold"},
    "meaning_inconclusive_leaning_for": _WORDS | {"threshold"},
    "meaning_inconclusive_out_of_range": _WORDS | {"outside"},
    **{f"outside_{quantity}": _WORDS | {quantity, "needed"} for quantity in OUTSIDE},
    **{f"advice_{label}": _WORDS for label in LABELS},
    **{f"advice_inconclusive_{doubt}": _WORDS for doubt in _DOUBTS},
    "advice_declared": _WORDS,
    "advice_inconclusive_out_of_range": _WORDS,
    **{f"advice_next_{name}": _WORDS for name in SPECIAL_ADVICE},
    "reliability_authentic": _MISSES,
    "reliability_declared": _WORDS,
    "reliability_incomplete": _WORDS,
    "reliability_inconclusive": _WORDS,
    "reliability_leaning_for": _FALSE_ALARMS,
    "reliability_manipulated": _FALSE_ALARMS,
    "reliability_suspicious": _FALSE_ALARMS,
    "reliability_unmeasured": _WORDS,
    **{f"share_{size}_{side}": frozenset({"percent"}) for size in ("most", "part") for side in _SIDES},
    **{f"share_only_{side}": frozenset() for side in _SIDES},
    "share_rest": frozenset({"risk"}),
    "share_weak": frozenset(),
    **{f"finding_{side}": frozenset({"cue"}) for side in (*_SIDES, "elsewhere", "neither")},
    "heard_all": _SEEN,
    "heard_part": _SEEN,
    "not_examined": _OMITTED,
    "not_examined_common": _OMITTED,
    "not_examined_failed": _OMITTED,
    "not_weighed": frozenset({"cues"}),
    "seen_all": _SEEN,
    "seen_part": _SEEN,
    "stretch_person": _STRETCH | {"person", "finding"},
    "stretch_picture": _STRETCH | {"finding"},
    "stretch_sound": _STRETCH | {"finding"},
    "suspicious_too_person": _STRETCH | {"person"},
    "suspicious_too_picture": _STRETCH,
    "suspicious_too_sound": _STRETCH,
    "worst_person": _STRETCH | {"person", "finding"},
    "worst_picture": _STRETCH | {"finding"},
    "worst_sound": _STRETCH | {"finding"},
    **{f"where_{what}": frozenset({"place", "person"}) for what in ("face", "part", "person")},
    **{f"where_{what}_moment": frozenset({"place", "person", "moment"}) for what in ("face", "part", "person")},
}
