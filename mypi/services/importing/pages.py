"""Pages of the simple API as HTML (PEP 503), with the marks that PEP 592 and 740 added."""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin


@dataclass(frozen=True)
class Page:
    """What a page lists: names of projects, or files as the JSON form has them.

    ``url`` is what relative addresses on it are relative to.
    """

    url: str
    projects: list[str]
    files: list[dict[str, Any]]


def read_html(text: str, url: str) -> Page:
    """The anchors of a page; each may be a project or a file, whoever asks knows which."""
    anchors = _Anchors()
    anchors.feed(text)
    anchors.close()
    files = [
        {"url": href, "filename": name.strip(), "yanked": yanked, "provenance": provenance}
        for href, name, yanked, provenance in anchors.found
    ]
    projects = [name.strip() for _href, name, *_marks in anchors.found]
    return Page(urljoin(url, anchors.base), projects, files)


class _Anchors(HTMLParser):
    """Address, text, ``data-yanked`` (False without) and ``data-provenance`` of each anchor."""

    def __init__(self) -> None:
        super().__init__()
        self.base = ""
        self.found: list[tuple[str, str, str | bool, str]] = []
        self._open: list[Any] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "base" and values.get("href"):
            self.base = values["href"] or ""
        elif tag == "a" and values.get("href"):
            yanked = (values["data-yanked"] or "") if "data-yanked" in values else False
            self._open = [values["href"], "", yanked, values.get("data-provenance") or ""]

    def handle_data(self, data: str) -> None:
        if self._open is not None:
            self._open[1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open is not None:
            self.found.append(tuple(self._open))
            self._open = None
