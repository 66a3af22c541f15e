"""Export for some seconds at a time: while the index serves, and from one moment to its end.

A request does a step and says where the next one goes on; nothing is kept between them but the
folder itself.
"""

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal, NamedTuple

import transaction
from ZODB.DB import DB
from ZODB.POSException import POSKeyError, ReadConflictError
from ZODB.utils import z64

from mypi.errors import Conflict, Refused
from mypi.model import Site
from mypi.model.copying import keeps_history
from mypi.model.site import ROOT_KEY
from mypi.services.exporting.encoding import Document, parse, pretty
from mypi.services.exporting.folder import Folder, Problem, locked
from mypi.services.exporting.format import VERSION, Mark

Key = tuple[str, str, str, str]
"""Where in an export; keys are sorted."""

START: Key = ("", "", "", "")
Parts = Callable[[Site, Folder, Key], Iterator[tuple[Key, Callable[[], None]]]]
"""What is to be done after a key: keys, and what does each part."""


@dataclass(frozen=True)
class Kind:
    """What is exported: the name of the format, the mode of a new folder, and the parts.

    ``secrets`` are among them.
    """

    format: Literal["mypi-export", "mypi-static"]
    mode: int
    parts: Parts
    secrets: bool = False

    @property
    def mark(self) -> str:
        """The file that tells what the folder is."""
        return f"{self.format}.json"


class Exported(NamedTuple):
    """What one step did; ``next`` is empty when all is done.

    ``parts`` are projects and the like; ``files`` were written, with ``bytes``, and ``removed``
    those that are not in the index any more.
    """

    parts: int
    files: int
    bytes: int
    removed: int
    problems: list[Problem]
    until: str
    next: str


def newest(database: DB) -> str:
    """The last transaction: what an export that begins now shows."""
    connection = database.open(transaction.TransactionManager())  # it looks what others committed
    try:
        last: bytes = connection._storage.lastTransaction()
    finally:
        connection.close()
    return last.hex()


def step(
    database: DB,
    root: Path,
    kind: Kind,
    *,
    until: str,
    after: str,
    seconds: float,
    deep: bool,
) -> Exported:
    """Export into ``root`` for about ``seconds``, as of ``until``; go on with ``after`` = next.

    Raises Refused when the folder is no place for it, and Conflict when another export runs there,
    or packing took what is needed.
    """
    start, last = _key(after), ""
    with locked(root, kind.mark, kind.mode), _at(database, until) as site:
        folder = Folder(root, deep=deep)
        mark = _mark(site, until, kind)
        _check_mark(folder, kind, mark, begins=start == START)
        deadline = time.monotonic() + seconds
        done = 0
        for key, part in kind.parts(site, folder, start):
            part()
            done += 1
            if time.monotonic() > deadline:
                last = "/".join(key)
                break
        else:
            mark.complete = True
            folder.put(root / kind.mark, pretty(mark))
        counts = (folder.files, folder.bytes, folder.removed, folder.problems)
        return Exported(done, *counts, until, last)


@contextmanager
def _at(database: DB, until: str) -> Iterator[Site]:
    """The site as it was after the transaction ``until``, for reading."""
    tid = _transaction(until)
    if tid > bytes.fromhex(newest(database)):
        raise Refused(f"until: {until} is no transaction of this index.")
    manager = transaction.TransactionManager()
    at = tid if keeps_history(database.storage) else None
    connection = database.open(manager, at=at)
    try:
        yield connection.root()[ROOT_KEY]
    except (POSKeyError, ReadConflictError):
        raise Conflict("The database was packed meanwhile; begin the export again.") from None
    finally:
        manager.abort()
        connection.close()


def _mark(site: Site, until: str, kind: Kind) -> Mark:
    of = hashlib.blake2b(site.secret, digest_size=8, person=b"mypi export").hexdigest()
    return Mark(
        format=kind.format,
        version=VERSION,
        of=of,
        mypi=version("mypi"),
        transaction=until,
        complete=False,
        secrets=kind.secrets,
    )


def _check_mark(folder: Folder, kind: Kind, mark: Mark, *, begins: bool) -> None:
    """Write the mark at the beginning; later on see that no other export has begun meanwhile."""
    path = folder.root / kind.mark
    found = read_mark(path) if path.exists() else None
    if found is not None and found.of != mark.of:
        raise Refused(f"{folder.root} is the export of another index.")
    if begins:
        folder.put(path, pretty(mark))
    elif found is None or found.transaction != mark.transaction or found.complete:
        raise Conflict(f"Another export to {folder.root} has begun meanwhile.")


def read_mark(path: Path) -> Mark:
    """What a folder's mark says; raises Refused when it is none that is understood here."""
    try:
        raw = path.read_bytes()
        found = parse(raw, _Version)
        if found.version > VERSION:
            raise Refused(
                f"{path.parent} was exported by mypi {found.mypi[:40]}, in version {found.version} "
                f"of the format; this one knows versions up to {VERSION}. Install a newer mypi."
            )
        return parse(raw, Mark)
    except FileNotFoundError:
        raise Refused(f"{path.parent} is no export: there is no {path.name}.") from None
    except (OSError, ValueError) as error:
        raise Refused(f"{path} cannot be read: {error}.") from None


class _Version(Document, forbid_unknown_fields=False):
    version: int
    mypi: str = ""


def _key(after: str) -> Key:
    words = tuple(after.split("/")) if after else START
    if len(words) != len(START):
        raise Refused(f"after: {after[:80]!r} is no place in an export; leave it out to begin.")
    return words  # type: ignore[return-value]


def _transaction(until: str) -> bytes:
    try:
        tid = bytes.fromhex(until)
    except ValueError:
        tid = b""
    if len(tid) != len(z64):
        raise Refused(f"until: {until[:80]!r} is no transaction; leave it out to begin.")
    return tid
