"""The machine: Python, settings, the folder of the data, its disk, open files."""

import os
import platform
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

from mypi.cli.checking import ERROR, Problem
from mypi.cli.doctor.finding import BAD, WARNING, Finding, Patient, bad, good, warning
from mypi.model.storage import parse_file_uri
from mypi.server.options import DEFAULTS, SPARE_FILES
from mypi.services.room import Room, apart
from mypi.sizes import size_in_words

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]


def python() -> Finding:
    """Which Python runs this, and which mypi."""
    from importlib.metadata import version

    return good("Python", f"{platform.python_version()}, mypi {version('mypi')}")


def settings(ini: str, problems: list[Problem]) -> Iterator[Finding]:
    """What ``mypi config check`` found."""
    for it in problems:
        state = BAD if it.level == ERROR else WARNING
        what = it.what if it.where in it.what else f"{it.where}: {it.what}"
        yield Finding("settings", state, what, f"mypi -c {ini} config check")
    if not problems:
        yield good("settings", ini)


def folder(patient: Patient) -> Iterator[Finding]:
    """Whether the folder of the data can be written to, by the right user, and by no other."""
    data = Path(patient.settings.data).absolute()
    there = next(it for it in (data, *data.parents) if it.exists())
    owner = _owner(data) if data.exists() else ""
    if owner:
        what = f"{data} belongs to {owner}, and you are somebody else."
        yield warning("folder", what, f"sudo -u {owner} mypi doctor")
    if not os.access(there, os.W_OK | os.X_OK):
        yield bad("folder", f"{there} cannot be written to.", f"chown {_us()} {there}")
    elif not data.exists():
        yield good("folder", f"{data} is made at the first start")
    elif not owner:
        yield good("folder", f"{data} can be written to")
    database = data / "Data.fs"
    if database.exists() and _may_others_read(database, data):
        what = "Others on this machine may read the database, with the key of all logins in it."
        yield warning("folder", what, f"chmod o-rwx {data}")


def disk(patient: Patient) -> Iterator[Finding]:
    """Whether there is room, and enough for some of the largest uploads.

    On the disk of the archives, and on that of the database if it has its own.
    """
    folder = Path(patient.settings.data).absolute()
    database = None
    if patient.uri.startswith("file://"):
        database, folder, _options = parse_file_uri(patient.uri)
    there = next(it for it in (folder, *folder.parents) if it.exists())
    remedy = "mypi stats --disk shows what takes the room"
    other = apart(database, there) if database is not None and database.exists() else None
    if other is not None:
        found = Room(other, patient.settings.min_free).look()
        free = f"{_free(other)} free for the database"
        yield bad("disk", f"{free}: {found}", remedy) if found else good("disk", free)
    room = Room(there, patient.settings.min_free)
    if found := room.look():
        yield bad("disk", found, remedy)
    elif room.look(3 * patient.settings.max_upload):
        what = f"{_free(there)} free: too little for the largest uploads."
        yield warning("disk", what, remedy)
    else:
        yield good("disk", f"{_free(there)} free")


def open_files(patient: Patient) -> Iterator[Finding]:
    """Whether the limit of open files leaves room for all connections."""
    if resource is None:
        return
    wanted = patient.server.get("connection_limit", DEFAULTS["connection_limit"])
    needed = 2 * int(wanted) + SPARE_FILES
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        what = f"{hard} files may be open, {needed} are wanted for {wanted} connections."
        yield warning("open files", what, f"LimitNOFILE={needed} in the service, or ulimit -n")
    else:
        yield good("open files", f"enough for {wanted} connections")


def _free(folder: Path) -> str:
    space = os.statvfs(folder)
    return size_in_words(space.f_bavail * space.f_frsize)


def _owner(path: Path) -> str:
    """The name of who owns ``path``; empty if that is us."""
    number = path.stat().st_uid
    if number == os.geteuid():
        return ""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"'#{number}'"


def _us() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _may_others_read(file: Path, folder: Path) -> bool:
    return bool(file.stat().st_mode & stat.S_IROTH and folder.stat().st_mode & stat.S_IXOTH)
