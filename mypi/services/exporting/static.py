"""Write the pages that installers read, and their archives, for any web server to serve.

The addresses are those of the server: ``simple/``, ``+INDEX/simple/`` and ``packages/``.  Archives
come before the pages that name them and go after them, so a tree can be served while it is brought
up to date.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from urllib.parse import quote

import orjson

from mypi.errors import Missing, Refused
from mypi.model import File, Index, Link, Site
from mypi.names import normalise
from mypi.services import attestations, lookup, serials, simplepages
from mypi.services.access import Access, full_access
from mypi.services.exporting.folder import Folder
from mypi.services.exporting.neutral import original
from mypi.services.exporting.stepping import Key, Kind
from mypi.services.lookup import Found, Listed
from mypi.services.simplepages import Offered

HTML = "index.html"
JSON = "index.v1_json"
"""What bandersnatch calls the other form; a web server has to be told to serve it."""

_ADDRESS = re.compile(r"https?://[^/\s\"'<>?#\\][^\s\"'<>?#\\]*", re.ASCII)

PACKAGES = "packages"
INTEGRITY = "integrity"


def kind(indexes: Sequence[str], *, default: str, url: str) -> Kind:
    """Static pages of these indexes; ``default`` is the one at the root.

    ``url`` is where the tree will be: attestations need it, and are left out without one.  Raises
    Refused when it is no address.
    """
    if url and not _ADDRESS.fullmatch(url):
        raise Refused(f"url: {url[:200]!r} is no address such as https://packages.example/.")
    return Kind("mypi-static", 0o755, partial(_parts, Tree(indexes, default, url)))


class Tree:
    """Where things are in the tree."""

    def __init__(self, indexes: Sequence[str], default: str, url: str) -> None:
        self.indexes = indexes
        self.default = default
        self.url = url.rstrip("/")

    def top(self, index: Index) -> tuple[str, ...]:
        """The folder that has the pages of an index."""
        return ("simple",) if index.name == self.default else ("+" + index.name, "simple")

    def page(self, index: Index, found: Found) -> "Page":
        """The page of a project."""
        top = self.top(index)
        up = "../" * (len(top) + 1)
        return Page((*top, normalise(found.project.name)), up, self.url)


def _parts(
    tree: Tree, site: Site, folder: Folder, after: Key
) -> Iterator[tuple[Key, Callable[[], None]]]:
    access = full_access(site)
    indexes = [_index(site, name) for name in tree.indexes]
    names = sorted(set().union(*(lookup.names(access, index) for index in indexes)))
    for name in names:
        key = ("projects", name, "", "")
        if key > after:
            yield key, partial(_write_project, tree, folder, access, indexes, name)
    end = ("whole", "", "", "")
    if after < end:
        yield end, partial(_write_lists, tree, folder, access, indexes, names)


def _index(site: Site, name: str) -> Index:
    if name not in site.indexes:
        raise Missing(f"There is no index {name[:80]}.")
    index: Index = site.indexes[name]
    return index


class Page:
    """The page of one project in one index: its folder, and how links lead from there."""

    def __init__(self, here: tuple[str, ...], up: str, url: str) -> None:
        self.here = here
        self.up = up
        self.url = url

    def offered(self, found: Found, listed: Listed) -> Offered:
        """A file with its address."""
        normal, name = normalise(found.project.name), quote(listed.filename)
        provenance = ""
        if listed.link.attested and self.url:
            version = quote(listed.link.version)
            provenance = f"{self.url}/{INTEGRITY}/{normal}/{version}/{name}/provenance"
        address = f"{self.up}{PACKAGES}/{listed.held_by}/{normal}/{name}"
        return Offered(listed.filename, address, listed.link, provenance)


def _write_project(
    tree: Tree, folder: Folder, access: Access, indexes: Sequence[Index], name: str
) -> None:
    kept: dict[str, set[str]] = {}
    attested: dict[str, set[str]] = {}
    for index in indexes:
        found = lookup.find(access, index, name)
        if found is None:
            folder.keep(folder.path(*tree.top(index), name), ())
            continue
        page = tree.page(index, found)
        files = []
        for listed in found.links():
            held = _write_file(folder, access, name, listed)
            kept.setdefault(listed.held_by, set()).update(held)
            files.append(page.offered(found, listed))
            if files[-1].provenance:
                attested.setdefault(listed.link.version, set()).add(listed.filename)
                _write_provenance(folder, access, name, listed)
        folder.put(folder.path(*page.here, HTML), simplepages.html(found, files))
        folder.put(folder.path(*page.here, JSON), simplepages.json(found, files, 0))
    for held_by in access.site.indexes:
        folder.keep(folder.path(PACKAGES, held_by, name), kept.get(held_by, ()))
    folder.keep(folder.path(INTEGRITY, name), attested)
    for version, filenames in attested.items():
        folder.keep(folder.path(INTEGRITY, name, version), filenames)


def _write_file(folder: Folder, access: Access, name: str, listed: Listed) -> set[str]:
    """The archive and what lies beside it; the names that were written."""
    file, link = _file(access, name, listed)
    here = (PACKAGES, listed.held_by, name)
    folder.take(folder.path(*here, file.filename), original(file))
    kept = {file.filename}
    for suffix, raw in _beside(file, link):
        folder.put(folder.path(*here, file.filename + suffix), raw)
        kept.add(file.filename + suffix)
    return kept


def _write_provenance(folder: Folder, access: Access, name: str, listed: Listed) -> None:
    file, link = _file(access, name, listed)
    if file.provenance is not None:
        path = folder.path(INTEGRITY, name, link.version, file.filename, "provenance")
        folder.put(path, orjson.dumps(attestations.public(file.provenance)))


def _file(access: Access, name: str, listed: Listed) -> tuple[File, Link]:
    return lookup.file(access.site.indexes[listed.held_by], name, listed.filename)


def _beside(file: File, link: Link) -> Iterator[tuple[str, bytes]]:
    if link.metadata_sha256 and file.artifact.metadata is not None:
        yield ".metadata", file.artifact.metadata.raw
    if file.signature is not None:
        yield ".asc", file.signature


def _write_lists(
    tree: Tree, folder: Folder, access: Access, indexes: Sequence[Index], names: Sequence[str]
) -> None:
    tops = set()
    for index in indexes:
        top = tree.top(index)
        tops.add(top[0])
        shown = serials.of_shown(access, index)
        raw = simplepages.json_list(shown, serials.last(index))
        folder.put(folder.path(*top, JSON), raw)
        folder.put(folder.path(*top, HTML), simplepages.html_list(list(shown)))
        folder.keep(folder.path(*top), [*shown, HTML, JSON])
    # Whoever serves the tree may have put other files beside these.
    ours = {it.name for it in folder.root.iterdir() if it.name[0] == "+" or it.name == "simple"}
    others = {it.name for it in folder.root.iterdir()} - ours
    folder.keep(folder.root, others | tops)
    for held_by in access.site.indexes:
        folder.keep(folder.path(PACKAGES, held_by), names)
    folder.keep(folder.path(PACKAGES), access.site.indexes)
    folder.keep(folder.path(INTEGRITY), names)
