"""Wheels: a zip archive with a ``.dist-info`` folder that agrees with its name and its contents."""

import base64
import configparser
import csv
import hashlib
import io
import re
from email.parser import Parser
from typing import Any

from packaging.version import Version

from mypi.archives.zips import ZipArchive
from mypi.archives.zipwalk import Member
from mypi.errors import Refused
from mypi.filenames import DistributionName
from mypi.metadata import Metadata
from mypi.names import normalise

MAX_SMALL = 2**20
MAX_RECORD = 64 * 2**20
_ALGORITHMS = ("sha256", "sha384", "sha512")
_SCRIPT = re.compile(r"[\w.-]+")
_UNLISTED = ("RECORD.jws", "RECORD.p7s")
"""Signatures of RECORD cannot be listed in it."""


def check(archive: ZipArchive, name: DistributionName, max_metadata: int) -> bytes:
    """Check a whole wheel, every byte of it; return its METADATA."""
    info = _info_folder(archive, name)
    _check_wheel_file(archive, _required(archive, info, "WHEEL"))
    entry_points = archive.find(f"{info}/entry_points.txt")
    if entry_points is not None:
        _check_entry_points(archive, entry_points)
    _check_record(archive, _required(archive, info, "RECORD"), info)
    return archive.read(_required(archive, info, "METADATA"), max_metadata)


def check_license_files(archive: ZipArchive, described: Metadata) -> None:
    """Every License-File of metadata 2.4 and newer is in the (checked) wheel (PEP 639)."""
    names = set(archive.names)
    info = next(top for top in _tops(archive) if top.endswith(".dist-info"))
    for path in described.promised_license_files():
        if not {f"{info}/licenses/{path}", f"{info}/{path}"} & names:
            raise Refused(
                f"{archive.label}: its metadata promises the licence file {path}; it is missing."
            )


def _info_folder(archive: ZipArchive, name: DistributionName) -> str:
    folders = [top for top in _tops(archive) if top.endswith(".dist-info")]
    if len(folders) != 1:
        raise Refused(
            f"{archive.label}: a wheel has one .dist-info folder, this one has {len(folders)}."
        )
    project, _, version = folders[0].removesuffix(".dist-info").rpartition("-")
    try:
        same = Version(version.replace("_", "-")) == name.version
    except ValueError:
        same = False
    if not same or normalise(project) != name.project:
        raise Refused(
            f"{archive.label}: {folders[0]} is not the folder of {name.project} {name.version}."
        )
    return folders[0]


def _tops(archive: ZipArchive) -> set[str]:
    return {member.partition("/")[0] for member in archive.names}


def _required(archive: ZipArchive, folder: str, name: str) -> Member:
    member = archive.find(f"{folder}/{name}")
    if member is None:
        raise Refused(f"{archive.label}: the wheel has no {folder}/{name}; build it again.")
    return member


def _text(archive: ZipArchive, member: Member, limit: int = MAX_SMALL) -> str:
    try:
        return archive.read(member, limit).decode()
    except UnicodeDecodeError:
        raise Refused(f"{archive.label}: {member.name} is not UTF-8.") from None


def _check_wheel_file(archive: ZipArchive, member: Member) -> None:
    version = Parser().parsestr(_text(archive, member), headersonly=True).get("Wheel-Version", "")
    if version.strip().partition(".")[0] != "1":
        raise Refused(
            f"{archive.label}: {member.name} says Wheel-Version {version[:40]!r}; 1.x is known."
        )


def _check_entry_points(archive: ZipArchive, member: Member) -> None:
    parser = configparser.RawConfigParser(delimiters=("=",), strict=False, allow_no_value=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(_text(archive, member))
    except configparser.Error:
        raise Refused(f"{archive.label}: {member.name} cannot be read; build it again.") from None
    for group in ("console_scripts", "gui_scripts"):
        for script in parser[group] if parser.has_section(group) else ():
            if not _SCRIPT.fullmatch(script):
                raise Refused(
                    f"{archive.label}: {member.name} names a script {script[:80]!r}; letters, "
                    "digits, '.', '-' and '_' are allowed."
                )


def _check_record(archive: ZipArchive, member: Member, info: str) -> None:
    """RECORD lists every file once, with the digest and size that it has."""
    rows = _rows(archive, _text(archive, member, MAX_RECORD), member.name)
    for file in archive.members:
        if file.is_folder:
            continue
        hashed, size = rows.pop(file.name, (None, ""))
        if file.name == member.name:
            _drain(archive, file, None)
            continue
        if hashed is None:
            if file.name.removeprefix(f"{info}/") not in _UNLISTED:
                raise Refused(f"{archive.label}: {file.name} is not in its RECORD; build it again.")
            hashed = ""
        _check_row(archive, file, hashed, size, info)
    if rows:
        raise Refused(
            f"{archive.label}: its RECORD lists {next(iter(rows))[:120]}, which it does not hold."
        )


def _check_row(archive: ZipArchive, file: Member, hashed: str, size: str, info: str) -> None:
    algorithm, _, wanted = hashed.partition("=")
    algorithm = algorithm.lower()  # wheels built on Python 2.7 say SHA256
    if not hashed and (
        file.name.endswith(".pyc") or file.name.removeprefix(f"{info}/") in _UNLISTED
    ):
        _drain(archive, file, None)
        return
    if algorithm not in _ALGORITHMS:
        raise Refused(
            f"{archive.label}: RECORD gives {file.name} no digest by "
            + ", ".join(_ALGORITHMS)
            + "."
        )
    digest = hashlib.new(algorithm)
    _drain(archive, file, digest)
    actual = base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode()
    if actual != wanted.rstrip("=") or (size and size != str(file.size)):
        raise Refused(f"{archive.label}: {file.name} is not what its RECORD says; build it again.")


def _drain(archive: ZipArchive, file: Member, digest: Any) -> None:
    for chunk in archive.chunks(file):
        if digest is not None:
            digest.update(chunk)


def _rows(archive: ZipArchive, text: str, name: str) -> dict[str, tuple[str, str]]:
    rows: dict[str, tuple[str, str]] = {}
    try:
        for row in csv.reader(io.StringIO(text, newline=""), strict=True):
            if not row:
                continue
            path, hashed, size = row
            if path in rows:
                raise Refused(f"{archive.label}: its RECORD lists {path[:120]} twice.")
            if not path.endswith("/"):
                rows[path] = (hashed, size)
    except (csv.Error, ValueError):
        raise Refused(f"{archive.label}: {name} cannot be read; build it again.") from None
    return rows
