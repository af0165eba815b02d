from __future__ import annotations

from gateway.report.words import from_code, label_key, shown
from telltale.fusion.v1 import verdict_pb2


def test_every_label_has_a_key_of_its_own() -> None:
    assert len({label_key(label) for label in verdict_pb2.Label.values() if label}) == 4


def test_a_code_is_readable() -> None:
    assert from_code("index_last") == "Index last"


def test_a_strangers_text_can_neither_hide_nor_grow() -> None:
    assert shown("a\u202eb\x00c\u200bd\ne") == "a�b�c�d�e"
    assert shown("Фото 日本 صورة 👍") == "Фото 日本 صورة 👍"
    assert len(shown("x" * 10_000)) == 400
