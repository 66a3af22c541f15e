"""What the upload of one small wheel costs, part by part, and what it writes.

    python -m bench.upload_profile [--uploads N] [--files N] [--projects N] [--large MIB]

The real application runs in this process on a file storage in a temporary folder; the parts are
timed by wrapping its functions from outside, so that mypi itself holds no timing code.
"""

import argparse
import base64
import collections
import functools
import hashlib
import io
import os
import pickletools
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from packaging.version import Version
from ZODB.Connection import Connection

import mypi.archives
import mypi.metadata
import mypi.web.upload.actions
import mypi.web.upload.form
from bench import corpus
from bench.corpus import Archive
from mypi import make_app
from mypi.archives import Inspection
from mypi.filenames import parse as parse_filename
from mypi.metadata import Metadata
from mypi.model.storage import DurableFileStorage
from mypi.services.actor import Actor
from mypi.services.publish import publish
from mypi.services.receive import Upload
from mypi.staging import Spool
from tests import factories, inside, posting

FILL_STEP = 500
"""Files in one transaction while an index is filled."""

PARTS: dict[str, list[tuple[Any, str]]] = {
    "parse the form, spool, sha256": [(mypi.web.upload.form, "read")],
    "md5, blake2": [(Spool, "digests")],
    "check the archive": [(mypi.archives, "inspect")],
    "metadata": [(mypi.metadata, "parse"), (mypi.metadata, "from_form")],
    "fsync the spool": [(Spool, "sync")],
    "publish (objects)": [(mypi.web.upload.actions, "publish")],
    "load objects": [(Connection, "setstate")],
    "pickle, rename the blob": [(Connection, "commit")],
    "vote, fsync blob folders": [(DurableFileStorage, "tpc_vote")],
    "finish, fsync Data.fs": [(DurableFileStorage, "tpc_finish")],
}
"""Part of an upload -> the functions that do it; a part is not counted in the one around it."""

REST = "everything else (web framework)"


class Clock:
    """Exclusive seconds by part, of one upload at a time."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.loads = 0
        self._inner: list[float] = []

    def wrap_parts(self) -> None:
        """Time every function of PARTS from now on."""
        for part, functions in PARTS.items():
            for owner, name in functions:
                setattr(owner, name, self._timed(part, getattr(owner, name)))

    def time(self, part: str, work: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call ``work``; its time, less that of parts inside it, is added to ``part``."""
        self._inner.append(0.0)
        begun = time.perf_counter()
        try:
            return work(*arguments, **named)
        finally:
            took = time.perf_counter() - begun
            self.seconds[part] = self.seconds.get(part, 0.0) + took - self._inner.pop()
            if self._inner:
                self._inner[-1] += took

    def _timed(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(work)
        def timed(*arguments: Any, **named: Any) -> Any:
            self.loads += work.__name__ == "setstate"
            return self.time(part, work, *arguments, **named)

        return timed


class Profile:
    """An application with an index to upload to; ``samples`` are figures, one dict an upload."""

    def __init__(self, title: str, folder: Path, clock: Clock) -> None:
        self.title = title
        self.clock = clock
        self.app = make_app({"mypi.data": str(folder), "mypi.max_upload": "4 GiB"})
        self.storage = inside.database(self.app).storage
        self.folder = self.app.registry.spool_folder
        self.samples: list[dict[str, float]] = []
        self.classes: collections.Counter[str] = collections.Counter()

    def fill(self, names: Iterator[tuple[str, str]]) -> None:
        """Publish a file for each project and version; all share the same bytes on disk."""
        with Spool(self.folder) as spool:
            spool.write(b"not looked at")
            digests = spool.digests()
            uploader = Actor(by="", now=time.time())
            for batch in _batches(names, FILL_STEP):
                with inside.index(self.app) as index:
                    for project, version in batch:
                        publish(index, _ready(project, version, spool, digests), uploader)

    def upload(self, body: BinaryIO, kind: str, size: int) -> None:
        """Send one form through the application, and note what it took and wrote."""
        self.clock.seconds = {}
        self.clock.loads = 0
        before = self.storage.getSize()
        environ = _environ(body, kind, size)
        answer = self.clock.time(REST, lambda: b"".join(self.app(environ, _expect_200)))
        assert answer.startswith(b"Published"), answer
        records = self._newest_records()
        self.classes.update(records)
        self.samples.append(
            {
                **self.clock.seconds,
                "objects": len(records),
                "bytes": self.storage.getSize() - before,
                "loads": self.clock.loads,
            }
        )

    def median(self, figure: str) -> float:
        """The median over the uploads."""
        return statistics.median(sample.get(figure, 0.0) for sample in self.samples)

    def total(self) -> float:
        """Median seconds of a whole upload."""
        figures = [*PARTS, REST]
        return statistics.median(sum(s.get(f, 0.0) for f in figures) for s in self.samples)

    def close(self) -> None:
        """Close the database."""
        inside.database(self.app).close()

    def _newest_records(self) -> list[str]:
        """The classes of the objects that the last transaction wrote."""
        iterator = self.storage.iterator(self.storage.lastTransaction())
        records = [_class_of(record.data) for each in iterator for record in each]
        iterator.close()
        return records


def _ready(project: str, version: str, spool: Spool, digests: Any) -> Upload:
    module = factories.module(project)
    name = parse_filename(f"{module}-{version}-py3-none-any.whl", project)
    metadata = Metadata(project, str(Version(version)), {"metadata_version": "2.1"}, "A README.")
    raw = factories.metadata(project, version)
    return Upload(name, metadata, spool, digests, Inspection(raw, metadata, True, 4, 100))


def _environ(body: BinaryIO, kind: str, size: int) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(size),
        "wsgi.url_scheme": "http",
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


def _expect_200(status: str, headers: list[tuple[str, str]], error: Any = None) -> None:
    """Taken or refused; a refusal is shown by whoever reads the body."""
    assert status.startswith(("200", "400")), status


def _class_of(data: bytes) -> str:
    """The class name in a database record: the second of the first two strings of its pickle."""
    strings = (arg for _opcode, arg, _place in pickletools.genops(data) if isinstance(arg, str))
    first = next(strings)
    return first.rpartition(" ")[2] if " " in first else next(strings)


def _batches(names: Iterator[tuple[str, str]], size: int) -> Iterator[list[tuple[str, str]]]:
    batch: list[tuple[str, str]] = []
    for name in names:
        batch.append(name)
        if len(batch) == size:
            yield batch
            batch = []
    yield batch


def profiles(clock: Clock, folder: Path, chosen: argparse.Namespace) -> Iterator[Profile]:
    """The three cases, each ready for its uploads."""
    releases = (("demo", f"0.{n}") for n in range(chosen.files))
    projects = ((f"p{n}", "1.0") for n in range(chosen.projects))
    cases: dict[str, Iterator[tuple[str, str]]] = {
        "empty index": iter(()),
        f"project of {chosen.files:,} files": releases,
        f"index of {chosen.projects:,} projects": projects,
    }
    for number, (title, names) in enumerate(cases.items()):
        profile = Profile(title, folder / str(number), clock)
        profile.fill(names)
        yield profile


def small_uploads(profile: Profile, number: int, new_projects: bool) -> None:
    """Upload ``number`` wheels of 10 kB: new releases of one project, or first ones of many."""
    for n in range(number):
        archive = corpus.wheel(f"new{n}", "1.0") if new_projects else corpus.wheel("demo", f"1.{n}")
        body, kind = archive.form()
        profile.upload(io.BytesIO(body), kind, len(body))


def large_upload(profile: Profile, folder: Path, mebibytes: int) -> None:
    """Upload one wheel of that size, streamed from a file as the server would."""
    path = folder / "form"
    with path.open("w+b") as file:
        kind = write_large_form(file, mebibytes)
        file.seek(0)
        profile.upload(file, kind, path.stat().st_size)
    path.unlink()


def write_large_form(file: BinaryIO, mebibytes: int) -> str:
    """Write the upload form of a stored wheel that holds so much noise; return its content type.

    Written in blocks: neither the wheel nor the form is ever in memory.
    """
    archive = Archive("large", "1.0", "large-1.0-py3-none-any.whl", b"\n--HERE--\n")
    fields = {":action": "file_upload", "name": archive.project, "version": archive.version}
    form, kind = posting.form(fields, archive.filename, archive.content)
    start, _, end = form.partition(archive.content)
    file.write(start)
    with zipfile.ZipFile(_Offset(file), "w", zipfile.ZIP_STORED) as wheel:
        held = factories.wheel_files("large", "1.0")
        block = os.urandom(2**20)
        digest = hashlib.sha256()
        member = zipfile.ZipInfo("large/noise.bin", factories.EPOCH)
        member.file_size = mebibytes * len(block)
        with wheel.open(member, "w", force_zip64=True) as noise:
            for _mebibyte in range(mebibytes):
                noise.write(block)
                digest.update(block)
        row = base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
        record = "large-1.0.dist-info/RECORD"
        line = f"large/noise.bin,sha256={row},{member.file_size}\n".encode()
        for path, content in {**held, record: line + held[record]}.items():
            wheel.writestr(zipfile.ZipInfo(path, factories.EPOCH), content)
    file.write(end)
    return kind


class _Offset(io.RawIOBase):
    """A part of a file that zipfile takes for a whole one."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.start = file.tell()

    def seekable(self) -> bool:
        """zipfile goes back to write sizes into headers; wheels may not have them after."""
        return True

    def seek(self, place: int, whence: int = os.SEEK_SET) -> int:
        """Move within the part."""
        moved = self.start if whence == os.SEEK_SET else 0
        return self.file.seek(place + moved, whence) - self.start

    def tell(self) -> int:
        """The place within the part."""
        return self.file.tell() - self.start

    def write(self, data: Any) -> int:
        """Write through."""
        return self.file.write(data)

    def flush(self) -> None:
        """Flush through."""
        self.file.flush()


def show(done: list[Profile]) -> None:
    """Print the table."""
    print(f"{'median ms of an upload':<34}" + "".join(f"{each.title:>26}" for each in done))
    for part in (*PARTS, REST):
        print(f"{part:<34}" + "".join(f"{each.median(part) * 1e3:>26.2f}" for each in done))
    print(f"{'whole upload':<34}" + "".join(f"{each.total() * 1e3:>26.2f}" for each in done))
    for figure, title in (
        ("objects", "objects written"),
        ("bytes", "bytes written to Data.fs"),
        ("loads", "objects loaded"),
    ):
        print(f"{title:<34}" + "".join(f"{each.median(figure):>26,.0f}" for each in done))
        print(f"{'  at most':<34}" + "".join(f"{_most(each, figure):>26,.0f}" for each in done))
    for each in done:
        number = len(each.samples)
        each_class = (f"{name} {count / number:.2g}" for name, count in each.classes.most_common())
        print(f"\n{each.title}, objects of an upload: " + ", ".join(each_class))


def _most(profile: Profile, figure: str) -> float:
    return max(sample[figure] for sample in profile.samples)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description="What the upload of one small wheel costs.")
    parser.add_argument("--uploads", type=int, default=200)
    parser.add_argument("--files", type=int, default=2_000, help="of the large project")
    parser.add_argument("--projects", type=int, default=5_000, help="of the large index")
    parser.add_argument("--large", type=int, metavar="MIB", help="one wheel of that size instead")
    chosen = parser.parse_args()
    clock = Clock()
    clock.wrap_parts()
    done = []
    with tempfile.TemporaryDirectory(prefix="mypi-profile-") as name:
        folder = Path(name)
        if chosen.large:
            profile = Profile(f"{chosen.large:,} MiB", folder / "data", clock)
            large_upload(profile, folder, chosen.large)
            profile.close()
            show([profile])
            return
        for profile in profiles(clock, folder, chosen):
            small_uploads(profile, chosen.uploads, "projects" in profile.title)
            profile.close()
            done.append(profile)
        show(done)


if __name__ == "__main__":
    main()
