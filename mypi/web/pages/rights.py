"""What the reader of a page may do to the project on it: which buttons are shown, and where to."""

from collections.abc import Iterator
from typing import NamedTuple

from mypi.errors import Missing
from mypi.model import Index, Project, Release
from mypi.services import lookup
from mypi.services.access import Access
from mypi.services.lookup import Source
from mypi.web.resources import OfProject


class Rights(NamedTuple):
    """What the reader may do where the release really is: in ``held_by``.

    ``targets`` names the indexes that it may be promoted into.
    """

    held_by: str
    targets: tuple[str, ...]
    yank: bool
    delete: bool
    manage: bool

    @property
    def any(self) -> bool:
        """Whether there is anything to do at all."""
        return bool(self.targets) or self.yank or self.delete or self.manage


def of(context: OfProject, release: Release | None = None) -> Rights:
    """The rights to a release, or to the whole project; of a merging index that of its owner."""
    index, project = holder(context, release)
    access = context.access
    return Rights(
        index.name,
        tuple(_targets(access, index, project)),
        access.may("yank", index, project),
        access.may("delete", index, project),
        access.may("manage", index, project),
    )


def holder(context: OfProject, release: Release | None = None) -> Source:
    """The index that has the release, and the project there."""
    for index, project in context.found.sources:
        if release is not None and project.release(release.version) is release:
            return index, project
    return context.found.sources[0]


def check_own(context: OfProject) -> tuple[Index, Project]:
    """The project, if the index that the address names has it itself; raises Missing."""
    index, project = context.found.sources[0]
    if index is not context.index:
        raise Missing(f"{project.name} is in the index {index.name}; change it there.")
    return index, project


def _targets(access: Access, source: Index, project: Project) -> Iterator[str]:
    """Not those that stand on the source: they show its projects already."""
    for target in access.indexes():
        if access.may("promote", target, project) and source not in lookup.path(access, target):
            yield target.name
