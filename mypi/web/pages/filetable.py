"""The files of a release as a page lists them."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from mypi.errors import Missing, Refused
from mypi.filenames import DistributionName, parse, tags_in_words
from mypi.model import Link, Release
from mypi.services import lookup
from mypi.services.lookup import Listed
from mypi.sizes import size_in_words
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import Moment, moment, number
from mypi.web.pages import figures
from mypi.web.resources import OfProject

MAX_FILES = 1000
"""Files of one release that its page lists."""

KINDS = {
    "sdist": "Source",
    "bdist_wheel": "Wheel",
    "bdist_egg": "Egg",
    "bdist_wininst": "Windows installer",
    "bdist_msi": "Windows installer",
    "bdist_rpm": "RPM",
    "bdist_dumb": "Binary",
}


class FileRow(NamedTuple):
    """One file of the release; ``metadata`` is the address of its ``.metadata``, if offered.

    ``page`` is about the file, ``address`` its bytes; ``by`` is who published it.
    ``downloads`` are those of 30 days.
    """

    filename: str
    page: str
    address: str
    kind: str
    tags: str
    size: str
    sha256: str
    when: Moment
    by: str
    yanked: str | None
    metadata: str
    attested: bool
    bytes: int
    downloads: str


def rows(context: OfProject, release: Release, here: Addresses, today: date) -> list[FileRow]:
    """The files of ``release``, source archives first."""
    found = context.found
    listed = [it for it in found.links() if it.link.version == release.version]
    fetched = figures.of_files(context)
    shown = [_row(context, release, it, here, today, fetched) for it in listed]
    return sorted(shown, key=lambda row: (row.kind != "Source", row.filename))


def named(filename: str) -> DistributionName | None:
    """What a file name says; None if it says nothing."""
    try:
        return parse(filename)
    except Refused:
        return None


def _row(
    context: OfProject,
    release: Release,
    it: Listed,
    here: Addresses,
    today: date,
    fetched: Mapping[tuple[str, str], int],
) -> FileRow:
    name = context.found.project.name
    address = here.file(it.held_by, name, it.filename)
    kind, tags = _kind(it.filename)
    link: Link = it.link
    return FileRow(
        it.filename,
        here.file_page(name, release.version, it.filename),
        address,
        kind,
        tags,
        size_in_words(link.size),
        link.sha256,
        moment(link.uploaded, today),
        _by(context, release, it),
        link.yanked,
        address + ".metadata" if link.metadata_sha256 else "",
        link.attested,
        link.size,
        number(fetched.get((it.held_by, it.filename), 0)),
    )


def _by(context: OfProject, release: Release, it: Listed) -> str:
    file = release.files.get(it.filename)
    if file is None:  # an index that merges shows files of other sources, too
        try:
            index = context.access.site.indexes[it.held_by]
            file = lookup.file(index, context.found.project.name, it.filename)[0]
        except Missing:
            return ""
    by: str = file.by
    return by


def _kind(filename: str) -> tuple[str, str]:
    name = named(filename)
    if name is None:
        return "File", ""
    kind = KINDS.get(name.kind, "File")
    if name.tags:
        return kind, tags_in_words(name.tags)
    return kind, "" if name.kind == "sdist" else name.python_tag
