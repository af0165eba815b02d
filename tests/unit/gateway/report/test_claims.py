from __future__ import annotations

import pytest

from gateway.report.claims import claims
from gateway.report.document import Facts, Subheading, Table, Text
from gateway.report.wording import wording
from telltale.metadata.v1 import facts_pb2

ENGLISH = wording("en")


def subheadings(facts: facts_pb2.MetadataFacts) -> list[str]:
    return [block.text for block in claims(facts, ENGLISH).blocks if isinstance(block, Subheading)]


def rows(facts: facts_pb2.MetadataFacts) -> dict[str, str]:
    return {
        name: value for block in claims(facts, ENGLISH).blocks if isinstance(block, Facts) for name, value in block.rows
    }


def test_a_file_that_says_nothing_is_no_sign_of_anything() -> None:
    last = claims(facts_pb2.MetadataFacts(), ENGLISH).blocks[-1]
    assert isinstance(last, Text)
    assert last.text == "Nothing was found. That is common and says nothing."


def test_a_file_that_names_only_a_converter_is_not_said_to_name_no_program() -> None:
    facts = facts_pb2.MetadataFacts(origin=facts_pb2.FILE_ORIGIN_NONE)
    facts.software.add(kind=facts_pb2.SOFTWARE_KIND_EDITOR, name="FFmpeg")
    texts = [block.text for block in claims(facts, ENGLISH).blocks if isinstance(block, Text)]
    assert "It names no camera. The programs that it names write or convert files." in texts


def test_every_kind_of_fact_has_its_place() -> None:
    facts = facts_pb2.MetadataFacts(
        origin=facts_pb2.FILE_ORIGIN_EDITED,
        jpeg=facts_pb2.JpegStructure(quality_estimate=90, subsampling="4:2:0"),
        jpeg_history=facts_pb2.JpegHistory(first_quality=70, grid_offset_x_px=3),
        provenance=facts_pb2.Provenance(integrity=facts_pb2.PROVENANCE_INTEGRITY_INTACT, issuer="Somebody"),
        container=facts_pb2.ContainerStructure(format="QuickTime (qt)", layout=["ftyp", "moov"], index_last=False),
        conflicts=[facts_pb2.MetadataConflict(code="original_after_modified", parameters={"other": "2020"})],
        tags=[facts_pb2.MetadataTag(group="EXIF", name="Model", value="X")],
    )
    assert subheadings(facts) == [
        "Who wrote the file",
        "Content credentials (C2PA)",
        "JPEG encoding",
        "Container",
        "Contradictions",
        "Tags",
    ]
    assert rows(facts)["Likeliest earlier quality"] == "70 of 100"
    assert rows(facts)["Offset of the earlier grid"] == "3, 0 px"
    assert rows(facts)["Index"] == "before the media"


@pytest.mark.parametrize(
    ("ratio", "word"),
    [(3.0, "likely (log-likelihood ratio +3.00)"), (-3.0, "unlikely (log-likelihood ratio −3.00)"), (0.5, "unclear")],
)
def test_earlier_compressions_are_put_in_words(ratio: float, word: str) -> None:
    history = facts_pb2.JpegHistory(aligned_log_likelihood_ratio=ratio)
    assert rows(facts_pb2.MetadataFacts(jpeg_history=history))["Saved as JPEG before"].startswith(word)


def test_more_tags_than_fit_are_counted() -> None:
    facts = facts_pb2.MetadataFacts(tags=[facts_pb2.MetadataTag(group="XMP", name=str(n)) for n in range(100)])
    *_, table, note = claims(facts, ENGLISH).blocks
    assert isinstance(table, Table)
    assert isinstance(note, Text)
    assert (len(table.rows), note.text) == (40, "The JSON report holds 60 more tags.")
