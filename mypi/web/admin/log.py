"""The logs: what was done in an index, or to the site."""

import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from pyramid.response import Response
from pyramid.view import view_config

from mypi.errors import MypiError, Refused
from mypi.model import Journal
from mypi.services import log
from mypi.services.log import Wanted
from mypi.web.admin.doors import AdminIndex, AdminLog
from mypi.web.admin.sheets import here_of, sheet
from mypi.web.frame import addresses
from mypi.web.frame.words import moment
from mypi.web.resources import Door

PAGE = 50
FILTERS = {
    "project": "Project",
    "by": "Who",
    "action": "Action begins with",
    "since": "Since (2026-01-31)",
}


@view_config(context=AdminIndex, name="log", request_method="GET", permission="manage")
def of_index(context: AdminIndex, request: Any) -> Response:
    """Who did what in an index, newest first."""
    page = here_of(context, request) + "log"
    return _shown(context, request, context.index.journal, page, "log")


@view_config(context=AdminLog, request_method="GET", permission="administer")
def of_site(context: AdminLog, request: Any) -> Response:
    """Who made and changed indexes, users, groups and tokens."""
    page = addresses.of(context, request).admin + "log/"
    return _shown(context, request, context.access.site.journal, page, "log/")


def _shown(context: Door, request: Any, journal: Journal, address: str, section: str) -> Response:
    asked = {name: request.GET.get(name, "").strip()[:200] for name in FILTERS}
    before = request.GET.get("before", "")
    problem: MypiError | None = None
    found = log.Page([], 0)
    try:
        wanted = Wanted(
            project=asked["project"],
            by=asked["by"],
            action=asked["action"],
            since=_seconds(asked["since"]),
        )
        found = log.page("", journal, wanted, before=_serial(before), limit=PAGE)
    except Refused as error:
        problem = error
    today = datetime.fromtimestamp(time.time(), UTC).date()
    filled = {name: value for name, value in asked.items() if value}
    values = {
        "address": address,
        "filters": [(name, label, asked[name]) for name, label in FILTERS.items()],
        "lines": [
            (line.serial, line.entry, moment(line.entry.when, today)) for line in found.lines
        ],
        "older": f"{address}?{urlencode({**filled, 'before': found.next})}" if found.next else "",
        "newest": f"{address}?{urlencode(filled)}" if before else "",
    }
    return sheet(context, request, "log", section, values, problem)


def _serial(text: str) -> int:
    return int(text) if len(text) < 19 and text.isascii() and text.isdecimal() else 0


def _seconds(text: str) -> float | None:
    if not text:
        return None
    try:
        when = datetime.fromisoformat(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise Refused(f"since: {text[:40]!r} is not a day; write 2026-01-31.") from None
