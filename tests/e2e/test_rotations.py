from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests.support.media_factory import encode
from tests.support.stack import Stack, Verdict, verdict_of

UNDO = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def stored_turned(photo: Path, orientation: int) -> bytes:
    """The same picture without loss, stored turned, with the EXIF orientation that turns it back."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    with Image.open(photo) as image:
        turned = image.transpose(UNDO[orientation]) if orientation in UNDO else image
        return encode(turned, "WEBP", lossless=True, exif=exif)


@pytest.fixture(scope="module")
def upright(stack: Stack, photo: Path) -> Verdict:
    return verdict_of(stack.analyze(stored_turned(photo, 1)).json())


@pytest.mark.parametrize("orientation", range(2, 9))
def test_a_picture_gets_the_same_verdict_however_the_camera_was_held(
    stack: Stack, photo: Path, upright: Verdict, orientation: int
) -> None:
    label, risk, heard = verdict_of(stack.analyze(stored_turned(photo, orientation)).json())
    assert label == upright[0]
    assert risk == pytest.approx(upright[1], abs=0.1)
    assert heard == pytest.approx(upright[2], abs=1e-3)
