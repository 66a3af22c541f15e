"""A folder that is kept like what is exported: only what differs is written, what is gone goes.

A file comes under its name when it is whole and has been hashed on the way; who reads the folder
meanwhile finds the old file or the new one.
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

import zc.lockfile
from ZODB.POSException import POSKeyError

from mypi.errors import Conflict, Refused

LOCK = ".lock"
PART = ".part"
BLOCK = 2**20
MAX_SEGMENT = 250


class Problem(NamedTuple):
    """A file that could not be exported, and why; ``where`` is its path in the folder."""

    where: str
    what: str


class Original(NamedTuple):
    """What a file has to be: bytes, lower-case hex, seconds since the epoch, and how to read it."""

    size: int
    sha256: str
    when: float
    open: Callable[[], BinaryIO]


class Folder:
    """The export in ``root``; what was done to it adds up.

    ``deep``: hash what is there as well, not only compare sizes and times.
    """

    def __init__(self, root: Path, *, deep: bool = False) -> None:
        self.root = root
        self.deep = deep
        self.files = 0
        self.bytes = 0
        self.removed = 0
        self.problems: list[Problem] = []

    def path(self, *parts: str) -> Path:
        """A path below the root; raises Refused when a part is no plain name."""
        for part in parts:
            check_segment(part)
        return self.root.joinpath(*parts)

    def put(self, path: Path, raw: bytes, *, private: bool = False) -> None:
        """Write a small file unless it is like that already; ``private``: for its owner alone."""
        if _read(path) == raw and not private:
            return
        part = _part(path)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o666)
        with os.fdopen(handle, "wb") as opened:
            opened.write(raw)
        os.replace(part, path)

    def take(self, path: Path, original: Original, alike: Iterable[Path] = ()) -> None:
        """Copy a file unless it is there; if one of ``alike`` is the same, it gets a second name.

        A file that is missing or damaged in the index is a problem, and the next one can be taken.
        """
        if self._is_there(path, original):
            return
        part = _part(path)
        try:
            if not _linked(alike, part, original):
                self._copy(part, original)
                self.bytes += original.size
            os.replace(part, path)
            self.files += 1
        except (POSKeyError, FileNotFoundError):
            self._tell(path, "its bytes are missing in the index")
        except _Differs as error:
            self._tell(path, f"it is damaged in the index: {error}")
        finally:
            part.unlink(missing_ok=True)

    def keep(self, folder: Path, names: Iterable[str]) -> None:
        """Remove all that is in ``folder`` but ``names``."""
        if not folder.is_dir():
            return
        kept = set(names)
        for entry in list(os.scandir(folder)):
            if entry.name in kept:
                continue
            self.removed += 1
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)

    def _is_there(self, path: Path, original: Original) -> bool:
        try:
            found = path.stat(follow_symlinks=False)
        except FileNotFoundError:
            return False
        if found.st_size != original.size:
            return False
        if found.st_mtime_ns == _ticks(original.when) and not self.deep:
            return True
        if _sha256(path) != original.sha256:
            return False
        os.utime(path, ns=(_ticks(original.when),) * 2)
        return True

    def _copy(self, part: Path, original: Original) -> None:
        digest = hashlib.sha256()
        with original.open() as source, part.open("wb") as target:
            while block := source.read(BLOCK):
                digest.update(block)
                target.write(block)
        if digest.hexdigest() != original.sha256:
            raise _Differs(f"its SHA-256 is {digest.hexdigest()}, not {original.sha256}")
        os.utime(part, ns=(_ticks(original.when),) * 2)

    def _tell(self, path: Path, what: str) -> None:
        path.unlink(missing_ok=True)  # it is not what it ought to be
        self.problems.append(Problem(str(path.relative_to(self.root)), what))


class _Differs(Exception):
    """The bytes in the index are not those that were acknowledged."""


def check_segment(name: str) -> str:
    """``name`` if a file may be called so on any system; raises Refused."""
    if (
        name in ("", ".", "..")
        or any(character in "/\\\0" for character in name)
        or len(name.encode(errors="replace")) > MAX_SEGMENT
    ):
        raise Refused(f"{name[:80]!r} cannot be the name of a file.")
    return name


@contextmanager
def locked(root: Path, mark: str, mode: int) -> Iterator[None]:
    """While one export works on ``root``, which is empty, or has the file ``mark``.

    It is made with ``mode`` if there is none.

    Raises Refused, and Conflict when another export works there.
    """
    if not root.is_absolute():
        raise Refused(f"{root}: name the folder from the root on, with a leading slash.")
    try:
        root.mkdir(mode=mode, parents=True, exist_ok=True)
        if set(os.listdir(root)) - {LOCK} and not (root / mark).exists():
            raise Refused(f"{root} holds other things; name an empty folder, or an older export.")
        lock = zc.lockfile.LockFile(str(root / LOCK))
    except zc.lockfile.LockError:
        raise Conflict(f"Another export writes to {root}; wait until it is done.") from None
    except OSError as error:
        raise Refused(f"{root} cannot be written: {error.strerror}.") from None
    try:
        yield
    except OSError as error:
        raise Refused(f"{root} cannot be written: {error.strerror or error}.") from None
    finally:
        lock.close()


def _part(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.with_name("~" + hashlib.sha256(path.name.encode()).hexdigest()[:32] + PART)


def _linked(alike: Iterable[Path], part: Path, original: Original) -> bool:
    """Whether a file of the export is the same, and has got a second name."""
    for path in alike:
        try:
            found = path.stat(follow_symlinks=False)
            same = (found.st_size, found.st_mtime_ns) == (original.size, _ticks(original.when))
            if same and _sha256(path) == original.sha256:
                os.link(path, part)
                return True
        except OSError:  # it is not there, or the file system knows no second names
            continue
    return False


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _sha256(path: Path) -> str:
    with path.open("rb", buffering=0) as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _ticks(seconds: float) -> int:
    """A file's time in nanoseconds, of whole microseconds: what documents tell of it."""
    return round(seconds * 1_000_000) * 1_000
