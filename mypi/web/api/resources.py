"""The doorways of the API, ``/+api/v1/…``: which words and names follow which.

They hold names more than nouns: whether a release or a file exists is for the services to say.  No
doorway that has views is the base of another one that has: its views would answer there too.
"""

from typing import ClassVar

from mypi.model import Index, Project
from mypi.names import is_project_name
from mypi.permissions import PERMISSIONS
from mypi.web.resources import Door
from mypi.web.security import no_such_index

MAX_VERSION = 200
"""Characters; Python reads no number of more than 4,300 digits."""


class ApiDoor(Door):
    """A doorway that leads to those its words name.

    ``path`` is its address below ``/+api/v1``, with the names of its parts in braces.
    """

    path: ClassVar[str] = ""
    doors: ClassVar[dict[str, type["ApiDoor"]]] = {}

    def __getitem__(self, segment: str) -> "ApiDoor":
        return self.doors[segment](self, segment, self.index)


class Named(ApiDoor):
    """A doorway to one of several: ``__name__`` is the name or the id."""


class Collection(ApiDoor):
    """A doorway to things by name or id; ``each`` is the doorway to one."""

    each: ClassVar[type[ApiDoor]]

    def __getitem__(self, segment: str) -> ApiDoor:
        return self.each(self, segment, self.index)


class OfProject(ApiDoor):
    """A doorway to a project or a part of it, which may not exist; ``part`` is what it names."""

    part: ClassVar[str] = ""
    project = version = filename = user = ""

    def __init__(self, parent: Door, name: str, index: Index) -> None:
        super().__init__(parent, name, index)
        if isinstance(parent, OfProject):
            self.project, self.version = parent.project, parent.version
        if self.part:
            setattr(self, self.part, name)

    @property
    def holder(self) -> tuple[Index, Project | None]:
        """The index, and the project that it has itself: its bases' are changed through them."""
        return self.index, self.index.project(self.project)


class ApiFile(OfProject):
    """A file of a release."""

    path = "/indexes/{index}/projects/{project}/releases/{version}/files/{filename}"
    part = "filename"


class ApiFiles(OfProject):
    """The files of a release."""

    def __getitem__(self, segment: str) -> ApiFile:
        return ApiFile(self, segment, self.index)


class ApiRelease(OfProject):
    """A release of a project."""

    path = "/indexes/{index}/projects/{project}/releases/{version}"
    part = "version"
    doors = {"files": ApiFiles}


class ApiReleases(OfProject):
    """The releases of a project."""

    def __getitem__(self, segment: str) -> ApiRelease:
        if len(segment) > MAX_VERSION:
            raise KeyError(segment)
        return ApiRelease(self, segment, self.index)


class ApiOwner(OfProject):
    """An owner of a project."""

    path = "/indexes/{index}/projects/{project}/owners/{user}"
    part = "user"


class ApiOwners(OfProject):
    """The owners of a project."""

    def __getitem__(self, segment: str) -> ApiOwner:
        return ApiOwner(self, segment, self.index)


class ApiProject(OfProject):
    """A project."""

    path = "/indexes/{index}/projects/{project}"
    part = "project"
    doors = {"releases": ApiReleases, "owners": ApiOwners}


class ApiProjects(ApiDoor):
    """The projects of an index."""

    path = "/indexes/{index}/projects"

    def __getitem__(self, segment: str) -> ApiProject:
        if not is_project_name(segment):
            raise KeyError(segment)
        return ApiProject(self, segment, self.index)


class ApiPromotion(Named):
    """A promotion into an index."""

    path = "/indexes/{index}/promotions/{id}"


class ApiPromotions(Collection):
    """The promotions into an index."""

    path = "/indexes/{index}/promotions"
    each = ApiPromotion


class ApiTrashed(Named):
    """Something deleted from an index."""

    path = "/indexes/{index}/trash/{id}"


class ApiTrash(Collection):
    """The trash of an index."""

    path = "/indexes/{index}/trash"
    each = ApiTrashed


class ApiIndex(Named):
    """An index."""

    path = "/indexes/{index}"
    doors = {"projects": ApiProjects, "promotions": ApiPromotions, "trash": ApiTrash}


class ApiIndexes(ApiDoor):
    """All indexes.  One where the asker may do nothing is like one that does not exist."""

    path = "/indexes"

    def __getitem__(self, segment: str) -> ApiIndex:
        index = self.access.site.indexes.get(segment)
        if index is None or not any(self.access.may(it, index) for it in PERMISSIONS):
            raise no_such_index(self.access, segment)
        return ApiIndex(self, segment, index)


class ApiUser(Named):
    """A user."""

    path = "/users/{name}"


class ApiUsers(Collection):
    """All users."""

    path = "/users"
    each = ApiUser


class ApiGroup(Named):
    """A group, which may not exist yet."""

    path = "/groups/{name}"


class ApiGroups(Collection):
    """All groups."""

    path = "/groups"
    each = ApiGroup


class ApiToken(Named):
    """A token."""

    path = "/tokens/{id}"


class ApiTokens(Collection):
    """Tokens: one's own, or everybody's."""

    path = "/tokens"
    each = ApiToken


class ApiDeletedIndex(Named):
    """An index in the site's trash."""

    path = "/trash/{id}"


class ApiSiteTrash(Collection):
    """The site's trash: deleted indexes."""

    path = "/trash"
    each = ApiDeletedIndex


class ApiWebhook(Named):
    """A webhook."""

    path = "/webhooks/{id}"


class ApiWebhooks(Collection):
    """All webhooks."""

    path = "/webhooks"
    each = ApiWebhook


class ApiSite(ApiDoor):
    """``/+api/v1/``: the site."""

    doors = {
        "indexes": ApiIndexes,
        "users": ApiUsers,
        "groups": ApiGroups,
        "tokens": ApiTokens,
        "trash": ApiSiteTrash,
        "webhooks": ApiWebhooks,
    }


class ApiRoot(ApiDoor):
    """``/+api/``: leads to the one version there is."""

    doors = {"v1": ApiSite}
