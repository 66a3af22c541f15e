"""The site: what this is, who asks, the description of the API, and packing."""

from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from msgspec import Meta

from mypi.model.packing import pack as pack_database
from mypi.services import maintenance
from mypi.web.api import openapi
from mypi.web.api.operations import ANYBODY, OPERATIONS, operation
from mypi.web.api.resources import ApiSite
from mypi.web.api.wire import Answer, Asked, Size
from mypi.web.watching import takes_long


class SiteAnswer(Answer):
    """This server; ``links`` are paths."""

    name: str
    title: str
    version: str
    open: Annotated[bool, Meta(description="Nobody has to log in.")]
    links: dict[str, str]


class ScopeAnswer(Answer):
    """What a token is limited to; empty lists limit nothing."""

    indexes: tuple[str, ...]
    projects: tuple[str, ...]
    permissions: tuple[str, ...]


class Whoami(Answer):
    """Who asks; an empty name is who has not logged in."""

    name: str
    groups: list[str]
    open: bool
    admin: Annotated[bool, Meta(description="May change the site itself.")]
    scope: ScopeAnswer


class Packing(Asked):
    """How much history is to be kept."""

    days: Annotated[
        int, Meta(ge=0, le=36_500, description="What went less than so many days ago stays.")
    ] = 0


class Packed(Answer):
    """Bytes of the data folder before and after."""

    before: Size
    after: Size


@operation("GET", ApiSite, permission=ANYBODY, answer=SiteAnswer, summary="Say what this is.")
def show_site(context: ApiSite, request: Any) -> SiteAnswer:
    """Name and version of the server, and where things are."""
    here = _address(request)
    return SiteAnswer(
        name="mypi",
        title=request.registry.mypi.title,
        version=version("mypi"),
        open=context.access.is_open,
        links={
            word: f"{here}/{word}" for word in ("openapi.json", "whoami", *context.doors, "log")
        },
    )


@operation(
    "GET",
    ApiSite,
    "openapi.json",
    permission=ANYBODY,
    answer=dict,
    summary="Describe the API.",
)
def show_openapi(context: ApiSite, request: Any) -> dict[str, Any]:
    """This description, as OpenAPI 3.1."""
    return openapi.document(OPERATIONS, _address(request))


@operation("GET", ApiSite, "whoami", permission=ANYBODY, answer=Whoami, summary="Say who asks.")
def whoami(context: ApiSite, request: Any) -> Whoami:
    """The name that belongs to the login that came, its groups, and what its token may do."""
    access = context.access
    identity = access.identity
    scope = identity.scope
    return Whoami(
        name=identity.name,
        groups=sorted(identity.groups),
        open=access.is_open,
        admin=access.may_administer(),
        scope=ScopeAnswer(scope.indexes, scope.projects, scope.permissions),
    )


@operation(
    "POST",
    ApiSite,
    "pack",
    permission="administer",
    body=Packing,
    answer=Packed,
    summary="Give the disk back what was deleted for good.",
)
def pack(context: ApiSite, request: Any, body: Packing) -> Packed:
    """Write the database anew without what nothing refers to, and remove such archives.

    Reading and publishing go on meanwhile.  409 while another pack runs.
    """
    takes_long(request)
    registry = request.registry
    packed = Packed(*pack_database(registry.database, registry.blob_folder, body.days))
    maintenance.note(Path(registry.mypi.data), maintenance.PACK)
    return packed


def _address(request: Any) -> str:
    return quote(request.environ.get("SCRIPT_NAME", "")).rstrip("/") + "/+api/v1"
