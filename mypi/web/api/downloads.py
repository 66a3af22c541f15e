"""Downloads of an index and of a project."""

from typing import Annotated, Any, Literal

from msgspec import Meta

from mypi.services import lookup, usage
from mypi.web.api.operations import operation
from mypi.web.api.resources import ApiIndex, ApiProject
from mypi.web.api.wire import Answer, Asked, Size


class Period(Asked):
    """Which time."""

    period: Annotated[
        Literal["month", "year", "all"], Meta(description="The last 30 days, 365, or all.")
    ] = "month"


class Largest(Answer):
    """A project, and what its archives take."""

    project: str
    files: int
    size: Size


class IndexDownloads(Answer):
    """Downloads of 30 days, the most wanted projects first; and the largest ones."""

    total: int
    top: dict[str, int]
    size: Size
    largest: list[Largest]


class ProjectDownloads(Answer):
    """Downloads in a period; each ``by_…`` maps a value to a number, at most fifty values.

    ``ever`` is since the counting began.
    """

    project: str
    total: int
    ever: int
    by_day: dict[str, int]
    by_version: dict[str, int]
    by_file: dict[str, int]
    by_installer: dict[str, int]
    by_python: dict[str, int]
    by_system: dict[str, int]


@operation(
    "GET",
    ApiIndex,
    "downloads",
    permission="read",
    answer=IndexDownloads,
    summary="Say what is downloaded most, and what takes the most room.",
)
def index_downloads(context: ApiIndex, request: Any) -> IndexDownloads:
    """Of the index and its bases; the largest are projects of the index itself."""
    told = usage.of_index(context.access, context.index)
    return IndexDownloads(
        told.total, dict(told.top), told.size, [Largest(*one) for one in told.largest]
    )


@operation(
    "GET",
    ApiProject,
    "downloads",
    permission="read",
    query=Period,
    answer=ProjectDownloads,
    summary="Say how often a project was downloaded.",
)
def project_downloads(context: ApiProject, request: Any, query: Period) -> ProjectDownloads:
    """By day, version, file, installer, Python and system.  Written every ten seconds."""
    project = lookup.project_of(context.index, context.project)
    told = usage.of_project(context.index, project.name, query.period)
    return ProjectDownloads(
        project=project.name,
        total=told.total,
        ever=told.ever,
        by_day={str(it.day): it.downloads for it in told.days},
        **{f"by_{kind}": dict(values) for kind, values in told.by.items()},
    )
