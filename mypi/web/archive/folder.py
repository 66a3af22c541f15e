"""A folder of an archive, as plain values for the template."""

from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import quote

from mypi.archives import reading
from mypi.archives.reading import Directory
from mypi.archives.tree import Branch, biggest, branches
from mypi.errors import Refused
from mypi.sizes import size_in_words
from mypi.web.frame.addresses import Addresses
from mypi.web.frame.words import plural
from mypi.web.resources import FilePage

ROOM = 400
"""Lines up to which folders are shown with what is in them."""

PER_PAGE = 1000
MOST = 6
"""Branches named as the biggest ones."""


class Row(NamedTuple):
    """A line of the tree; ``holds`` is how many files are in a closed folder, in words."""

    name: str
    address: str
    depth: int
    size: str
    holds: str
    leads_to: str


class Big(NamedTuple):
    """A large branch; ``share`` is percent of the folder, rounded."""

    path: str
    address: str
    size: str
    share: int


def values(
    context: FilePage, here: Addresses, found: Directory, path: str, number: int
) -> dict[str, Any]:
    """What the template shows of a folder; ``path`` is empty, or ends in a slash."""
    shown = branches(found.entries, path, ROOM)
    tops = [it for it in shown if it.depth == 0]
    total = sum(it.size for it in tops)
    last = max(1, -(-len(shown) // PER_PAGE))
    page = here.contents(context.found.project.name, context.release.version, context.file.filename)
    address = page + quote(path)
    return {
        "folder": path.rstrip("/"),
        "trouble": found.trouble,
        "is_waiting": not found.lasting,
        "total": size_in_words(total),
        "packed": size_in_words(context.file.artifact.size),
        "files": plural(sum(it.files for it in tops), "file"),
        "rows": [_row(it, page) for it in shown[(number - 1) * PER_PAGE : number * PER_PAGE]],
        "biggest": [
            Big(
                it.path[len(path) :].rstrip("/"),
                page + quote(it.path),
                size_in_words(it.size),
                round(100 * it.size / total),
            )
            for it in biggest(shown, MOST)
        ]
        if len(shown) > MOST
        else [],
        "newer": f"{address}?page={number - 1}" if number > 1 else "",
        "older": f"{address}?page={number + 1}" if number < last else "",
        "number": number,
        "last": last,
    }


def page_number(request: Any) -> int:
    """The page that is asked for, from 1; raises Refused."""
    text = request.GET.get("page", "1")
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= 10_000:
        raise Refused(f"page: {text[:20]!r} is no number of a page; they begin with 1.")
    return int(text)


def telling(filenames: Iterable[str]) -> str:
    """The archive that tells most: a source archive, else a wheel for every platform, else any."""
    names = [name for name in filenames if reading.is_archive(name)]
    for wanted in (".tar.gz", ".zip", ".tgz", ".tar.bz2", "-none-any.whl", ""):
        found = next((name for name in names if name.endswith(wanted)), "")
        if found:
            return found
    return ""


def _row(it: Branch, page: str) -> Row:
    holds = plural(it.files, "file") if it.is_folder and not it.is_open else ""
    label = it.name + ("/" if it.is_folder else "")
    return Row(label, page + quote(it.path), it.depth, size_in_words(it.size), holds, it.leads_to)
