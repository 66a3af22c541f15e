"""The sub-navigation of a project: each tab is a page of its own."""

from typing import NamedTuple

from mypi.model import Release
from mypi.services import docsites
from mypi.services.versions import Candidate
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import number
from mypi.web.pages import releases
from mypi.web.pages.figures import Figures
from mypi.web.resources import OfProject

OVERVIEW, DEPENDENCIES, USED_BY, HISTORY = "Overview", "Dependencies", "Used by", "History"
DOCS = "Docs"


class Tab(NamedTuple):
    """A link of the sub-navigation; ``size`` is a number in words, or nothing."""

    label: str
    address: str
    size: str = ""
    current: bool = False


def of(
    context: OfProject,
    here: Addresses,
    release: Release,
    known: list[Candidate],
    *,
    current: str,
    figure: Figures,
    manage: str,
) -> list[Tab]:
    """The tabs, as seen from ``release``, one of the ``known`` releases."""
    name, version = context.found.project.name, release.version
    page = here.release(name, version)
    entry = next((it for it in known if it.version == version), None)
    needs = len(release.fields.get("requires_dist") or ())
    tabs = [
        Tab(OVERVIEW, page),
        Tab("Files", f"{page}#files", number(entry.files if entry else 0)),
        Tab(DEPENDENCIES, dependencies(here, name, version), number(needs)),
        Tab(USED_BY, here.used_by(name), number(figure.used_by)),
        Tab(HISTORY, here.history(name), number(len(known))),
    ]
    filename = telling(release)
    if filename:
        tabs.append(Tab("Contents", here.contents(name, version, filename)))
    other = releases.before(known, version)
    if other:
        tabs.append(Tab("Changes", here.comparison(name, version, other)))
    if release.docs is not None:
        tabs.append(Tab(DOCS, here.docs_reading(name, version)))
    elif docsites.has_docs(context.found):
        tabs.append(Tab(DOCS, here.docs_reading(name)))
    tabs.append(Tab("Statistics", here.statistics(name)))
    if manage:
        tabs.append(Tab("Manage", manage))
    return [tab._replace(current=tab.label == current) for tab in tabs]


def dependencies(here: Addresses, name: str, version: str) -> str:
    """The page of what a release needs."""
    return here.release(name, version) + "+dependencies"


def telling(release: Release) -> str:
    """The file that tells most of what is inside: a wheel, else a source archive."""
    names = list(release.files)
    wheels = [name for name in names if name.endswith(".whl")]
    pure = [name for name in wheels if name.endswith("-none-any.whl")]
    sources = [name for name in names if name.endswith((".tar.gz", ".zip", ".tgz", ".tar.bz2"))]
    return next(iter((*pure, *wheels, *sources)), "")
