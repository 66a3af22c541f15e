"""The views: a feed at its address and in its form, and the pages that list the feeds."""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Missing
from mypi.names import normalise
from mypi.services import access
from mypi.web import caching, frame
from mypi.web.feeds import sources
from mypi.web.feeds.doors import Rss, RssProject
from mypi.web.feeds.feed import Feed
from mypi.web.feeds.sources import Source
from mypi.web.frame import addresses, kept
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.outward import legal, url
from mypi.web.redirects import to_slash
from mypi.web.resources import Door, IndexRoot, ProjectDoor


class Form(NamedTuple):
    """A form of feeds: its template and its media type."""

    template: str
    media_type: str


ATOM = Form("feed_atom", "application/atom+xml")
RSS = Form("feed_rss", "application/rss+xml")
PUBLIC_RSS = Form("feed_rss", "text/xml")
"""As the public index calls it."""


class Row(NamedTuple):
    """A feed in the list; ``address`` lacks the form."""

    title: str
    told: str
    address: str


FORMS = {"atom": ATOM, "rss": RSS}
OF_INDEX: dict[str, Callable[[Door, Addresses], Source]] = {
    "releases": sources.releases,
    "projects": sources.projects,
}


@view_config(context=IndexRoot, name="+feeds", request_method="GET")
def feeds(context: IndexRoot, request: Any) -> Response:
    """The list of the feeds of an index, or one of them."""
    if not request.subpath:
        return _page(context, request, name="")
    here = addresses.of(context, request)
    stem, form = _asked(request, *OF_INDEX, "search")
    if stem == "search":
        words = " ".join(request.GET.get("q", "").split())[: sources.MAX_WORDS]
        source = sources.search(context, here, words)
    else:
        source = OF_INDEX[stem](context, here)
    return _feed(request, here, source, form, here.feeds + request.subpath[0])


@view_config(context=ProjectDoor, name="+feeds", request_method="GET")
def project_feeds(context: ProjectDoor, request: Any) -> Response:
    """The list of the feeds of a project, or one of them."""
    name = context.found.project.name
    if not request.subpath:
        return _page(context, request, name)
    here = addresses.of(context, request)
    _stem, form = _asked(request, "releases")
    address = f"{here.project(name)}+feeds/{request.subpath[0]}"
    return _feed(request, here, sources.of_project(context, here), form, address)


@view_config(context=Rss, name="updates.xml", request_method="GET")
@view_config(context=Rss, name="packages.xml", request_method="GET")
def rss(context: Rss, request: Any) -> Response:
    """The newest releases or projects, where the public index has them."""
    _nothing_below(request)
    here = addresses.of(context, request)
    make = sources.releases if request.view_name == "updates.xml" else sources.projects
    address = f"{here.home}rss/{request.view_name}"
    return _feed(request, here, make(context, here), PUBLIC_RSS, address)


@view_config(context=RssProject, name="releases.xml", request_method="GET")
def project_rss(context: RssProject, request: Any) -> Response:
    """The newest releases of a project, where the public index has them."""
    _nothing_below(request)
    here = addresses.of(context, request)
    address = f"{here.home}rss/project/{normalise(context.found.project.name)}/releases.xml"
    source = sources.of_project(context, here, "{version}")
    return _feed(request, here, source, PUBLIC_RSS, address)


def _asked(request: Any, *stems: str) -> tuple[str, Form]:
    """What the last part of the address names: ``releases.atom``."""
    stem, _dot, extension = request.subpath[0].rpartition(".")
    _nothing_below(request, 1)
    if stem not in stems or extension not in FORMS:
        raise Missing("There is no such feed; the page +feeds/ lists those there are.")
    return stem, FORMS[extension]


def _nothing_below(request: Any, depth: int = 0) -> None:
    if len(request.subpath) > depth or request.path_info.endswith("/"):
        raise Missing("There is no such feed; the page +feeds/ lists those there are.")


def _feed(request: Any, here: Addresses, source: Source, form: Form, address: str) -> Response:
    site_title = legal(request.registry.mypi.title)

    def build() -> bytes:
        feed = Feed(
            legal(source.title),
            legal(source.description),
            url(here, address) + source.query,
            url(here, source.about),
            source.entries(),
        )
        values = {"feed": feed, "media_type": form.media_type, "publisher": site_title}
        return frame.shown(request, form.template, values).encode("utf-8", "replace")

    key = (form, address, site_title, here, *source.stamp)
    response = caching.respond(request, key, f"{form.media_type}; charset=utf-8", build)
    headers = response.headers
    if access.is_public(request.context.index, request.access):
        headers["Access-Control-Allow-Origin"] = "*"
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    return response


def _page(context: Door, request: Any, name: str) -> Response:
    """The list of feeds: of the project ``name``, or else of the index."""
    if not request.path_info.endswith("/"):
        return to_slash(request)

    def values(here: Addresses, _today: date) -> dict[str, Any]:
        base = f"{here.project(name)}+feeds/" if name else here.feeds
        return {"name": name, "rows": _rows(base, name), "public": _public(here, name)}

    return kept.page(request, context, "feeds", (name,), values)


def _rows(base: str, name: str) -> list[Row]:
    if name:
        told = f"The newest {sources.MAX_OF_PROJECT} releases of {name}."
        return [Row("Releases", told, f"{base}releases")]
    return [
        Row(
            "Newest releases",
            f"The {sources.MAX_RELEASES} releases that came last, of whatever project.",
            f"{base}releases",
        ),
        Row(
            "Newest projects",
            f"The {sources.MAX_PROJECTS} projects that came last.",
            f"{base}projects",
        ),
    ]


def _public(here: Addresses, name: str) -> list[str]:
    """The same feeds where the public index has them."""
    if name:
        return [f"{here.home}rss/project/{normalise(name)}/releases.xml"]
    return [f"{here.home}rss/updates.xml", f"{here.home}rss/packages.xml"]
