"""``/<project>/+stats`` and ``/+stats``: who fetches what, for people and for programs."""

from typing import Any

import orjson
from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import Refused
from mypi.services import downloads, lookup, usage
from mypi.services.stamps import Moment
from mypi.services.usage import PERIODS
from mypi.web import caching
from mypi.web.frame import kept
from mypi.web.resources import Door, IndexRoot, ProjectDoor
from mypi.web.statistics import sheets

FORMATS = {"json": "application/json", "csv": "text/csv; charset=utf-8"}


@view_config(context=ProjectDoor, name="+stats", request_method="GET")
def of_project(context: ProjectDoor, request: Any) -> Response:
    """The downloads of a project, of the index that holds it."""
    period = _asked(request, "period", tuple(PERIODS), "month")
    index, name = context.found.index, context.found.project.name
    key = ("project", period, context.found.stamp, downloads.stamp(index, name))

    def told() -> usage.Usage:
        return usage.of_project(index, name, period)

    form = _form(context, request)
    if form:
        build = {
            "json": lambda: orjson.dumps(sheets.as_json(name, period, told())),
            "csv": lambda: sheets.as_csv(told()),
        }[form]
        return _file(request, (*key, *sheets.today()), form, build)
    return kept.page(
        request,
        context,
        "statistics",
        key,
        lambda here, today: sheets.page(here, name, period, told()),
    )


@view_config(context=IndexRoot, name="+stats", request_method="GET")
def of_index(context: IndexRoot, request: Any) -> Response:
    """What is fetched most from an index, and what takes the most room."""
    access, index = context.access, context.index
    key = (
        "index",
        downloads.index_stamp(access, index),
        lookup.names_stamp(access, index),
        Moment(len(index.journal)),
    )

    def told() -> usage.IndexUsage:
        return usage.of_index(access, index)

    form = _form(context, request)
    if form:
        build = {
            "json": lambda: orjson.dumps(sheets.index_as_json(told())),
            "csv": lambda: sheets.index_as_csv(told()),
        }[form]
        return _file(request, (*key, *sheets.today()), form, build)
    return kept.page(
        request,
        context,
        "statistics_index",
        key,
        lambda here, today: sheets.index_page(here, told()),
    )


def _form(context: Door, request: Any) -> str:
    """csv, json, or nothing for a page."""
    if request.subpath:
        raise HTTPNotFound
    accept = request.environ.get("HTTP_ACCEPT", "")
    usual = "json" if "application/json" in accept and "html" not in accept else ""
    return _asked(request, "format", ("json", "csv"), usual)


def _asked(request: Any, name: str, known: tuple[str, ...], usual: str) -> str:
    value: str = request.GET.get(name, usual)
    if value != usual and value not in known:
        raise Refused(f"{name}: {value[:40]!r} is unknown; known are {', '.join(known)}.")
    return value


def _file(request: Any, key: tuple[Any, ...], form: str, build: Any) -> Response:
    response = caching.respond(
        request, (form, request.context.index.name, *key), FORMATS[form], build
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
