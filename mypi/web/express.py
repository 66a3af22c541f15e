"""Answers that are given again as long as what they tell of stays as it is, without asking Pyramid.

Of two requests that differ in nothing that is looked at, the second one's answer is the first one's
when nothing was committed in between that it could show (``mypi.services.freshness``).  That one
comparison takes the place of everything that pages depend on.  Whoever logs in goes the long way:
logins end with time.
"""

import gzip
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple

from mypi.services.freshness import Freshness
from mypi.services.front import Front, Place
from mypi.web.watching import DOOR

LASTING = "mypi.lasting"
"""Environ key: a view sets it when its answer follows from request and database alone.

Its value is the normal name of the project that the answer tells of, and of no other; else empty.
"""
AGAIN = "mypi.again"
"""Environ key: a function of the environ that makes the body once more, if that is not kept."""
PLACE = "mypi.place"
"""Environ key: a view sets it to the ``Place`` where a front server may find its answer."""
_FOUND = "mypi.found"
"""Environ key: the kept answer that ``has`` found."""

MOST = 2_000
"""Answers that are kept, if their bodies are not too large (``Express.limit``)."""
LONGEST = 2_000
"""Characters of the headers and the address of a request whose answer is kept."""
QUICK = 2**19
"""Bytes of a body up to which the answer is given without a thread."""

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
    """A whole answer, the door it came from, what it tells of, and as of when."""

    mark: Hashable
    project: str
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
    """The answers kept, how long they hold, and where answers go that others can give.

    Most bodies are those of the ``BodyCache`` and cost nothing more, as long as it keeps them too:
    so these are bounded by ``limit`` bytes as well.
    """

    def __init__(self, fresh: Freshness, limit: int, front: Front | None = None) -> None:
        self.hits = 0
        self.limit = limit
        self.size = 0
        self._front = front
        self._fresh = fresh
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = threading.Lock()

    def has(self, environ: dict[str, Any]) -> bool:
        """Whether the answer lies in memory, so that nobody has to wait for it.

        Then ``run`` gives just that one, whatever is committed meanwhile.
        """
        if not self._fresh.is_in_memory or self._front is not None:
            return False
        kept = self._find(key_of(environ))
        if kept is None or kept.again is not None or kept.length > QUICK:
            return False
        environ[_FOUND] = kept
        return True

    def run(self, environ: dict[str, Any], make: Any) -> Any:
        """The answer to a reading request: the one kept, or what ``make()`` gives."""
        if _FOUND in environ:
            return self._give(environ, environ[_FOUND], 0) or make()
        key = key_of(environ)
        if key is None:
            return make()
        changes = self._front.changes() if self._front else 0
        kept = self._find(key)
        if kept is not None and (again := self._give(environ, kept, changes)):
            return again
        mark = self._fresh.mark()
        response = make()
        if LASTING in environ and mark is not None:
            self._keep(key, _kept(mark, environ, response))
        self._lay_out(environ.get(PLACE), response, changes)
        return response

    def _find(self, key: Key | None) -> Kept | None:
        """The answer kept, if it still holds."""
        kept = self._kept.get(key) if key else None
        if kept is None or not self._fresh.holds(kept.mark, kept.project):
            return None
        return kept

    def _give(self, environ: dict[str, Any], kept: Kept, changes: int) -> Again | None:
        """An answer once more; None when its body cannot be had in the short way."""
        body = _body(kept, environ)
        if body is None:
            return None
        self.hits += 1
        environ[DOOR] = kept.door
        self._lay_out(kept.place, kept, changes)
        return Again(kept, body)

    def _lay_out(self, place: Place | None, answer: Any, changes: int) -> None:
        """Put a whole answer where a front server finds it, if there is one."""
        if place is None or self._front is None or answer.status_int != 200:
            return
        body = b"" if place.archive else answer.body
        if not place.archive and ("Content-Encoding", "gzip") in answer.headerlist:
            body = gzip.decompress(body)
        self._front.put(place, body, changes)

    def _keep(self, key: Key, answer: Kept) -> None:
        if len(answer.body) * 4 > self.limit:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            self.size += len(answer.body) - (len(before.body) if before else 0)
            self._kept[key] = answer
            while len(self._kept) > MOST or self.size > self.limit:
                _key, dropped = self._kept.popitem(last=False)
                self.size -= len(dropped.body)


def _kept(mark: Hashable, environ: dict[str, Any], response: Any) -> Kept:
    again = environ.get(AGAIN)
    return Kept(
        mark,
        environ[LASTING],
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
