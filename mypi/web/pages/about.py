"""What a release says of itself, for the column beside its README: links lead to searches."""

from collections.abc import Callable
from typing import Any, NamedTuple

from mypi.model import Release
from mypi.names import normalise
from mypi.services import lookup
from mypi.web.frame import queries
from mypi.web.frame.addresses import Addresses
from mypi.web.pages import pythons, said, tabs
from mypi.web.resources import OfProject


class Person(NamedTuple):
    """An author or maintainer, and the search for what else is theirs."""

    name: str
    mail: str
    search: str


def values(context: OfProject, release: Release, here: Addresses) -> dict[str, Any]:
    """The release's metadata as the template shows it."""
    fields = release.fields
    requires = fields.get("requires_python") or ""
    return {
        "summary": " ".join((fields.get("summary") or "").split())[:500],
        "requires_python": requires,
        "python_words": pythons.in_words(requires),
        "licence": said.licence(fields),
        "people": [
            Person(*it, here.search(queries.author(it.name or it.mail)))
            for it in said.people(fields)
        ],
        "links": said.links(fields),
        "keywords": [(it, here.search(queries.keyword(it))) for it in said.keywords(fields)],
        "extras": said.extras(fields),
        "classifiers": [
            (head, [(it.words, here.search(queries.classifier(it.line))) for it in listed])
            for head, listed in said.classifiers(fields)
        ],
        "dependencies": said.dependencies(fields, _here_only(context, here)),
        "all_dependencies": tabs.dependencies(here, context.found.project.name, release.version),
    }


def _here_only(context: OfProject, here: Addresses) -> Callable[[str], str]:
    """Gives the page of a project, or nothing when it is not here."""
    indexes = lookup.path(context.access, context.index)

    def address(name: str) -> str:
        normal = normalise(name)
        return here.project(name) if any(normal in index.projects for index in indexes) else ""

    return address
