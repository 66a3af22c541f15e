"""Permissions on what a body or a query names, besides the doorway's own."""

from typing import Any

from pyramid.httpexceptions import HTTPForbidden

from mypi.errors import Missing
from mypi.model import Index, Project
from mypi.services.access import ADMINISTER, Access
from mypi.web.security import LIMITED, demand, refusal


def demand_administer(request: Any) -> None:
    """Only who may change the site goes on; raises HTTPForbidden."""
    if not request.access.may_administer():
        raise refusal(request.access, ADMINISTER)


def readable(access: Access, name: str) -> Index:
    """The index of that name; raises Missing alike if it does not exist or may not be read."""
    index = access.index(name)
    if index is None:
        raise Missing(f"There is no index {name[:80]!r}.")
    return index


def demand_project(
    request: Any, permission: str, index: Index, name: str, project: Project | None
) -> None:
    """A permission on a project that an id stands for; it may be gone, then its ``name`` counts.

    Raises HTTPForbidden.
    """
    access = request.access
    if not access.identity.scope.allows(permission, index.name, name):
        raise HTTPForbidden(result=LIMITED)
    demand(request, permission, index, project)
