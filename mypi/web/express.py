"""Answers that are given again as long as the database stays as it is, without asking Pyramid.

Of two requests that differ in nothing that is looked at, the second one's answer is the first one's
when nothing was committed in between: by this process or by another.  That one comparison takes the
place of everything that pages depend on.  Whoever logs in goes the long way: logins end with time.
"""

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from mypi.services.front import Front, Place
from mypi.web.watching import DOOR

LASTING = "mypi.lasting"
"""Environ key: a view sets it when its answer follows from request and database alone."""
AGAIN = "mypi.again"
"""Environ key: a function of the environ that makes the body once more, if that is not kept."""
PLACE = "mypi.place"
"""Environ key: a view sets it to the ``Place`` where a front server may find its answer."""

MOST = 2_000
"""Answers that are kept; their bodies are those of the ``BodyCache``, so they cost little more."""
LONGEST = 2_000
"""Characters of the headers and the address of a request whose answer is kept."""

_LOOKED_AT = (
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_ACCEPT",
    "HTTP_ACCEPT_ENCODING",
    "HTTP_IF_NONE_MATCH",
    "HTTP_HOST",
    "wsgi.url_scheme",
    "mypi.from_proxy",
)
_SEEN_TO = (
    "HTTP_AUTHORIZATION",
    "HTTP_COOKIE",
    "mypi.operator",
    "HTTP_RANGE",
    "HTTP_IF_RANGE",
    "HTTP_IF_MODIFIED_SINCE",
)
"""What makes a request one that is always looked at: somebody in particular, or a part."""

Key = tuple[str, ...]


Making = Callable[[dict[str, Any]], Iterable[bytes]]


class Kept(NamedTuple):
    """A whole answer, the door it came from, and the database's last transaction at that time."""

    transaction: bytes
    door: str
    status_int: int
    status: str
    headerlist: list[tuple[str, str]]
    length: int
    body: bytes
    again: Making | None
    place: Place | None


class Again:
    """A kept answer for one more request; ``headers`` are this one's own."""

    __slots__ = ("_body", "_kept", "content_length", "headers", "status_int")

    def __init__(self, kept: Kept, body: Iterable[bytes]) -> None:
        self._kept = kept
        self._body = body
        self.status_int = kept.status_int
        self.content_length = kept.length
        self.headers: dict[str, str] = {}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """The answer, as a WSGI application."""
        start_response(self._kept.status, [*self._kept.headerlist, *self.headers.items()])
        return self._body


class Express:
    """The answers kept, how far the database is, and where answers go that others can give."""

    def __init__(self, database: Any, front: Front | None = None) -> None:
        self.hits = 0
        self._front = front
        self._newest = newest(database)
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def run(self, environ: dict[str, Any], make: Any) -> Any:
        """The answer to a reading request: the one kept, or what ``make()`` gives."""
        key = key_of(environ)
        if key is None:
            return make()
        changes = self._front.changes() if self._front else 0
        before = self._asked()
        kept = self._kept.get(key)
        if kept is not None and kept.transaction == before:
            body = _body(kept, environ)
            if body is not None:
                self.hits += 1
                environ[DOOR] = kept.door
                self._lay_out(kept.place, kept, changes)
                return Again(kept, body)
        response = make()
        # Else it may show something later than ``before``, and be taken for what was then.
        if LASTING in environ and before is not None and self._asked() == before:
            self._keep(key, _kept(before, environ, response))
        self._lay_out(environ.get(PLACE), response, changes)
        return response

    def _lay_out(self, place: Place | None, answer: Any, changes: int) -> None:
        """Put a whole answer where a front server finds it, if there is one."""
        if place is None or self._front is None or answer.status_int != 200:
            return
        body = b"" if place.archive else answer.body
        if not place.archive and ("Content-Encoding", "gzip") in answer.headerlist:
            body = gzip.decompress(body)
        self._front.put(place, body, changes)

    def _asked(self) -> bytes | None:
        """The last transaction; None when the database does not tell.

        What is the matter with it, the long way finds as well, and says so.
        """
        try:
            return self._newest()
        except Exception:
            return None

    def _keep(self, key: Key, answer: Kept) -> None:
        with self._lock:
            self._kept[key] = answer
            self._kept.move_to_end(key)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)


def _kept(transaction: bytes, environ: dict[str, Any], response: Any) -> Kept:
    again = environ.get(AGAIN)
    return Kept(
        transaction,
        environ[DOOR],
        response.status_int,
        response.status,
        list(response.headerlist),
        response.content_length or 0,
        b"" if again else response.body,
        again,
        environ.get(PLACE),
    )


def _body(kept: Kept, environ: dict[str, Any]) -> Iterable[bytes] | None:
    """The body once more; None when it cannot be had in the short way."""
    if kept.again is None:
        return [kept.body]
    try:
        return kept.again(environ)
    except OSError:
        return None


def key_of(environ: dict[str, Any]) -> Key | None:
    """What tells a request from others; None when its answer is never kept."""
    if environ["REQUEST_METHOD"] != "GET" or any(name in environ for name in _SEEN_TO):
        return None
    key = tuple(str(environ.get(name, "")) for name in _LOOKED_AT)
    return key if sum(map(len, key)) <= LONGEST else None


def newest(database: Any) -> Callable[[], bytes]:
    """A function that tells the last transaction of the database, of whichever process."""
    storage = database.storage
    if hasattr(storage, "poll_invalidations"):  # RelStorage
        return _Polling(storage)
    sync = getattr(storage, "sync", None)
    if sync is None:  # a file storage, which nobody else writes to
        last: Callable[[], bytes] = storage.lastTransaction
        return last

    def ask() -> bytes:  # ZEO
        sync()
        known: bytes = storage.lastTransaction()
        return known

    return ask


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
