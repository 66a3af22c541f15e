"""The first admin page: what there is, and what was done last."""

import shutil
import time
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from mypi.services import log
from mypi.services.log import Wanted
from mypi.sizes import size_in_words
from mypi.web.admin.doors import AdminDoor
from mypi.web.admin.sheets import sheet
from mypi.web.frame.words import moment, number

NEWEST = 20


@view_config(context=AdminDoor, request_method="GET", permission="administer")
def show(context: AdminDoor, request: Any) -> Response:
    """Numbers, the room on the disk, the newest lines of all logs."""
    site = context.access.site
    indexes = list(site.indexes.values())
    free = shutil.disk_usage(request.registry.blob_folder).free
    today = datetime.fromtimestamp(time.time(), UTC).date()
    journals = {"": site.journal} | {it.name: it.journal for it in indexes}
    values = {
        "numbers": [
            ("mypi", version("mypi")),
            ("Indexes", number(len(indexes))),
            ("Projects", number(sum(it.count() for it in indexes))),
            ("Archives", size_in_words(sum(it.size() for it in indexes))),
            ("Free on the disk", size_in_words(free)),
            ("Users", number(len(site.users))),
            ("Groups", number(len(site.groups))),
            ("Tokens", number(len(site.tokens))),
        ],
        "is_low": free < 4 * request.registry.mypi.min_free,
        "lines": [
            (line.of, line.entry, moment(line.entry.when, today))
            for line in log.newest(journals, Wanted(), NEWEST)
        ],
    }
    return sheet(context, request, "overview", "", values)
