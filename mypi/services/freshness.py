"""Whether an answer may be given again: what was committed since, and to what.

An answer is kept with a mark that was taken before it was made.  It holds until something it shows
is committed; who reads while a commit is on its way may see either state, as always.
"""

import threading
from collections.abc import Callable, Hashable, Iterable
from typing import Any, Protocol

from mypi.model import Entry
from mypi.names import normalise

_HARMLESS = ("create token", "revoke token", "change password", "add webhook", "remove webhook")
"""Actions on the site that no installer's page and no archive depends on."""

QUIET = frozenset({"catalogue", "downloads", "front", "front downloads", "token used", "webhooks"})
"""Notes of transactions that change nothing that an installer asks for."""

MOST = 10_000
"""Projects that are told apart."""


class Freshness(Protocol):
    """When answers that tell of a project (its normal name; empty: of any) are out of date."""

    is_in_memory: bool
    """Whether asking takes no network and waits for nobody."""

    def mark(self) -> Hashable:
        """Take it before an answer is made; None when that cannot be told."""

    def holds(self, mark: Hashable, project: str) -> bool:
        """Whether an answer of that mark still says what a new one would."""


class Changes:
    """For a database that only this process writes to: what its commits changed, by project.

    So one team's uploads leave the pages of all other projects as they are.
    """

    is_in_memory = True

    def __init__(self) -> None:
        self._number = 0
        self._everything = 0
        self._projects: dict[str, int] = {}
        self._lock = threading.Lock()

    def mark(self) -> int:
        """How many commits changed something."""
        return self._number

    def holds(self, mark: Hashable, project: str) -> bool:
        """Whether none since then changed that project."""
        if mark == self._number:
            return True
        if not project or not isinstance(mark, int):
            return False
        changed = self._projects.get(project, 0)  # first: they are forgotten after the rest is set
        return max(changed, self._everything) <= mark

    def committed(self, note: str, entries: list[Entry]) -> None:
        """The storage tells what it has on the disk, before whoever committed goes on.

        Of a transaction that appended no entry to a journal, nobody knows what it did, unless its
        note says so; that of a request is its path, which the client chose.
        """
        if note in QUIET and not entries:
            return
        projects = projects_of(entries)
        with self._lock:
            self._number += 1
            if projects is None or not entries or len(self._projects) > MOST:
                self._everything = self._number
                self._projects.clear()
            else:
                self._projects.update(dict.fromkeys(projects, self._number))


class LastTransaction:
    """For a database that others write to as well: any commit makes all answers old."""

    is_in_memory = False

    def __init__(self, ask: Callable[[], bytes]) -> None:
        self._ask = ask

    def mark(self) -> bytes | None:
        """The last transaction, of whichever process.

        What is the matter with the database, who really reads finds as well, and says so.
        """
        try:
            return self._ask()
        except Exception:
            return None

    def holds(self, mark: Hashable, project: str) -> bool:
        """Whether there was none since then."""
        return mark is not None and mark == self.mark()


def is_harmless(entry: Entry) -> bool:
    """Whether no installer's page and no archive depends on what the journal tells here.

    What is done to a project always counts: of that the publisher chooses words.
    """
    return not entry.project and entry.action in _HARMLESS


def projects_of(entries: Iterable[Entry]) -> set[str] | None:
    """The normal names of the projects that these entries changed; None: it may be any."""
    telling = [entry for entry in entries if not is_harmless(entry)]
    if not all(entry.project for entry in telling):
        return None
    return {normalise(entry.project) for entry in telling}


def freshness(database: Any) -> Freshness:
    """What fits the storage of ``database``."""
    storage = database.storage
    if hasattr(storage, "poll_invalidations"):  # RelStorage
        return LastTransaction(_Polling(storage))
    if hasattr(storage, "on_commit"):
        changes = Changes()
        storage.on_commit = changes.committed
        return changes
    sync = getattr(storage, "sync", lambda: None)

    def ask() -> bytes:  # ZEO
        sync()
        known: bytes = storage.lastTransaction()
        return known

    return LastTransaction(ask)


class _Polling:
    """Asks PostgreSQL, on a connection that all threads share; it stays in no transaction."""

    def __init__(self, storage: Any) -> None:
        self._main = storage
        self._mine: Any = None
        self._lock = threading.Lock()

    def __call__(self) -> bytes:
        with self._lock:
            mine, self._mine = self._mine, None
            if mine is None:
                mine = self._main.new_instance()
            try:
                mine.sync(True)
                mine.poll_invalidations()
                last: bytes = mine.lastTransaction()
                mine.afterCompletion()
            except Exception:
                mine.release()  # to close it would close what all others store with
                raise
            self._mine = mine
            return last
