"""What there is to do until an export is here, in a fixed order, a little at a time."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from mypi.errors import Refused
from mypi.model import Index, Journal, Site
from mypi.model.arriving import Arriving
from mypi.model.project import release_key
from mypi.services.exporting import people
from mypi.services.exporting.format import DownloadsDocument
from mypi.services.exporting.reading import Export
from mypi.services.importing import nouns, sitewide
from mypi.services.importing.files import Files

LINES = 500
"""Of a journal, between two looks at the clock."""

COMMIT, GO_ON = True, False
"""What work asks for where it may be interrupted."""

Key = tuple[str, ...]
Work = Iterable[bool]
"""A part: it is interrupted only where it has gone on, and then begins anew with what is left."""
AT_ONCE: Work = ()


class Coming:
    """All that is to be done; ``done`` counts projects and things in the trash."""

    def __init__(self, site: Site, arriving: Arriving, export: Export, files: Files) -> None:
        self.done = 0
        self._site = site
        self._arriving = arriving
        self._export = export
        self._files = files

    def work(self) -> Iterator[bool]:
        """What has not been done yet."""
        for key, part in self._parts():
            if key > self._arriving.after:
                yield from part()
                self._arriving.after = key
                yield GO_ON
            self.done += key[2:3] in (("projects",), ("trash",))
        yield COMMIT  # webhooks know journals by their ids in the database
        told = self._export.site()
        sitewide.add_webhooks(self._arriving, told)
        bases = {
            name: self._export.index(self._export.root / "indexes" / name).policy.get("bases", [])
            for name in self._arriving.indexes
        }
        sitewide.settle(self._site, self._arriving, bases)

    def _parts(self) -> Iterator[tuple[Key, Callable[[], Work]]]:
        """Each part and its key; keys are sorted."""
        root = self._export.root
        indexes = [root / "indexes" / name for name in sorted(self._export.site().indexes)]
        for place in (*indexes, *self._export.folders(root / "trash")):
            at = (place.parent.name, place.name)
            yield at, partial(self._index, place)
            index = self._made(*at)
            yield (*at, "downloads"), partial(self._downloads, place, index)
            yield (*at, "journal"), partial(self._journal, place / people.JOURNAL, index.journal)
            for folder in self._export.folders(place / "projects"):
                yield (*at, "projects", folder.name), partial(self._project, folder, index)
            for folder in self._export.folders(place / "trash"):
                yield (*at, "trash", folder.name), partial(self._trashed, folder, index)
            yield (*at, "whole"), partial(self._whole, place, index)
        yield ("whole",), self._people

    def _made(self, kind: str, name: str) -> Index:
        it = self._arriving
        index: Index = it.indexes[name] if kind == "indexes" else it.trash[name].what
        return index

    def _index(self, place: Path) -> Work:
        told = self._export.index(place)
        it = sitewide.index(self._site, told)
        if place.parent.name == "indexes":
            if told.name != place.name:
                raise Refused(f"{place}: the index in it is called {told.name}.")
            self._arriving.indexes[it.name] = it
        else:
            it.policy.bases = tuple(told.policy.get("bases", ()))
            trashed = self._export.trashed(place)
            self._arriving.trash[trashed.id] = nouns.bare_trashed(trashed, it)
        return AT_ONCE

    def _downloads(self, place: Path, index: Index) -> Work:
        for name, told in self._export.documents(place / "downloads", DownloadsDocument):
            if name not in index.downloads.projects:
                sitewide.add_downloads(index.downloads, name, told)
                yield GO_ON

    def _journal(self, path: Path, journal: Journal) -> Work:
        known = len(journal)
        for number, told in enumerate(self._export.journal(path), 1):
            if number > known:
                journal.append(sitewide.entry(told))
                if number % LINES == 0:
                    yield GO_ON

    def _project(self, folder: Path, index: Index) -> Work:
        told = self._export.project(folder)
        it = index.projects.get(folder.name)
        if it is None:
            it = index.projects[folder.name] = nouns.project(told, folder, self._files)
            index.count.change(1)
        for each in told.releases:
            release = it.release(each.version)
            if release is None:
                release = nouns.release(each, it.name, folder, self._files)
                it.releases[release_key(each.version)] = release
            for file in each.files:
                if file.filename in it.links:
                    continue
                found = nouns.file(file, it.name, each.version, folder, self._files)
                if found is not None:
                    index.put(it, release, *found)
                yield GO_ON

    def _trashed(self, folder: Path, index: Index) -> Work:
        told = nouns.trashed(self._export.trashed(folder), folder, self._files)
        if told is not None:
            index.trash[told.id] = told
        return AT_ONCE

    def _whole(self, place: Path, index: Index) -> Work:
        sitewide.fill_index(index, self._export.index(place))
        return AT_ONCE

    def _people(self) -> Work:
        yield from self._journal(self._export.root / people.JOURNAL, self._arriving.journal)
        for path in self._export.former():
            if path.stem not in self._arriving.former:
                self._arriving.former[path.stem] = Journal()
            yield from self._journal(path, self._arriving.former[path.stem])
        sitewide.add_people(self._arriving, self._export.site())
