"""How a request runs: reading without a transaction, writing with retries of its database part.

An upload is received once (see ``mypi.web.upload``) and parked in the WSGI environ, which all
attempts share; here it is cleared away after the last one.
"""

from collections.abc import Callable
from typing import Any

from pyramid_retry import RetryableExecutionPolicy

from mypi.model import APPENDED, Entry

SAFE_METHODS = frozenset({"GET", "HEAD"})
SPOOLS = "mypi.spools"
"""Environ key: spools to close when the request has been answered."""


def execution_policy(attempts: int) -> Callable[[dict[str, Any], Any], Any]:
    """A Pyramid execution policy that tries a writing request up to ``attempts`` times."""
    retrying = RetryableExecutionPolicy(attempts)

    def run(environ: dict[str, Any], router: Any) -> Any:
        if environ["REQUEST_METHOD"] in SAFE_METHODS:

            def read() -> Any:
                with router.request_context(environ) as request:
                    return router.invoke_request(request)

            return router.registry.express.run(environ, read)
        # The views read the body themselves, once; pyramid_retry would copy it to have it seekable.
        environ["webob.is_body_seekable"] = True
        spools: list[Any] = []
        environ[SPOOLS] = spools
        entries: list[Entry] = []
        token = APPENDED.set(entries)
        try:
            return retrying(environ, router)
        finally:
            APPENDED.reset(token)
            if router.registry.front is not None:
                router.registry.front.changed(entries)
            router.registry.background.wake()
            for spool in spools:
                spool.close()

    return run


def writes(request: Any) -> bool:
    """pyramid_tm's activate hook: reading needs no transaction.

    With the explicit manager a write without one raises NoTransaction instead of being lost.
    """
    return request.method not in SAFE_METHODS
