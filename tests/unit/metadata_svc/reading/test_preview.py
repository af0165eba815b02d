from __future__ import annotations

import pytest
from PIL import Image

from metadata_svc.reading import preview
from tests.support.metadata_files import blots, encoded, jpeg


def barred(picture: Image.Image) -> Image.Image:
    """A preview of 160 by 120 with bars above and below."""
    frame = Image.new("L", (160, 120))
    small = picture.resize((160, round(160 * picture.height / picture.width)))
    frame.paste(small, (0, (120 - small.height) // 2))
    return frame


def correlation(small: Image.Image, large: Image.Image) -> float:
    reading = preview.compare(encoded(small), encoded(large))
    assert reading is not None
    return reading["correlation"]


@pytest.mark.parametrize(
    ("small", "large"),
    [
        (blots(1).resize((160, 120)), blots(1)),
        (barred(blots(1, (900, 600))), blots(1, (900, 600))),
        (blots(1).resize((160, 120)), blots(1).rotate(90, expand=True)),
        (blots(1).resize((160, 120)), blots(1).crop((100, 60, 520, 380))),
        (blots(1).resize((160, 120)), blots(1).point(lambda value: value // 2 + 40)),
    ],
    ids=["reduced", "with bars", "turned", "cropped", "less contrast"],
)
def test_a_preview_of_the_picture_resembles_it(small: Image.Image, large: Image.Image) -> None:
    assert correlation(small, large) > 0.75


@pytest.mark.parametrize("seed", range(2, 6))
def test_a_preview_of_another_picture_does_not(seed: int) -> None:
    assert correlation(blots(seed).resize((160, 120)), blots(1)) < 0.6


def test_the_size_of_the_preview_is_told() -> None:
    reading = preview.compare(encoded(blots(1).resize((160, 120))), encoded(blots(1)))
    assert reading is not None
    assert (reading["width_px"], reading["height_px"]) == (160, 120)


@pytest.mark.parametrize("damaged", [b"", b"\xff\xd8\xff\xd9", jpeg()[:200], jpeg()])
def test_what_cannot_be_decoded_or_shows_nothing_is_not_compared(damaged: bytes) -> None:
    assert preview.compare(damaged, encoded(blots(1))) is None
    assert preview.compare(encoded(blots(1)), damaged) is None
