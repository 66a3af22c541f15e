"""Serials for mirrors: which journal entry was the last one about a project.

The catalogue knows them up to where it has followed the journal; the entries since then are read
here, so that the answers are exact at any time (a mirror skips what a stale serial hides).
"""

from mypi.model import Index, Site
from mypi.model.catalogue import Followed
from mypi.names import normalise
from mypi.services import lookup
from mypi.services.access import Access
from mypi.services.stamps import Moment, Stamp


def last(index: Index) -> int:
    """The serial of the newest entry of the index's journal; 0 when it has none."""
    return len(index.journal)


MAX_TAIL = 1_000
"""Entries that a quick answer looks at; the catalogue lags behind that far only while it fills."""


def of_project(site: Site, index: Index, name: str) -> int:
    """The serial of the last entry about a project; 0 when there is none."""
    normal = normalise(name)
    followed = _followed(site, index)
    since = followed.serial if followed is not None else 0
    for serial, entry in index.journal.newest():
        if serial <= since:
            break
        if entry.project and normalise(entry.project) == normal:
            return serial
    return followed.serials.get(normal, 0) if followed is not None else 0


def of_project_if_quick(site: Site, index: Index, name: str) -> int | None:
    """The same; None when the catalogue lags so far behind that it would cost much."""
    followed = _followed(site, index)
    since = followed.serial if followed is not None else 0
    return of_project(site, index, name) if last(index) - since <= MAX_TAIL else None


def of_all(site: Site, index: Index) -> dict[str, int]:
    """Normal name -> serial, of the projects that the index holds itself, sorted by name."""
    followed = _followed(site, index)
    before = dict(followed.serials) if followed is not None else {}
    tail = {
        normalise(entry.project): serial
        for serial, entry in index.journal.since(followed.serial if followed is not None else 0)
        if entry.project
    }
    return {name: tail.get(name) or before.get(name, 0) for name in index.projects}


def of_shown(access: Access, index: Index) -> dict[str, int]:
    """Normal name -> serial, of all projects that ``index`` shows, sorted by name.

    The serial of an inherited project is that of the index that holds it.  Loads only those
    projects that several indexes have.
    """
    them = {it.name: of_all(access.site, it) for it in lookup.path(access, index)}
    shown: dict[str, int] = {}
    shared: set[str] = set()
    for serials in them.values():
        shared |= shown.keys() & serials.keys()
        shown.update(serials)
    for name in shared:
        found = lookup.find(access, index, name)
        if found is not None:
            shown[name] = them[found.index.name][name]
    return shown if len(them) == 1 else dict(sorted(shown.items()))


def stamp(access: Access, index: Index) -> Stamp:
    """What :func:`of_shown` depends on besides the names."""
    return tuple(Moment(last(it)) for it in lookup.path(access, index))


def _followed(site: Site, index: Index) -> Followed | None:
    """What the catalogue has of this very journal, if anything."""
    followed = site.catalogue.followed.get(index.name)
    return followed if followed is not None and followed.journal is index.journal else None
