"""A document as one self-contained page: no script, no address of anything else, every text escaped."""

from __future__ import annotations

import base64
import functools
from importlib import resources

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound
from markupsafe import Markup

from gateway.report.document import Block, Chart, Document, Figure
from gateway.report.svg import svg
from gateway.report.wording import wording

_TEMPLATES = "templates"


def html_page(document: Document) -> bytes:
    """The page as UTF-8; equal documents give equal bytes."""
    style = Markup(_text("report.css"))  # noqa: S704 - our own
    template, words = _environment().get_template("report.html"), wording(document.language)
    return template.render(document=document, words=words, style=style).encode()


class _PackageTemplates(BaseLoader):
    """Templates of this package."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str | None, None]:
        """The text of a template. Raises TemplateNotFound."""
        try:
            return _text(template), None, None
        except FileNotFoundError as error:
            raise TemplateNotFound(template) from error


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=_PackageTemplates(), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"kind": _kind, "chart": _chart, "data_uri": _data_uri}
    return environment


def _text(name: str) -> str:
    return resources.files("gateway.report").joinpath(_TEMPLATES, name).read_text(encoding="utf-8")


def _kind(block: Block) -> str:
    return type(block).__name__.lower()


def _chart(block: Chart) -> Markup:
    return Markup(svg(block.drawing, block.caption))  # noqa: S704 - svg() escapes every text itself


def _data_uri(figure: Figure) -> str:
    return f"data:{figure.mime_type};base64,{base64.b64encode(figure.data).decode()}"
