"""Keep compiled templates from one start to the next: compiling them takes four seconds.

A file is a template's code as Python marshals it, behind a digest of it.  Its name holds
Chameleon's digest of the template and of the libraries, so what changed is compiled anew.
"""

import contextlib
import hashlib
import importlib.util
import marshal
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

MAGIC = hashlib.sha256(importlib.util.MAGIC_NUMBER)
"""Code of another Python is not ours, so it belongs to the digest."""


class CompiledTemplates:
    """What Chameleon calls a loader: it asks for a template's names, or has them made from source.

    Files that cannot be read or written, or are damaged, cost time and nothing else.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._used: set[str] = set()

    def get(self, filename: str) -> dict[str, Any] | None:
        """The names that a template's code defines, if it is kept."""
        path = self._path(filename)
        self._used.add(path.name)
        try:
            kept = path.read_bytes()
        except OSError:
            return None
        digest, code = kept[: MAGIC.digest_size], kept[MAGIC.digest_size :]
        return _names(marshal.loads(code)) if digest == _digest(code) else None  # noqa: S302

    def build(self, source: str, filename: str) -> dict[str, Any]:
        """The names that ``source`` defines; it is kept."""
        made = compile(source, filename, "exec")
        code = marshal.dumps(made)
        with contextlib.suppress(OSError):
            self._write(self._path(filename), _digest(code) + code)
        return _names(made)

    def forget_others(self) -> None:
        """Remove what nobody asked for: templates of other versions."""
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                if path.name not in self._used:
                    path.unlink()

    def _path(self, filename: str) -> Path:
        return self._folder / Path(filename).with_suffix(".code")

    def _write(self, path: Path, kept: bytes) -> None:
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
            try:
                file.write(kept)
                file.flush()
                os.replace(file.name, path)
            except BaseException:
                os.unlink(file.name)
                raise


def compiled_templates(data: Path) -> CompiledTemplates | None:
    """Those kept in a data folder; None when others could put code there that we would run."""
    folder = data / "cache" / "templates"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
    except OSError:
        return None
    others_write = stat.S_IMODE(found.st_mode) & (stat.S_IWGRP | stat.S_IWOTH)
    is_ours = not hasattr(os, "geteuid") or found.st_uid == os.geteuid()
    return CompiledTemplates(folder) if is_ours and not others_write else None


def _digest(code: bytes) -> bytes:
    digest = MAGIC.copy()
    digest.update(code)
    return digest.digest()


def _names(code: Any) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102  Chameleon's own, made from our templates
    return names
