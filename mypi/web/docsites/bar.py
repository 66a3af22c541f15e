"""The bar over hosted documentation: which project and version it is, and which others there are.

The documentation is in a frame, as it was uploaded and in its own sandbox: nothing is written into
strangers' pages, and nothing of theirs reaches the bar.
"""

from datetime import date
from typing import Any, NamedTuple
from urllib.parse import quote

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Missing
from mypi.model.docs import START
from mypi.names import normalise
from mypi.services import docsites
from mypi.services.docsites import LATEST
from mypi.web import redirects
from mypi.web.docsites.doors import DocsBehindBar
from mypi.web.frame import CONTENT_SECURITY_POLICY, addresses, kept
from mypi.web.frame.addresses import Addresses

WHOLE = "-"
"""Stands for the documentation of the project as a whole where a version stands otherwise."""
MAX_VERSIONS = 500
"""Versions that the bar offers, the newest ones."""
MAX_PAGE = 1000
"""Characters of a page's address: it comes back in the link to each version."""


class Choice(NamedTuple):
    """A version to go to."""

    label: str
    address: str
    current: bool


@view_config(context=DocsBehindBar, request_method="GET")
def reading(context: DocsBehindBar, request: Any) -> Response:
    """The bar, and the page that the path names in the frame below it."""
    here = addresses.of(context, request)
    name = context.found.project.name
    _read, *path = context.path
    known = docsites.docs_of(context.found)
    if not known:
        raise Missing(f"There is no documentation of {name} in {context.index.name}.")
    if not path or context.__name__ != normalise(name):
        first = path or [LATEST if known[0] else WHOLE]
        target = here.docs_reading(name, first[0]) + quote("/".join(first[1:]))
        return redirects.see_other(request, target.removeprefix(addresses.root(request)))
    version, *rest = path
    docsites.find(context.found, _version(context, version))
    page = quote("/".join(rest)) + ("/" if rest and request.path_info.endswith("/") else "")
    if len(page) > MAX_PAGE:
        raise Missing("No page of the documentation has an address as long as this one.")

    def values(here: Addresses, today: date) -> dict[str, Any]:
        of = "" if version == WHOLE else version
        return {
            "name": name,
            "label": "all versions" if version == WHOLE else version,
            "project_page": here.project(name),
            "framed": here.docs(name, of) + (page or ("" if of else START)),
            "choices": _choices(here, name, known, version, page),
        }

    response = kept.page(request, context, "docs", (version, page, context.found.stamp), values)
    response.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
    return response


def _version(context: DocsBehindBar, segment: str) -> str:
    """The version whose documentation is meant, or nothing for the project's."""
    if segment == WHOLE:
        return ""
    return docsites.latest(context.found) if segment == LATEST else segment


def _choices(here: Addresses, name: str, known: list[str], current: str, page: str) -> list[Choice]:
    """All versions that have documentation: the same page of each."""
    named = [(LATEST, LATEST)] if known[0] else []
    named += [(version or WHOLE, version or "all versions") for version in known[:MAX_VERSIONS]]
    return [
        Choice(label, here.docs_reading(name, segment) + page, segment == current)
        for segment, label in named
    ]
