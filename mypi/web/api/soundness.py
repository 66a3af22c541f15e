"""Whether an index is sound: looked at, and repaired, some projects at a time."""

import time
from typing import Annotated, Any

from msgspec import Meta

from mypi.services import soundness as service
from mypi.services.soundness import Problem
from mypi.web.api.operations import operation
from mypi.web.api.resources import ApiIndex, ApiSite
from mypi.web.api.wire import Answer, Asked, Size
from mypi.web.security import actor
from mypi.web.watching import takes_long

SECONDS = 2.0
"""A request looks at projects for so long; then the client asks for the next ones."""


class Look(Asked):
    """Where to go on, and how closely to look."""

    after: Annotated[str, Meta(description="Projects after this one; begin without it.")] = ""
    deep: Annotated[bool, Meta(description="Hash every archive, which reads all bytes.")] = False


class ProblemAnswer(Answer):
    """Something that is not as it should be; empty names where the whole index is meant."""

    project: str
    filename: str
    what: str
    repaired: bool


class Soundness(Answer):
    """What was found, and how much was looked at; ask again with ``after`` = ``next``."""

    problems: list[ProblemAnswer]
    projects: int
    files: int
    read: Size
    next: str


@operation(
    "GET",
    ApiIndex,
    "soundness",
    permission="manage",
    query=Look,
    answer=Soundness,
    summary="Look whether archives and lists are as they should be.",
)
def show_soundness(context: ApiIndex, request: Any, query: Look) -> Soundness:
    """Compare archives, links and counts; changes nothing.

    Looks at some projects, for about two seconds; ``next`` is where to go on, empty at the end.
    """
    return _look(context, request, query, repair=False)


@operation(
    "POST",
    ApiIndex,
    "soundness",
    permission="manage",
    body=Look,
    answer=Soundness,
    summary="Repair what can be made again.",
)
def repair_soundness(context: ApiIndex, request: Any, body: Look) -> Soundness:
    """The same, and write lists and counts anew where they are wrong.

    An archive that is missing or damaged is told of; it has to come from a backup.
    """
    return _look(context, request, body, repair=True)


@operation(
    "GET",
    ApiSite,
    "soundness",
    permission="administer",
    query=Look,
    answer=Soundness,
    summary="Look whether what deleted indexes held is as it should be.",
)
def show_soundness_of_deleted(context: ApiSite, request: Any, query: Look) -> Soundness:
    """As with an index; projects are told as ``index/project``.  Nothing is repaired."""
    takes_long(request)
    problems: list[Problem] = []
    projects = files = read = 0
    last = ""
    deadline = time.monotonic() + SECONDS
    site = context.access.site
    for place, looked in service.check_deleted(site, query.after, deep=query.deep):
        problems += looked.problems
        projects, files, read = projects + 1, files + looked.files, read + looked.read
        if time.monotonic() > deadline:
            last = place
            break
    return Soundness([ProblemAnswer(*it) for it in problems], projects, files, read, last)


def _look(context: ApiIndex, request: Any, asked: Look, *, repair: bool) -> Soundness:
    takes_long(request)
    index = context.index
    problems: list[Problem] = []
    projects = files = read = 0
    last = ""
    deadline = time.monotonic() + SECONDS
    for name, project in index.projects.items(asked.after or None, excludemin=bool(asked.after)):
        looked = service.check_project(index, project, deep=asked.deep, repair=repair)
        problems += looked.problems
        if any(it.repaired for it in looked.problems):
            service.tell_of_repair(index, project, actor(request))
        projects, files, read = projects + 1, files + looked.files, read + looked.read
        if time.monotonic() > deadline:
            last = name
            break
    else:
        problems += service.check_counts(index, repair=repair)
        problems += service.check_trash(index, deep=asked.deep)
    return Soundness(
        [ProblemAnswer(it.project, it.filename, it.what, it.repaired) for it in problems],
        projects,
        files,
        read,
        last,
    )
