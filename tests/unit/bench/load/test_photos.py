from __future__ import annotations

import hashlib
import itertools
from io import BytesIO

from PIL import Image

from bench.load.photos import photos
from tests.support.media_factory import jpeg


def test_every_copy_is_another_file_with_the_same_picture() -> None:
    original = jpeg()
    copies = list(itertools.islice(photos(original), 5))
    assert len({hashlib.sha256(copy).digest() for copy in copies}) == 5
    pictures = {Image.open(BytesIO(copy)).tobytes() for copy in (original, *copies)}
    assert len(pictures) == 1
