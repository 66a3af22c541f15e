"""How a request runs: reading without a transaction, writing with retries of its database part.

An upload is received once (see ``mypi.web.upload``) and parked in the WSGI environ, which all
attempts share; here it is cleared away after the last one.
"""

from collections.abc import Callable
from typing import Any

from pyramid_retry import RetryableExecutionPolicy

from mypi.model import APPENDED, Appended
from mypi.web.cookies import keep_ours

SAFE_METHODS = frozenset({"GET", "HEAD"})
SPOOLS = "mypi.spools"
"""Environ key: spools to close when the request has been answered."""

_TURN = "mypi.turn"
"""Environ key: the lock to release when the request has been answered."""


def take_turn(request: Any) -> bool:
    """Go on when no other upload to this process is between here and its commit.

    What is read is as of now then, so nothing has to be merged.  Merging is done with the storage's
    own lock held, and costs as much as all the rest (measured, 8 uploads at once: 9 to 10 ms of
    computing for each, 6 with turns).  Other storages take archives in before they lock anything,
    which may take seconds, so there is no ``registry.turns``.

    Returns whether the state is another one now: who may do what, and where, was found as of the
    request's beginning, which may be minutes ago, and is to be asked again.
    """
    turns = request.registry.turns
    if turns is None or _TURN in request.environ:
        return False
    turns.acquire()
    request.environ[_TURN] = turns
    request.tm.abort()
    request.tm.begin()
    return True


def execution_policy(attempts: int) -> Callable[[dict[str, Any], Any], Any]:
    """A Pyramid execution policy that tries a writing request up to ``attempts`` times."""
    retrying = RetryableExecutionPolicy(attempts)

    def run(environ: dict[str, Any], router: Any) -> Any:
        keep_ours(environ)
        if environ["REQUEST_METHOD"] in SAFE_METHODS:

            def read() -> Any:
                with router.request_context(environ) as request:
                    return router.invoke_request(request)

            return router.registry.express.run(environ, read)
        # The views read the body themselves, once; pyramid_retry would copy it to have it seekable.
        environ["webob.is_body_seekable"] = True
        spools: list[Any] = []
        environ[SPOOLS] = spools
        entries = Appended()
        token = APPENDED.set(entries)
        try:
            return retrying(environ, router)
        finally:
            APPENDED.reset(token)
            if _TURN in environ:
                environ[_TURN].release()
            try:
                if router.registry.front is not None:
                    router.registry.front.changed(entries)
            finally:
                router.registry.background.wake()
                for spool in spools:
                    spool.close()

    return run


def writes(request: Any) -> bool:
    """pyramid_tm's activate hook: reading needs no transaction.

    With the explicit manager a write without one raises NoTransaction instead of being lost.
    """
    return request.method not in SAFE_METHODS
