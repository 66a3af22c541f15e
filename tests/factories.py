"""Honest archives with good defaults; the same arguments give the same bytes.

A wheel from here installs: it holds a module of the project's name that has ``__version__``.
"""

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence

EPOCH = (1980, 1, 1, 0, 0, 0)


def metadata(
    name: str,
    version: str,
    *,
    metadata_version: str = "2.1",
    summary: str = "",
    description: str = "",
    requires_dist: Sequence[str] = (),
    requires_python: str = "",
    headers: Sequence[str] = (),
) -> bytes:
    """A METADATA or PKG-INFO file; ``headers`` are further lines such as ``License: MIT``."""
    lines = [f"Metadata-Version: {metadata_version}", f"Name: {name}", f"Version: {version}"]
    if summary:
        lines.append(f"Summary: {summary}")
    if requires_python:
        lines.append(f"Requires-Python: {requires_python}")
    lines += [f"Requires-Dist: {requirement}" for requirement in requires_dist]
    lines += headers
    return ("\n".join(lines) + "\n\n" + description).encode()


def module(name: str) -> str:
    """The module of a project."""
    return name.replace("-", "_").replace(".", "_")


def record(files: Mapping[str, bytes], info: str) -> bytes:
    """The RECORD of ``files``."""
    rows = []
    for path, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.append(f"{path},sha256={digest},{len(content)}")
    return ("\n".join([*rows, f"{info}/RECORD,,"]) + "\n").encode()


def wheel_files(
    name: str,
    version: str,
    *,
    files: Mapping[str, bytes] | None = None,
    tags: str = "py3-none-any",
    **said: object,
) -> dict[str, bytes]:
    """The members of a wheel, RECORD last; change them before :func:`zipped` to do harm."""
    info = f"{module(name)}-{version}.dist-info"
    held = {
        f"{module(name)}/__init__.py": f'__version__ = "{version}"\n'.encode(),
        **{f"{module(name)}/{path}": content for path, content in (files or {}).items()},
        f"{info}/METADATA": metadata(name, version, **said),  # type: ignore[arg-type]
        f"{info}/WHEEL": (
            f"Wheel-Version: 1.0\nGenerator: factory\nRoot-Is-Purelib: true\nTag: {tags}\n"
        ).encode(),
    }
    held[f"{info}/RECORD"] = record(held, info)
    return held


def zipped(files: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip archive of ``files``."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for path, content in files.items():
            member = zipfile.ZipInfo(path, EPOCH)
            member.compress_type = compression
            member.external_attr = 0o644 << 16
            archive.writestr(member, content)
    return buffer.getvalue()


def wheel(
    name: str = "demo",
    version: str = "1.0",
    *,
    build: str = "",
    tags: str = "py3-none-any",
    files: Mapping[str, bytes] | None = None,
    **said: object,
) -> tuple[str, bytes]:
    """A wheel's file name and bytes."""
    parts = [module(name), version, *([build] if build else []), tags]
    return "-".join(parts) + ".whl", zipped(
        wheel_files(name, version, files=files, tags=tags, **said)
    )


def sdist_files(name: str, version: str, **said: object) -> dict[str, bytes]:
    """The members of an sdist."""
    top = f"{module(name)}-{version}"
    setup = f'from setuptools import setup\nsetup(name="{name}", version="{version}", '
    return {
        f"{top}/PKG-INFO": metadata(name, version, **said),  # type: ignore[arg-type]
        f"{top}/setup.py": f'{setup}py_modules=["{module(name)}"])\n'.encode(),
        f"{top}/{module(name)}.py": f'__version__ = "{version}"\n'.encode(),
    }


def tarred(files: Mapping[str, bytes], members: Sequence[tarfile.TarInfo] = ()) -> bytes:
    """A .tar.gz of ``files``, followed by ``members`` without content."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            member.mode = 0o644
            archive.addfile(member, io.BytesIO(content))
        for member in members:
            archive.addfile(member)
    return gzip.compress(buffer.getvalue(), mtime=0)


def sdist(name: str = "demo", version: str = "1.0", **said: object) -> tuple[str, bytes]:
    """A .tar.gz sdist's file name and bytes."""
    return f"{module(name)}-{version}.tar.gz", tarred(sdist_files(name, version, **said))


def egg(
    name: str = "demo", version: str = "1.0", python: str = "2.7", **said: object
) -> tuple[str, bytes]:
    """An egg's file name and bytes."""
    files = {
        f"{module(name)}.py": f'__version__ = "{version}"\n'.encode(),
        "EGG-INFO/PKG-INFO": metadata(name, version, **said),  # type: ignore[arg-type]
        "EGG-INFO/SOURCES.txt": b"setup.py\n",
        "EGG-INFO/top_level.txt": f"{module(name)}\n".encode(),
        "EGG-INFO/zip-safe": b"\n",
    }
    return f"{module(name)}-{version}-py{python}.egg", zipped(files)
