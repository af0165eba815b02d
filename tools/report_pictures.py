"""Pictures of a report for docs/: `python tools/report_pictures.py REPORT.html REPORT.pdf docs`.

Both files come from a running stack: analyse samples/portrait_blended_face.jpg and ask for its report in both formats.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
_PAGE_PX = (1280, 1720)
_SCALE, _GAP_PX, _COLOURS = 1.25, 14, 256


def main(page: Path, document: Path, folder: Path) -> None:
    """Writes report-html.png, the page's upper part, and report-pdf.png, the first two pages side by side."""
    _save(_seen_page(page), folder / "report-html.png")
    _save(_seen_pages(document), folder / "report-pdf.png")


def _seen_page(path: Path) -> Image.Image:
    width, height = _PAGE_PX
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(path.absolute().as_uri())
        shot = page.screenshot()
        browser.close()
    return Image.open(io.BytesIO(shot)).convert("RGB")


def _seen_pages(path: Path) -> Image.Image:
    document = pypdfium2.PdfDocument(path)
    pages = [document[number].render(scale=_SCALE).to_pil() for number in range(2)]
    width, height = pages[0].size
    both = Image.new("RGB", (2 * width + 3 * _GAP_PX, height + 2 * _GAP_PX), "#8a919c")
    for number, page in enumerate(pages):
        both.paste(page, (_GAP_PX + number * (width + _GAP_PX), _GAP_PX))
    return both


def _save(picture: Image.Image, path: Path) -> None:
    picture.quantize(_COLOURS, kmeans=3, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
