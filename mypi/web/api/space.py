"""What takes the room on the disk."""

import time
from typing import Annotated, Any

from msgspec import Meta

from mypi.services import space as service
from mypi.web.api.operations import operation
from mypi.web.api.resources import ApiIndex, ApiSite
from mypi.web.api.wire import Answer, Asked, Size
from mypi.web.watching import takes_long

SECONDS = 2.0
"""A request looks at projects for so long; then the client asks for the next ones."""

ELSEWHERE = ("postgres:", "mysql:", "oracle:")
"""Databases that hold the archives themselves; the folder is a cache."""


class After(Asked):
    """Where to go on."""

    after: Annotated[str, Meta(description="Projects after this one; begin without it.")] = ""


class ProjectSpace(Answer):
    """A project of the index itself: its files, their bytes, and those of its documentation."""

    project: str
    files: int
    archives: Size
    docs: Size


class IndexSpace(Answer):
    """Some projects of an index, by name; ask again with ``after`` = ``next``."""

    projects: list[ProjectSpace]
    next: str


class IndexTotals(Answer):
    """An index: the bytes of its archives, of its trash, and how many it may have (0: no limit).

    ``journal`` is the number of entries that its history has.
    """

    name: str
    projects: int
    archives: Size
    trash: Size
    max_size: Size
    journal: int


class SiteSpace(Answer):
    """The whole site.

    A file that several indexes have counts in each of them and is on the disk once.
    """

    indexes: list[IndexTotals]
    deleted_indexes: Size
    database: Size
    folder: Annotated[
        int | None, Meta(description="Bytes of all archives on the disk, if that can be told.")
    ]
    free: int | None
    min_free: Size


@operation(
    "GET",
    ApiSite,
    "space",
    permission="administer",
    answer=SiteSpace,
    summary="Say what takes the room on the disk.",
)
def site_space(context: ApiSite, request: Any) -> SiteSpace:
    """By index, and on the disk.  Counts the files of the archives, for five seconds at most."""
    registry = request.registry
    site = context.access.site
    is_ours = not registry.settings["zodbconn.uri"].startswith(ELSEWHERE)
    disk = service.of_disk(registry.database, registry.blob_folder, is_ours=is_ours)
    return SiteSpace(
        indexes=[
            IndexTotals(
                name,
                index.count(),
                index.size(),
                service.of_trash(index),
                index.policy.max_size,
                len(index.journal),
            )
            for name, index in site.indexes.items()
        ],
        deleted_indexes=service.of_trash(site),
        database=disk.database,
        folder=disk.folder,
        free=disk.free,
        min_free=registry.mypi.min_free,
    )


@operation(
    "GET",
    ApiIndex,
    "space",
    permission="manage",
    query=After,
    answer=IndexSpace,
    summary="Say what each project takes.",
)
def index_space(context: ApiIndex, request: Any, query: After) -> IndexSpace:
    """Looks at projects for about two seconds; ``next`` is where to go on, empty at the end."""
    takes_long(request)
    found, last = [], ""
    deadline = time.monotonic() + SECONDS
    after = query.after
    for name, project in context.index.projects.items(after or None, excludemin=bool(after)):
        found.append(ProjectSpace(*service.of_project(project)))
        if time.monotonic() > deadline:
            last = name
            break
    return IndexSpace(found, last)
