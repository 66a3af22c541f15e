"""``mypi.wsgi:application`` for WSGI servers of others: gunicorn, mod_wsgi, uWSGI.

The ini file is the one that ``MYPI_CONFIG`` names, else ``production.ini`` in the current folder.
What its ``[server:main]`` says of proxies and of a prefix counts here too; how to listen, and the
limits of our own server, are that server's to set.
"""

import os
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Any

from mypi.errors import CannotStart
from mypi.server.options import FORM_ALLOWANCE, Limits, app_settings
from mypi.server.proxies import KEYS, read_proxies
from mypi.server.refusals import too_large

Environ = MutableMapping[str, Any]
App = Callable[[Environ, Any], Iterable[bytes]]


def load(ini: str = "") -> App:
    """The application of ``ini`` with what belongs around it; opens the database.

    Call it in the process that answers requests: the database does not survive a fork.  Raises
    CannotStart.
    """
    import plaster

    ini = ini or os.environ.get("MYPI_CONFIG", "") or "production.ini"
    if not os.path.exists(ini):
        raise CannotStart(f"There is no {os.path.abspath(ini)}; set MYPI_CONFIG to the ini file.")
    file = plaster.get_loader(ini, protocols=["wsgi"])
    file.setup_logging()
    server = dict(file.get_settings("server:main"))
    try:
        proxies = read_proxies({key: server[key] for key in KEYS if key in server})
    except ValueError as error:
        raise CannotStart(f"[server:main] {error}") from None
    try:
        app = file.get_wsgi_app("main")
    except SystemExit:
        # gunicorn would start the next worker at once, for ever, if this one just ended.
        raise CannotStart("mypi cannot start; the line above says why.") from None
    limit = int(app_settings(app).get("mypi.max_upload", Limits.max_upload))
    placed = below(server.get("url_prefix", ""), bounded(limit, app))
    return one_process(proxies.around(placed))


def below(prefix: str, app: App) -> App:
    """``app`` at ``prefix``, unless the server has taken that off the path already."""
    prefix = "/" + prefix.strip("/") if prefix.strip("/") else ""
    if not prefix:
        return app

    def call(environ: Environ, start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if not environ.get("SCRIPT_NAME") and f"{path}/".startswith(f"{prefix}/"):
            environ["SCRIPT_NAME"] = prefix
            environ["PATH_INFO"] = path[len(prefix) :]
        return app(environ, start_response)

    return call


def bounded(limit: int, app: App) -> App:
    """``app``, for bodies with a file of at most ``limit`` bytes; others are not read."""

    def call(environ: Environ, start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and len(length) < 19 and int(length) <= limit + FORM_ALLOWANCE:
            environ["wsgi.input"] = Body(environ["wsgi.input"])
            return app(environ, start_response)
        status, headers, body = too_large(limit, "mypi.max_upload").to_response()
        start_response(status, headers)
        return [body]

    return call


class Body:
    """A request's body; mypi reads it once, and rewinds it only before that."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._stream)

    def seek(self, position: int) -> int:
        """Stay.  pyramid_retry asks for it, but what a second attempt needs is in the environ."""
        return position


def one_process(app: App) -> App:
    """``app``, for this process alone: a copy of its database connections would damage both."""
    ours = os.getpid()

    def call(environ: Environ, start_response: Any) -> Iterable[bytes]:
        if os.getpid() != ours:
            raise CannotStart(
                "The database was opened before this process was forked. Load mypi.wsgi in each "
                "worker: no --preload, no preload_app, lazy-apps = true."
            )
        return app(environ, start_response)

    return call


def __getattr__(name: str) -> Any:
    """``application`` is made when it is first asked for, not by importing the module."""
    if name != "application":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    made = globals()["application"] = load()
    return made
