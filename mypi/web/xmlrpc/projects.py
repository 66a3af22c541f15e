"""Methods about projects: which there are, and whose they are."""

import orjson

from mypi.names import normalise
from mypi.services import lookup, recent, serials
from mypi.web.xmlrpc.asking import Asked

_Roles = list[tuple[str, str]]


def list_packages(asked: Asked) -> list[str]:
    """The normal names of all projects."""
    return lookup.names(asked.access, asked.index)


def list_packages_with_serial(asked: Asked) -> dict[str, int]:
    """The normal name of each project, and the serial of its last change."""
    return serials.of_all(asked.access.site, asked.index)


def package_roles(asked: Asked, name: str) -> _Roles:
    """Pairs of a role and a user."""
    found = asked.project(name)
    return [("Owner", user) for user in found.project.owners] if found is not None else []


def user_packages(asked: Asked, user: str) -> _Roles:
    """Pairs of a role and a project."""
    stamp = recent.stamp(asked.access, asked.index)
    owned = asked.bodies.get(("owned", stamp), lambda: orjson.dumps(_owned(asked)))
    return [("Owner", name) for name in orjson.loads(owned).get(user, ())]


def package_hosting_mode(asked: Asked, name: str) -> str:
    """Where a project's files are: here."""
    return "pypi-only"


def _owned(asked: Asked) -> dict[str, list[str]]:
    """User -> projects.  Looks at every project, so it is kept for as long as nothing happens."""
    owned: dict[str, set[str]] = {}
    for current in lookup.path(asked.access, asked.index):
        for project in current.projects.values():
            found = asked.project(project.name) if project.owners else None
            if found is not None and found.project is project:
                for user in project.owners:
                    owned.setdefault(user, set()).add(project.name)
    return {user: sorted(names, key=normalise) for user, names in owned.items()}


METHODS = (
    list_packages,
    list_packages_with_serial,
    package_roles,
    user_packages,
    package_hosting_mode,
)
