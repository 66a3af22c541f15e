"""Take an uploaded archive to disk once: spooled, hashed, flushed, and never copied again.

A spool lies in the blob folder's own file system: the database takes it over by renaming.
Knows nothing of archives' contents (see ``mypi.archives``) or of the database.
"""

import contextlib
import hashlib
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

try:
    import fcntl
except ImportError:  # Windows: what a killed process left is not told from what another one fills.
    fcntl = None  # type: ignore[assignment]

CHUNK = 2**18
_AT_ONCE = 16
"""Files that are synced side by side."""
_WORTH_A_THREAD = 2**20
"""Bytes from which hashing in parallel pays."""
_STEP = 4 * 2**20
"""Bytes that are hashed by a thread at once, while more of them come."""
_THREADS = ThreadPoolExecutor(8, thread_name_prefix="spool")
"""For all spools; started when they are needed."""


@dataclass(frozen=True)
class Digests:
    """Lower-case hex digests of one file; blake2 is BLAKE2b with 32 bytes, as indexes use it."""

    md5: str
    sha256: str
    blake2_256: str


class Spool:
    """A file that receives one upload.  As a context manager it leaves nothing behind.

    Python's buffered writer is used on purpose: a raw ``FileIO`` (as ZODB's blob files are) may
    write short on a nearly full disk without saying so.
    """

    def __init__(self, folder: Path) -> None:
        handle, name = tempfile.mkstemp(prefix="upload-", dir=folder)
        _hold(handle)
        self.path = Path(name)
        self.size = 0
        self._links = 0
        self._sha256 = hashlib.sha256()
        self._others = [
            _Behind(self.path, hashlib.md5(usedforsecurity=False)),
            _Behind(self.path, hashlib.blake2b(digest_size=32)),
        ]
        self._hashed: list[Future[None]] = []
        self._handed_on = 0
        self._synced: Future[None] | None = None
        self._file: BinaryIO = os.fdopen(handle, "wb", buffering=CHUNK)

    def write(self, chunk: bytes | bytearray) -> None:
        """Append ``chunk``."""
        self._file.write(chunk)
        self._sha256.update(chunk)
        self.size += len(chunk)
        if self.size < _WORTH_A_THREAD:
            for other in self._others:
                other.update(chunk)
        elif self.size >= self._handed_on + _STEP:
            self._hand_on()

    def flush(self) -> None:
        """Hand what was written to the operating system, so that it can be read by path."""
        self._file.flush()

    def begin(self) -> None:
        """All is written: with a large file, start what takes long, and wait for it later.

        Disk and processors then work while somebody else looks into the archive.
        """
        if self.size < _WORTH_A_THREAD or self._synced is not None:
            self.flush()
            return
        self._hand_on()
        self._synced = _THREADS.submit(os.fsync, self._file.fileno())

    def sync(self) -> None:
        """Return when the bytes are on the disk."""
        if self._synced is not None:
            self._synced.result()
            return
        self._file.flush()
        os.fsync(self._file.fileno())

    def digests(self) -> Digests:
        """The digests of what was written.

        They came on the way; of a large file, where that would keep the sender waiting, SHA-256
        alone did, and for the others threads read what is there already.
        """
        self.begin()
        for each in self._hashed:
            each.result()
        md5, blake2 = (other.hexdigest() for other in self._others)
        return Digests(md5=md5, sha256=self._sha256.hexdigest(), blake2_256=blake2)

    def digest(self, algorithm: str) -> str:
        """A digest by any algorithm that ``hashlib`` knows; reads the file again."""
        self.flush()
        digest = _Behind(self.path, hashlib.new(algorithm))
        digest.follow(self.size)
        return digest.hexdigest()

    def link(self) -> Path:
        """A second name of the file, for the database to rename; each attempt asks for one."""
        self._links += 1
        link = self.path.with_name(f"{self.path.name}.{self._links}")
        os.link(self.path, link)
        return link

    def close(self) -> None:
        """Remove what is left of the file under its own names."""
        if self._synced is not None:
            self._synced.exception()  # only so that it has ended: the handle must stay until then
        with contextlib.suppress(OSError):
            self._file.close()
        for number in range(1, self._links + 1):
            self.path.with_name(f"{self.path.name}.{number}").unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _hand_on(self) -> None:
        """Have threads hash what is there by now."""
        self.flush()
        self._handed_on = self.size
        self._hashed = [_THREADS.submit(other.follow, self.size) for other in self._others]


class _Behind:
    """A digest of a file that is being written; it stays behind, and follows when it is told to."""

    def __init__(self, path: Path, digest: Any) -> None:
        self._path = path
        self._digest = digest
        self._seen = 0
        self._lock = threading.Lock()

    def update(self, chunk: bytes | bytearray) -> None:
        """The next bytes."""
        self._digest.update(chunk)
        self._seen += len(chunk)

    def follow(self, size: int) -> None:
        """Take in what the file has up to there; in whatever order threads are told to."""
        with self._lock, self._path.open("rb") as file:
            file.seek(self._seen)
            while self._seen < size and (chunk := file.read(min(CHUNK, size - self._seen))):
                self.update(chunk)

    def hexdigest(self) -> str:
        """Of what was taken in."""
        return str(self._digest.hexdigest())


@contextlib.contextmanager
def syncing(spools: Iterable[Spool]) -> Iterator[None]:
    """While the block runs, all of them are brought to the disk; after it they are there.

    Side by side, since a file system writes its journal for several at once: measured on ext4, 100
    files of 10 kB take 0.25 ms each instead of 3.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        begun = [pool.submit(spool.sync) for spool in spools]
        yield
        for each in begun:
            each.result()


def is_held(path: Path) -> bool:
    """Whether a process is filling the file at ``path``, or one of its other names."""
    if fcntl is None:
        return True
    with path.open("rb") as file:
        return not _hold(file.fileno())


def _hold(handle: int) -> bool:
    """Lock a file until it is closed; False when somebody else has."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    return True
