"""An index: projects by normal name, its policy, its journal, what was deleted and promoted."""

from BTrees.Length import Length
from BTrees.OOBTree import OOBTree
from persistent import Persistent

from mypi.model.downloads import Downloads
from mypi.model.file import File, Link
from mypi.model.journal import Journal
from mypi.model.policy import IndexPolicy
from mypi.model.project import Project, Release
from mypi.names import normalise


class Index(Persistent):
    """A named set of projects.

    ``count`` is their number, and stamps the list of names; ``size`` is the bytes of their files.
    ``reserved`` maps the names of files that are gone to their SHA-256: on an index that is not
    volatile no other bytes may ever take them.  ``trash`` and ``promotions`` are by id;
    ``downloads`` counts.
    """

    def __init__(self, name: str, policy: IndexPolicy) -> None:
        self.name = name
        self.policy = policy
        self.projects = OOBTree()
        self.count = Length()
        self.size = Length()
        self.journal = Journal()
        self.reserved = OOBTree()
        self.trash = OOBTree()
        self.promotions = OOBTree()
        self.downloads = Downloads()

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

    def put(self, project: Project, release: Release, file: File, link: Link) -> None:
        """Add ``file`` to a release of a project of this index, or replace the one of its name."""
        replaced = release.files.get(file.filename)
        self.size.change(file.artifact.size - (replaced.artifact.size if replaced else 0))
        self.reserved.pop(file.filename, None)
        project.put(release, file, link)

    def drop(self, project: Project, release: Release, filename: str) -> File:
        """Take a file out; what else uploads into the project meanwhile conflicts."""
        file = project.drop(release, filename)
        self.size.change(-file.artifact.size)
        if not self.policy.volatile:
            self.reserved[filename] = file.artifact.sha256
        return file
