"""Which form of an answer a client wants (RFC 9110, PEP 691)."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pyramid.traversal import split_path_info
from webob.acceptparse import create_accept_header

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "application/vnd.pypi.simple.v1+html"
TEXT_HTML = "text/html"

LONGEST = 1_000
"""Characters of a header that are looked at, and kept with what they mean."""

_RICHEST_FIRST = (JSON, HTML, TEXT_HTML)
_PLAINEST_FIRST = (TEXT_HTML, HTML, JSON)


def simple_type(accept: str | None) -> str | None:
    """The media type of a Simple API page for an ``Accept`` header; None when nothing fits (406).

    Ties go to the richest form, as PEP 691 recommends; but who names none of the forms (``*/*``, no
    header, nonsense) is a tool older than the choice, and gets ``text/html``.
    """
    return _simple_type((accept or "")[:LONGEST])


@lru_cache(maxsize=256)
def _simple_type(accept: str) -> str | None:
    header = accept.replace(".simple.latest+", ".simple.v1+")
    offers = _RICHEST_FIRST if ".simple.v1+" in header else _PLAINEST_FIRST
    best = create_accept_header(header or None).acceptable_offers(offers)
    return best[0][0] if best else None


def format_type(text: str) -> str | None:
    """The media type that ``?format=`` names, or None; an unquoted plus arrives as a space."""
    wanted = text.replace(" ", "+").replace(".simple.latest+", ".simple.v1+")
    return wanted if wanted in _RICHEST_FIRST else None


def is_browser(accept: str | None) -> bool:
    """Whether a person is reading: only browsers name both HTML and XHTML."""
    return accept is not None and "text/html" in accept and "application/xhtml+xml" in accept


def takes_gzip(accept_encoding: str | None) -> bool:
    """Whether the client unpacks gzip."""
    return _takes_gzip((accept_encoding or "")[:LONGEST])


@lru_cache(maxsize=256)
def _takes_gzip(accept_encoding: str) -> bool:
    for part in accept_encoding.lower().split(","):
        coding, _, weight = part.partition(";")
        if coding.strip() in ("gzip", "x-gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


class BrowserPredicate:
    """View predicate ``browser=True`` or ``False``: a page for people, or links for installers."""

    def __init__(self, wanted: bool, config: object) -> None:
        self.wanted = wanted

    def text(self) -> str:
        """How it is shown in Pyramid's messages."""
        return f"browser = {self.wanted}"

    phash = text

    def __call__(self, context: object, request: "object") -> bool:
        """Whether this view is for the client that asks."""
        accept = request.environ.get("HTTP_ACCEPT")  # type: ignore[attr-defined]
        return is_browser(accept) is self.wanted


def is_for_the_api(environ: Mapping[str, Any]) -> bool:
    """Whether programs ask: they get problems as JSON, and no cookie counts."""
    return "+api" in environ.get("PATH_INFO", "") and (
        split_path_info(environ["PATH_INFO"])[:1] == ("+api",)
    )
