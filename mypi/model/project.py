"""Projects and their releases."""

import zlib
from collections.abc import Iterator
from typing import Any

from BTrees.Length import Length
from BTrees.OOBTree import OOBTree
from packaging.utils import canonicalize_version
from persistent import Persistent

from mypi.metadata import Metadata
from mypi.model.docs import Docs
from mypi.model.file import File, Link


def release_key(version: str) -> str:
    """The key of a version: ``1.0``, ``1.0.0`` and ``v1`` are one release (PEP 440)."""
    return canonicalize_version(version)


class Text(Persistent):
    """A long text, packed, in a record of its own: reading what is around it does not load it."""

    def __init__(self, text: str) -> None:
        self._packed = zlib.compress(text.encode())

    @property
    def text(self) -> str:
        """The text."""
        return zlib.decompress(self._packed).decode()


class Release(Persistent):
    """One version of a project.

    ``fields`` holds core metadata under the names of ``packaging.metadata.RawMetadata``, without
    name, version and description.  ``files`` maps file name to File.
    """

    docs: Docs | None = None

    def __init__(self, metadata: Metadata, *, by: str, now: float) -> None:
        self.version = metadata.version
        self.created = now
        self.by = by
        self.files = OOBTree()
        self.describe(metadata)

    def describe(self, metadata: Metadata) -> None:
        """Take over ``metadata``; it replaces what was said before."""
        self.fields: dict[str, Any] = dict(metadata.fields)
        self.description = Text(metadata.description)


class Project(Persistent):
    """A project in one index.

    ``releases`` maps release key to Release.  ``links`` maps file name to a plain tuple
    (:class:`Link`): derived from the files, so that an installer's page costs a few buckets and not
    one load a file, and an upload rewrites one bucket whatever the project's size.  ``changes``
    counts changes; it resolves conflicts, and its ZODB serial stamps every cached page.
    ``documented`` are the keys of releases that have, or had, documentation.
    """

    status = "active"
    status_reason = ""
    owners: tuple[str, ...] = ()
    docs: Docs | None = None
    documented: tuple[str, ...] = ()

    def __init__(self, name: str) -> None:
        self.name = name
        self.releases = OOBTree()
        self.links = OOBTree()
        self.changes = Length()

    def release(self, version: str) -> Release | None:
        """The release of ``version`` in whatever spelling, or None."""
        return self.releases.get(release_key(version))

    def add_release(self, metadata: Metadata, *, by: str, now: float) -> Release:
        """Make the release that ``metadata`` describes; it must not exist yet."""
        release = Release(metadata, by=by, now=now)
        self.releases[release_key(metadata.version)] = release
        self.changes.change(1)
        return release

    def document(self, docs: Docs, release: Release | None = None) -> None:
        """Attach documentation to a release, or to the project as a whole."""
        if release is None:
            self.docs = docs
        else:
            release.docs = docs
            key = release_key(release.version)
            self.documented = tuple(dict.fromkeys((*self.documented, key)))
        self.changes.change(1)

    def file(self, filename: str) -> File | None:
        """The file of that name, or None."""
        link = self.links.get(filename)
        return None if link is None else self.releases[release_key(link[0])].files[filename]

    def put(self, release: Release, file: File, link: Link) -> None:
        """Add ``file``, or replace the one of the same name.

        The file goes in last: objects are stored in the order in which they were changed, so every
        conflict shows before a blob has been moved.
        """
        self.links[file.filename] = tuple(link)
        self.changes.change(1)
        release.files[file.filename] = file

    def drop(self, release: Release, filename: str) -> File:
        """Take a file out of its release and off the installer's page."""
        del self.links[filename]
        file: File = release.files.pop(filename)
        self.touch()
        return file

    def touch(self) -> None:
        """Write this record itself: an upload that relied on it conflicts instead of vanishing."""
        self._p_changed = True
        self.changes.change(1)

    def pages(self) -> Iterator[tuple[str, Link]]:
        """File names and links, by file name."""
        for filename, link in self.links.items():
            yield filename, Link(*link)
