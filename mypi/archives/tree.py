"""The members of an archive as a tree, of which a page shows one folder at a time."""

from collections.abc import Iterable
from typing import NamedTuple

from mypi.archives.reading import Entry

MAX_DEPTH = 6
"""Levels below the folder that is shown; names may have hundreds."""

_NEARLY_ALL = 0.8


class Branch(NamedTuple):
    """A folder with all that is in it, or a file.

    ``path`` ends in a slash for a folder; ``depth`` counts from 0; ``size`` is bytes, unpacked;
    ``files`` is their number below a folder.  ``is_open``: what is in it follows.
    """

    path: str
    name: str
    depth: int
    size: int
    files: int
    leads_to: str = ""
    is_open: bool = False

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder."""
        return self.path.endswith("/")


def branches(entries: Iterable[Entry], folder: str, room: int) -> list[Branch]:
    """What is in ``folder`` (which ends in a slash, or is empty), folders first.

    Folders are opened level by level, for as long as at most ``room`` lines come of it.
    """
    grown = _grown(entries, folder)
    level = 1
    while level < MAX_DEPTH and sum(it.depth <= level for it in grown.values()) <= room:
        level += 1
    kept = [it for it in grown.values() if it.depth < level]
    kept.sort(key=lambda it: _order(it, folder))
    parents = {it.path.rstrip("/").rpartition("/")[0] + "/" for it in kept}
    return [it._replace(is_open=it.is_folder and it.path in parents) for it in kept]


def biggest(shown: Iterable[Branch], most: int) -> list[Branch]:
    """The largest files and folders, but no folder of which one branch is nearly all."""
    listed = list(shown)
    largest: dict[str, int] = {}  # folder -> size of the largest branch that is shown of it
    for it in listed:
        parent = it.path.rstrip("/").rpartition("/")[0] + "/"
        largest[parent] = max(largest.get(parent, 0), it.size)
    kept = [it for it in listed if it.size and largest.get(it.path, 0) < _NEARLY_ALL * it.size]
    return sorted(kept, key=lambda it: -it.size)[:most]


def _grown(entries: Iterable[Entry], folder: str) -> dict[str, Branch]:
    """Path -> branch, down to the depth limit."""
    sums: dict[str, list[int]] = {}  # path -> depth, size, files; tuples would cost four times that
    links: dict[str, str] = {}
    for name, size, leads_to, *_rest in entries:
        if not name.startswith(folder) or name == folder:
            continue
        parts = name[len(folder) :].rstrip("/").split("/", MAX_DEPTH)
        is_file = not name.endswith("/")
        last, path = len(parts) - 1, folder
        for depth, part in enumerate(parts[:MAX_DEPTH]):
            path += part if depth == last and is_file else part + "/"
            known = sums.get(path)
            if known is None:
                sums[path] = [depth, size, int(is_file)]
            else:
                known[1] += size
                known[2] += is_file
        if leads_to:
            links[name] = leads_to
    return {
        path: Branch(
            path, path.rstrip("/").rpartition("/")[2], depth, size, files, links.get(path, "")
        )
        for path, (depth, size, files) in sums.items()
    }


def _order(it: Branch, folder: str) -> tuple[tuple[bool, str], ...]:
    parts = it.path[len(folder) :].rstrip("/").split("/")
    last = len(parts) - 1
    return tuple((n == last and not it.is_folder, part) for n, part in enumerate(parts))
