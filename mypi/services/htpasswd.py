"""An htpasswd file, read live: who is added to it may log in at once, who is removed may not.

Never written here; Apache's ``htpasswd`` does that.
"""

import functools
import logging
import os
import threading
from pathlib import Path
from typing import Any

from mypi.errors import Refused
from mypi.permissions import check_login

log = logging.getLogger(__name__)

_BCRYPT = "$2"
_BCRYPT_BYTES = 72
"""All that bcrypt looks at; Apache cuts longer passwords silently, the library refuses them."""


class Htpasswd:
    """Users and hashes of the file at ``path``; a missing file has nobody.

    Thread-safe.  The file is looked at each time and read when it has changed; a line that cannot
    be used is logged then, once.  The first line of a name counts, as with Apache.
    """

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        self._stamp: tuple[int, ...] | None = None
        self._hashes: dict[str, str] = {}

    def kept(self, name: str) -> str | None:
        """The hash of a user, or None when the file does not have them."""
        return self._current().get(name)

    def knows(self, name: str) -> bool:
        """Whether the file has the user."""
        return name in self._current()

    def names(self) -> list[str]:
        """All users, sorted."""
        return sorted(self._current())

    def check(self, name: str, text: str) -> bool:
        """Whether ``text`` is the password of ``name``; takes time on purpose."""
        kept = self.kept(name)
        return kept is not None and matches(kept, text)

    def _current(self) -> dict[str, str]:
        with self._lock:
            stamp = self._look()
            if stamp != self._stamp:
                self._hashes = self._read() if stamp else {}
                self._stamp = stamp
            return self._hashes

    def _look(self) -> tuple[int, ...] | None:
        try:
            seen = os.stat(self.path)
        except OSError as error:
            if self._stamp is not None:
                log.warning("the htpasswd file %s is gone: %s", self.path, error.strerror)
            return None
        # ctime: a file that becomes readable is read at last.
        return seen.st_mtime_ns, seen.st_ctime_ns, seen.st_size, seen.st_ino

    def _read(self) -> dict[str, str]:
        try:
            text = self.path.read_text("utf-8", "replace")
        except OSError as error:
            log.warning("the htpasswd file %s cannot be read: %s", self.path, error.strerror)
            return {}
        hashes: dict[str, str] = {}
        for number, line in enumerate(text.split("\n"), 1):
            name, _, rest = line.strip().partition(":")
            if not name or name.startswith("#"):
                continue
            kept = rest.partition(":")[0].strip()  # a comment may follow
            problem = _problem(name, kept)
            if problem:
                log.warning("%s, line %d is passed over: %s", self.path, number, problem)
            else:
                hashes.setdefault(name, kept)
        return hashes


@functools.cache
def _hashes() -> Any:
    """The hashes that are known; imported by who has such a file, since it takes 3 MiB.

    Plain text is no hash; the old crypt looks at eight characters, and plain text may look like it.
    """
    from passlib.apache import htpasswd_context

    known = [it for it in htpasswd_context.schemes() if it not in ("plaintext", "des_crypt")]
    return htpasswd_context.copy(schemes=known)


def matches(kept: str, text: str) -> bool:
    """Whether ``text`` is the password of the hash ``kept``; takes time on purpose."""
    try:
        secret = text.encode()
        return bool(
            _hashes().verify(secret[:_BCRYPT_BYTES] if kept.startswith(_BCRYPT) else secret, kept)
        )
    except ValueError:  # a text that no scheme takes
        return False


def _problem(name: str, kept: str) -> str:
    """Why a line cannot be used; empty when it can."""
    try:
        check_login(name)
    except Refused:
        return "nobody can be called so"
    scheme = _hashes().identify(kept)
    if scheme is None:
        return "no hash, or one that is weak; make the line again with htpasswd -B"
    try:
        whole = _hashes().handler(scheme).from_string(kept).checksum is not None
    except ValueError:
        whole = False
    return "" if whole else "a broken hash; make the line again with htpasswd -B"
