"""Look into uploaded archives, as hostile as they may be: nothing is ever extracted or run.

``inspect`` reads every byte once and refuses, with a sentence, whatever is damaged, ambiguous,
dangerous, or not what its file name says.
"""

import zipfile
from pathlib import Path

from mypi import metadata
from mypi.archives import wheels
from mypi.archives.limits import Inspection, Limits
from mypi.archives.members import top_folder
from mypi.archives.tars import TarArchive
from mypi.archives.zips import ZipArchive
from mypi.errors import Refused
from mypi.filenames import DistributionName
from mypi.metadata import Metadata

__all__ = ["Inspection", "Limits", "inspect", "inspect_zip"]

_MAGIC = {
    "bdist_msi": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "bdist_rpm": b"\xed\xab\xee\xdb",
    "bdist_wininst": b"MZ",
}
_RESOLVED_BY = ("requires-dist", "requires-python", "provides-extra")
"""Fields by which installers choose; when they are dynamic, only a build tells them."""


def inspect(path: Path, name: DistributionName, limits: Limits | None = None) -> Inspection:
    """Check the archive at ``path``, whose file name says ``name``; raises Refused."""
    limits = limits or Limits()
    if path.stat().st_size == 0:
        raise Refused(f"{name.filename}: the file is empty; build it again.")
    if name.kind == "bdist_wheel":
        return _wheel(path, name, limits)
    if name.kind == "bdist_egg":
        return _egg(path, name, limits)
    if name.kind == "sdist" and name.filename.endswith(".zip"):
        return _zip_sdist(path, name, limits)
    if name.kind == "sdist":
        return _tar_sdist(path, name, limits)
    return _installer(path, name)


def inspect_zip(path: Path, label: str, limits: Limits) -> list[str]:
    """Check any zip archive, every byte of it; return the names of its members; raises Refused."""
    with ZipArchive(path, label, limits, descriptors=True) as archive:
        _read_all(archive)
        return archive.names


def _wheel(path: Path, name: DistributionName, limits: Limits) -> Inspection:
    with ZipArchive(path, name.filename, limits) as archive:
        raw = wheels.check(archive, name, limits.max_metadata)
        described = metadata.parse(raw, name.filename)
        wheels.check_license_files(archive, described)
        return Inspection(raw, described, True, len(archive.members), archive.unpacked)


def _egg(path: Path, name: DistributionName, limits: Limits) -> Inspection:
    with ZipArchive(path, name.filename, limits, descriptors=True) as archive:
        raw = _zipped_info(archive, "EGG-INFO/PKG-INFO", limits)
        _read_all(archive)
        described = metadata.parse(raw, name.filename)
        return Inspection(raw, described, False, len(archive.members), archive.unpacked)


def _zip_sdist(path: Path, name: DistributionName, limits: Limits) -> Inspection:
    with ZipArchive(path, name.filename, limits, descriptors=True) as archive:
        top = top_folder(archive.names, name.filename)
        raw = _zipped_info(archive, f"{top}/PKG-INFO", limits)
        _read_all(archive)
        return _sdist(raw, name, archive.names, top, archive.unpacked)


def _tar_sdist(path: Path, name: DistributionName, limits: Limits) -> Inspection:
    if _ends_as_zip(path):
        # pip asks for that before it looks at the name, and would unpack something else.
        raise Refused(
            f"{name.filename}: it can be read as a tar and as a zip archive; build it again."
        )
    archive = TarArchive(path, name.filename, limits, "/PKG-INFO")
    top = top_folder(archive.names, name.filename)
    raw = archive.kept.get(f"{top}/PKG-INFO")
    if raw is None:
        raise Refused(f"{name.filename}: it has no {top}/PKG-INFO; build it with an sdist command.")
    return _sdist(raw, name, archive.names, top, archive.unpacked)


def _sdist(
    raw: bytes, name: DistributionName, names: list[str], top: str, unpacked: int
) -> Inspection:
    described = metadata.parse(raw, name.filename)
    held = set(names)
    for path in described.promised_license_files():
        if f"{top}/{path}" not in held:
            raise Refused(
                f"{name.filename}: its metadata promises the licence file {path}; it is missing."
            )
    return Inspection(raw, described, _is_final(described), len(names), unpacked)


def _is_final(described: Metadata) -> bool:
    """Whether installers may rely on an sdist's metadata (2.2 and newer, PEP 643)."""
    dynamic = {name.lower() for name in described.fields.get("dynamic", ())}
    return described.metadata_version >= (2, 2) and dynamic.isdisjoint(_RESOLVED_BY)


def _installer(path: Path, name: DistributionName) -> Inspection:
    """Installers of old: no metadata that could be read, so their kind is checked and no more."""
    magic = _MAGIC[name.kind]
    with path.open("rb") as file:
        if file.read(len(magic)) != magic:
            raise Refused(f"{name.filename}: the file is not a {name.kind}; build it again.")
    # Its end only: a directory may be as large as the file, and ZipFile would hold it in memory.
    if name.kind == "bdist_wininst" and not _ends_as_zip(path):
        raise Refused(f"{name.filename}: the installer holds no archive; it is damaged.")
    return Inspection(None, None, False, 0, path.stat().st_size)


def _ends_as_zip(path: Path) -> bool:
    """Whether a zip archive may end where the file ends; what comes before is not looked at."""
    try:
        return zipfile.is_zipfile(path)
    except zipfile.BadZipFile:  # the end of one in several parts
        return True


def _zipped_info(archive: ZipArchive, name: str, limits: Limits) -> bytes:
    member = archive.find(name)
    if member is None:
        raise Refused(f"{archive.label}: it has no {name}; build it again.")
    return archive.read(member, limits.max_metadata)


def _read_all(archive: ZipArchive) -> None:
    for member in archive.members:
        for _chunk in archive.chunks(member):
            pass
