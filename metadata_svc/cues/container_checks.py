"""Questions about a device that a container claims. Each says a conflict, that there is none, or that it could not ask."""

from __future__ import annotations

from metadata_svc.claim import Claim
from metadata_svc.container_rules import Maker
from metadata_svc.cues.exif_checks import Answer, Conflict, Outcome
from metadata_svc.reading.containers.found import OTHER, VIDEO, TrackReading

DEVICES_DIFFER = "container_devices_differ"
MODEL_OF_OTHER_MAKE = "container_model_of_other_make"
MARKS_OF_OTHER_MAKER = "container_marks_of_other_maker"
ENCODER_OF_PROGRAM = "container_encoder_of_program"
WRITER_OF_PROGRAM = "container_writer_of_program"
HANDLERS_OF_OTHER = "container_handlers_of_other"
BRAND_OF_OTHER = "container_brand_of_other"
CODEC_OF_OTHER = "container_codec_of_other"
INDEX_FIRST = "container_index_first"
TIME_MISSING = "container_time_missing"
SEVERAL_EDITS = "container_several_edits"

# Tags in which programs sign a file that they write.
_WRITERS = ("©too", "©swr", "encoder", "software", "WritingApp", "MuxingApp", "ISFT", "TSSE")
_MODELS = ("com.apple.quicktime.model", "com.android.model", "©mod", "©mdl", "model", "modl")


def devices_differ(claim: Claim) -> Answer:
    """Where several places name the model, they name the same."""
    models = list(dict.fromkeys(value.strip() for value in claim.values(*_MODELS)))
    if len(models) < 2:
        return Outcome.NOT_ASKED
    if len({model.lower() for model in models}) > 1:
        return Conflict(DEVICES_DIFFER, {"first": models[0], "second": models[1]})
    return Outcome.PASSED


def model_of_other_make(claim: Claim) -> Answer:
    """A model whose maker is known stands beside that maker's name."""
    make, model = claim.container["make"], claim.container["model"]
    makers = claim.rules.maker_of(make), claim.rules.maker_of(model)
    if makers[0] is None or makers[1] is None:
        return Outcome.NOT_ASKED
    return Outcome.PASSED if makers[0] is makers[1] else Conflict(MODEL_OF_OTHER_MAKE, {"make": make, "model": model})


def marks_of_other_maker(claim: Claim) -> Answer:
    """Private boxes and keys are of the maker whose device is claimed."""
    if claim.maker is None or not claim.container["marks"]:
        return Outcome.NOT_ASKED
    others = [maker.name for maker in claim.rules.makers if maker.has_marked(claim.container)]
    if others and not claim.maker.has_marked(claim.container) and claim.maker.name not in others:
        return Conflict(MARKS_OF_OTHER_MAKER, {"device": claim.device, "maker": others[0]})
    return Outcome.PASSED


def encoder_of_program(claim: Claim) -> Answer:
    """A device codes with its own chip, not with a program's library."""
    encoder = claim.container["encoder"]
    if not claim.device or not encoder:
        return Outcome.NOT_ASKED
    parameters = {"device": claim.device, "encoder": encoder}
    return Conflict(ENCODER_OF_PROGRAM, parameters) if claim.rules.program(encoder) else Outcome.PASSED


def writer_of_program(claim: Claim) -> Answer:
    """A device writes its files itself."""
    writers = [claim.container["writer"], *claim.values(*_WRITERS)]
    if not claim.device or not any(writers) or (claim.maker is not None and not claim.maker.judges_writer):
        return Outcome.NOT_ASKED
    program = next((program for writer in writers if (program := claim.rules.program(writer))), "")
    return Conflict(WRITER_OF_PROGRAM, {"device": claim.device, "program": program}) if program else Outcome.PASSED


def handlers_of_other(claim: Claim) -> Answer:
    """A device names the handlers of its tracks as its maker's devices do."""
    maker = _maker_of_file(claim)
    named = [track["handler"] for track in _media(claim) if track["handler"]]
    if maker is None or maker.handlers is None or not named:
        return Outcome.NOT_ASKED
    other = [handler for handler in named if not maker.handlers.search(handler)]
    return Conflict(HANDLERS_OF_OTHER, {"device": claim.device, "handler": other[0]}) if other else Outcome.PASSED


def brand_of_other(claim: Claim) -> Answer:
    """A device writes one of its maker's major brands."""
    maker, brands = _maker_of_file(claim), claim.container["brands"]
    if maker is None or not maker.brands:
        return Outcome.NOT_ASKED
    if brands[0] not in maker.brands:
        return Conflict(BRAND_OF_OTHER, {"device": claim.device, "brand": brands[0].strip()})
    return Outcome.PASSED


def codec_of_other(claim: Claim) -> Answer:
    """A device codes its pictures in a format that its maker's devices use."""
    maker = _maker_of_file(claim)
    codecs = [track["codec"] for track in _media(claim) if track["kind"] == VIDEO and track["codec"]]
    if maker is None or not maker.codecs or not codecs:
        return Outcome.NOT_ASKED
    other = [codec for codec in codecs if codec not in maker.codecs]
    return Conflict(CODEC_OF_OTHER, {"device": claim.device, "codec": other[0]}) if other else Outcome.PASSED


def index_first(claim: Claim) -> Answer:
    """A device that records can only know the index when it is done."""
    maker, last = _maker_of_file(claim), claim.container["index_last"]
    if maker is None or not maker.index_last or last is None:
        return Outcome.NOT_ASKED
    return Outcome.PASSED if last else Conflict(INDEX_FIRST, {"device": claim.device})


def time_missing(claim: Claim) -> Answer:
    """A device that knows the time writes it."""
    maker = _maker_of_file(claim)
    if maker is None or not maker.dated or not claim.container["tracks"]:
        return Outcome.NOT_ASKED
    times = [claim.container["create_time"], *(track["create_time"] for track in claim.container["tracks"])]
    return Outcome.PASSED if any(times) else Conflict(TIME_MISSING, {"device": claim.device})


def several_edits(claim: Claim) -> Answer:
    """A recording is shown from its beginning to its end; a cut without coding anew leaves pieces in the edit list."""
    edits = [track["edits"] for track in _media(claim)]
    if not claim.device or not any(edits):
        return Outcome.NOT_ASKED
    if max(edits) > 1:
        return Conflict(SEVERAL_EDITS, {"device": claim.device, "edits": str(max(edits))})
    return Outcome.PASSED


def _maker_of_file(claim: Claim) -> Maker | None:
    """The maker whose ways the file can follow: devices write ISO files, so in another container only programs can be found."""
    return claim.maker if claim.container["brands"] else None


def _media(claim: Claim) -> list[TrackReading]:
    """Tracks that are seen or heard."""
    return [track for track in claim.container["tracks"] if track["kind"] != OTHER]
