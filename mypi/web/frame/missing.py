"""What a page about nothing can still say: names near it, other indexes, versions that exist.

Only what the reader may read; so what is private is missing like what was never there.
"""

import logging
from typing import Any, NamedTuple

from mypi.names import is_project_name, normalise
from mypi.services import lookup, search, versions
from mypi.web.frame import addresses
from mypi.web.frame.addresses import Addresses
from mypi.web.resources import Door, IndexRoot, OfProject, ProjectDoor, ReleaseDoor, SimpleIndex

log = logging.getLogger(__name__)

NEAR = 5
VERSIONS = 10
ELSEWHERE = 20
"""Other indexes that are asked at most."""


class Way(NamedTuple):
    """A link to go on by."""

    label: str
    address: str


class Help(NamedTuple):
    """``title`` says what is missing, ``asked_of`` in which index; lists may be empty.

    ``elsewhere`` are other indexes that have the project, ``near`` projects of a similar name,
    ``versions`` the newest of a project that has no such version.
    """

    title: str
    asked_of: str
    elsewhere: list[Way]
    near: list[Way]
    versions: list[Way]
    ways: list[Way]


def help_of(request: Any) -> Help | None:
    """Help for who found nothing; None when there is none to give.

    Never fails: the page about what is missing must not miss itself.
    """
    context = getattr(request, "context", None)
    word = getattr(request, "view_name", "")
    try:
        if not isinstance(context, Door) or not word or word.startswith("+"):
            return None
        here = addresses.of(context, request)
        if isinstance(context, ReleaseDoor):
            return _no_file(context, here)
        if isinstance(context, ProjectDoor):
            return _no_release(context, here)
        if isinstance(context, IndexRoot | SimpleIndex) and is_project_name(word):
            return _no_project(context, request, here, word)
    except Exception:  # broken data must not take the error page with it
        log.warning("no help for what is missing at %r", word, exc_info=True)
    return None


def _no_project(context: Door, request: Any, here: Addresses, name: str) -> Help | None:
    access, index = context.access, context.index
    if not access.may("read", index):
        return None
    ways = [Way(f"Search for {name}", here.search(name)), Way("All projects", here.projects)]
    if access.may("upload", index):
        ways.append(Way("Upload it", here.upload))
    return Help(
        f"No project {name}",
        index.name,
        _elsewhere(context, request, name),
        [Way(it, here.project(it)) for it in search.near(access, index, name, NEAR)],
        [],
        ways,
    )


def _elsewhere(context: Door, request: Any, name: str) -> list[Way]:
    """The other indexes that have the project, the default one first."""
    others = [it for it in context.access.indexes() if it is not context.index]
    default = request.registry.mypi.default_index
    others.sort(key=lambda it: (it.name != default, it.name))
    return [
        Way(it.name, addresses.of_index(request, it.name).project(name))
        for it in others[:ELSEWHERE]
        if lookup.find(context.access, it, name) is not None
    ]


def _no_release(context: OfProject, here: Addresses) -> Help:
    name = context.found.project.name
    known = versions.candidates(it.link for it in context.found.links())
    listed = [Way(it.version, here.release(name, it.version)) for it in known[:VERSIONS]]
    ways = [Way(f"{name}, latest release", here.project(name))]
    if len(known) > VERSIONS:
        ways.append(Way(f"All {len(known)} releases", here.history(name)))
    return Help("No such release", context.index.name, [], [], listed, ways)


def _no_file(context: ReleaseDoor, here: Addresses) -> Help:
    name, version = context.found.project.name, context.release.version
    address = here.release(name, version)
    ways = [Way(f"{normalise(name)} {version}", address), Way("Its files", f"{address}#files")]
    return Help("No such file", context.index.name, [], [], [], ways)
