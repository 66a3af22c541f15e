"""An index: projects by normal name, its policy, its journal."""

from BTrees.Length import Length
from BTrees.OOBTree import OOBTree
from persistent import Persistent

from mypi.model.journal import Journal
from mypi.model.project import Project
from mypi.names import normalise


class IndexPolicy(Persistent):
    """What an index allows.  A record of its own, so that changing it does not touch the projects.

    ``bases`` are names of indexes, in the order in which they are asked.  On a ``volatile`` index a
    file may be replaced by other bytes.
    """

    def __init__(
        self, title: str = "", bases: tuple[str, ...] = (), volatile: bool = False
    ) -> None:
        self.title = title
        self.bases = bases
        self.volatile = volatile


class Index(Persistent):
    """A named set of projects; ``count`` is their number, and stamps the list of names."""

    def __init__(self, name: str, policy: IndexPolicy) -> None:
        self.name = name
        self.policy = policy
        self.projects = OOBTree()
        self.count = Length()
        self.journal = Journal()

    def project(self, name: str) -> Project | None:
        """The project of that name in any spelling, or None.  Bases are not asked."""
        return self.projects.get(normalise(name))

    def project_or_new(self, name: str) -> Project:
        """The project of that name; made, with this spelling as its display name, if need be."""
        project = self.project(name)
        if project is None:
            project = self.projects[normalise(name)] = Project(name)
            self.count.change(1)
        return project
