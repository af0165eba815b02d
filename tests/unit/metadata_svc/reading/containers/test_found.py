from __future__ import annotations

from metadata_svc.reading.containers.found import MAX_TEXT_BYTES, MAX_TEXT_LETTERS, MAX_TEXTS, Found


def test_texts_of_a_file_are_bounded_together() -> None:
    found = Found()
    for number in range(MAX_TEXTS - 1):
        found.add_text("group", f"name {number}", "😀" * MAX_TEXT_BYTES)
    assert sum(len(text) for _, _, text in found.texts) <= MAX_TEXT_LETTERS
    assert len(found.texts) == MAX_TEXT_LETTERS // MAX_TEXT_BYTES


def test_every_short_text_is_kept_up_to_the_most() -> None:
    found = Found()
    for number in range(MAX_TEXTS + 5):
        found.add_text("group", f"name {number}", f"text {number}")
    assert [text for _, _, text in found.texts] == [f"text {number}" for number in range(MAX_TEXTS)]
