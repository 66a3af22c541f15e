"""Addresses that moved: those of the first mypi and of the public index, and what upload tools
print after publishing.
"""

from typing import Any
from urllib.parse import quote

import orjson
from pyramid.httpexceptions import HTTPGone, HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config
from trove_classifiers import sorted_classifiers

from mypi.names import normalise
from mypi.services import lookup, usage
from mypi.services.stamps import Moment
from mypi.web import caching, redirects
from mypi.web.formerdoors import (
    FormerAddress,
    FormerClassifiers,
    FormerSearch,
    FormerStatistics,
    Moved,
    SourceFile,
)
from mypi.web.resources import Door, IndexRoot, SimpleIndex, UploadAddress

TOP_PACKAGES = 100
"""Projects that ``/stats/`` names, as on the public index."""


@view_config(context=FormerAddress, request_method="GET")
def former_root(context: FormerAddress, request: Any) -> Response:
    """``/package/`` listed the projects."""
    return redirects.to_path(request, "/")


@view_config(context=FormerSearch, request_method="GET")
def former_search(context: FormerSearch, request: Any) -> Response:
    """``/search/?q=words``."""
    return redirects.to_path(request, "/+search")


@view_config(context=FormerClassifiers, request_method="GET")
def classifiers(context: FormerClassifiers, request: Any) -> Response:
    """The known trove classifiers, one a line."""
    response = Response("\n".join(sorted_classifiers) + "\n", content_type="text/plain")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@view_config(context=FormerStatistics, request_method="GET")
def statistics(context: FormerStatistics, request: Any) -> Response:
    """For programs the largest projects, as the public index tells them; people go to our page."""
    accept = request.environ.get("HTTP_ACCEPT", "")
    if "application/json" not in accept or "html" in accept:
        return redirects.to_path(request, "/+stats")
    index = context.index

    def build() -> bytes:
        top = usage.largest(index, TOP_PACKAGES)
        told = {name: {"size": size} for name, _files, size in top}
        return orjson.dumps({"top_packages": told, "total_packages_size": index.size()})

    key = ("top packages", *lookup.names_stamp(context.access, index), Moment(len(index.journal)))
    response = caching.respond(request, key, "application/json", build)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@view_config(context=SourceFile, request_method="GET")
def source_file(context: SourceFile, request: Any) -> Response:
    """Recipes of conda name files by such an address (grayskull writes them)."""
    project, listed = normalise(context.found.project.name), context.listed
    return redirects.to_path(
        request, f"/packages/{listed.held_by}/{project}/{quote(listed.filename)}"
    )


@view_config(context=Moved, request_method="GET")
def moved(context: Moved, request: Any) -> Response:
    """To the project, the release or the file that is meant."""
    found = lookup.find(context.access, context.index, context.target[0])
    if found is None:
        raise HTTPNotFound
    target = "/".join(quote(segment) for segment in context.target)
    if len(context.target) > 2:
        raise HTTPNotFound
    if len(context.target) == 2:
        listed = found.listed(context.target[1])
        if listed is not None:
            return redirects.to_path(request, f"/packages/{listed.held_by}/{target}")
        lookup.release(found, context.target[1])
    return redirects.to_path(request, f"{_root(context, request)}/{target}/")


def _gone(context: Door, request: Any) -> Response:
    raise HTTPGone("DOAP files are no longer made; the JSON API has what was in them.")


def _query(target: str, **wanted: str) -> Any:
    """A view: on to ``target`` below the index's root, made from values of the query."""

    def view(context: Door, request: Any) -> Response:
        said = {key: request.GET.get(name, "").strip() for key, name in wanted.items()}
        said = {key: quote(value, "") for key, value in said.items()}
        path = target.format(**said).replace("//", "/")
        return redirects.moved(request, _root(context, request) + path)

    return view


ACTIONS = {
    "rss": _query("/rss/updates.xml"),
    "packages_rss": _query("/rss/packages.xml"),
    "display": _query("/{name}/{version}/", name="name", version="version"),
    "files": _query("/{name}/{version}/", name="name", version="version"),
    "search": _query("/+search?q={words}", words="term"),
    "browse": _query("/+search?q=classifier%3A%22{classifier}%22", classifier="c"),
    "doap": _gone,
}
"""``GET ?:action=``, as the public index took it until 2018."""


class ActionPredicate:
    """View predicate ``former_action=True``: the query names one of ACTIONS.

    One view for all: of many, Pyramid asks each one, at every request.
    """

    def __init__(self, wanted: bool, config: object) -> None:
        self.wanted = wanted

    def text(self) -> str:
        """How it is shown in Pyramid's messages."""
        return f"former_action = {self.wanted}"

    phash = text

    def __call__(self, context: object, request: Any) -> bool:
        """Whether this view is for what is asked."""
        is_named = "action=" in request.query_string and request.GET.get(":action") in ACTIONS
        return is_named is self.wanted


def former_action(context: Door, request: Any) -> Response:
    """What the query's ``:action`` asks for."""
    answer: Response = ACTIONS[request.GET[":action"]](context, request)
    return answer


def _root(context: Door, request: Any) -> str:
    """The path of the index, without its last slash."""
    is_default = context.index.name == request.registry.mypi.default_index
    return "" if is_default else f"/+{context.index.name}"


def includeme(config: Any) -> None:
    """The addresses of old."""
    config.scan(__name__)
    config.add_view_predicate("former_action", ActionPredicate)
    said: dict[str, Any] = {"request_method": "GET", "former_action": True}
    for browser in (True, False):
        config.add_view(former_action, context=IndexRoot, browser=browser, **said)
    config.add_view(former_action, context=UploadAddress, **said)
    config.add_view(former_action, context=SimpleIndex, **said)
