"""The buttons on a project's page: links to the pages that change something."""

from typing import Any

from mypi.model import Release
from mypi.web.frame import addresses
from mypi.web.pages import rights
from mypi.web.resources import OfProject, ReleaseDoor


class Buttons:
    """What the reader is offered; ``rights`` is all that it depends on, for the page's key.

    With several sources the first one's rights are shown: the pages that the buttons lead to look
    at the release itself.
    """

    def __init__(self, context: OfProject, request: Any) -> None:
        release = context.release if isinstance(context, ReleaseDoor) else None
        self.rights = rights.of(context, release)
        self._here = addresses.of_index(request, self.rights.held_by)
        self._name = context.found.project.name

    def of_release(self, release: Release) -> dict[str, Any]:
        """Promote to each index that is possible, and manage."""
        page = self._here.release(self._name, release.version)
        return {
            "promote": [(name, f"{page}+promote?into={name}") for name in self.rights.targets],
            "manage": f"{page}+manage" if self.rights.any else "",
        }

    def of_project(self) -> dict[str, Any]:
        """Manage a project that has no release."""
        page = self._here.project(self._name)
        return {"promote": [], "manage": f"{page}+manage" if self.rights.any else ""}
