"""The pages of a project beside that of a release: history, dependencies, who uses it."""

from collections.abc import Hashable
from datetime import date
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Refused
from mypi.model import Release
from mypi.services import lookup
from mypi.services.stamps import stamp_of
from mypi.web.frame import kept
from mypi.web.frame.addresses import Addresses
from mypi.web.pages import dependencies, figures, history, project, tabs, used_by
from mypi.web.pages.buttons import Buttons
from mypi.web.resources import OfProject, ProjectDoor, ReleaseDoor

MAX_PAGE = 10_000


def stamp(context: OfProject) -> tuple[Hashable, ...]:
    """What every page of a project depends on: its state, the names here, and what is counted."""
    names = lookup.names_stamp(context.access, context.index)
    own = stamp_of(context.release) if isinstance(context, ReleaseDoor) else ()
    return (context.found.stamp, own, names, *figures.stamp(context))


@view_config(context=ProjectDoor, name="+history", request_method="GET")
def all_releases(context: ProjectDoor, request: Any) -> Response:
    """All releases, on a line of time and in a table."""
    number = page_number(request)
    return _page(context, request, "history", tabs.HISTORY, (number,), history.values, number)


@view_config(context=ProjectDoor, name="+used-by", request_method="GET")
def needed_by(context: ProjectDoor, request: Any) -> Response:
    """The projects here that need this one."""
    number = page_number(request)
    return _page(
        context,
        request,
        "used_by",
        tabs.USED_BY,
        (number, *figures.catalogue_stamp(context)),
        used_by.values,
        number,
    )


@view_config(context=ReleaseDoor, name="+dependencies", request_method="GET")
def needs(context: ReleaseDoor, request: Any) -> Response:
    """What a release needs, and what of that is here."""
    # Which version is the newest allowed may change with every upload.
    lengths = tuple(len(it.journal) for it in lookup.path(context.access, context.index))
    key = (context.release.version, lengths)
    return _page(context, request, "dependencies", tabs.DEPENDENCIES, key, dependencies.values)


def nothing_below(request: Any) -> None:
    """The address of a page has no second spelling, with something behind it."""
    if request.subpath:
        raise HTTPNotFound


def page_number(request: Any) -> int:
    """The page that is asked for, from 1; raises Refused."""
    text = request.GET.get("page", "1")
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= MAX_PAGE:
        raise Refused(f"page: {text[:20]!r} is no number of a page; they begin with 1.")
    return int(text)


def _page(
    context: OfProject,
    request: Any,
    template: str,
    tab: str,
    key: tuple[Hashable, ...],
    rest: Any,
    *arguments: int,
) -> Response:
    """A page below the project's head; ``rest`` gives what is on it."""
    nothing_below(request)
    release: Release | None = context.release if isinstance(context, ReleaseDoor) else None

    def values(here: Addresses, today: date) -> dict[str, Any]:
        seen = project.seen(context, release)
        if seen is None:
            return {"template": "bare", **project.bare_page(context, here), **acts.of_project()}
        figure = figures.of_project(context)
        manage = acts.of_release(seen.release)["manage"]
        head = project.head(context, seen, here, figure, manage, tab)
        return {**head, **rest(context, seen, here, today, *arguments)}

    acts = Buttons(context, request)
    return kept.page(request, context, template, (*key, *stamp(context), acts.rights), values)
