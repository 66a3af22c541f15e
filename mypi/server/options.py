"""All that the server can be told: waitress's adjustments with our defaults, and our own limits.

``[server:main]`` gives the keys; how large an upload may be and where it is spooled is the
application's to say (``mypi.max_upload``, ``mypi.min_free``, ``mypi.spool_dir`` in its settings).
"""

import dataclasses
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from waitress.adjustments import Adjustments

from mypi.errors import CannotStart
from mypi.server import places
from mypi.server.bodies import Taker
from mypi.server.proxies import Proxies, read_proxies
from mypi.sizes import parse_size

try:
    import resource
except ImportError:  # Windows has no such limit to check.
    resource = None  # type: ignore[assignment]

FORM_ALLOWANCE = 2**20
"""Bytes a request may have beyond the largest archive: the other fields of the upload form."""

SPARE_FILES = 100
"""File descriptors kept for the database, logs and listening sockets."""

DEFAULTS: Mapping[str, Any] = {
    "threads": 4,
    # waitress's 100 let 150 idle sockets shut everybody else out.
    "connection_limit": 1000,
    # select() cannot watch descriptors from 1024 up.
    "asyncore_use_poll": True,
    "channel_timeout": 30,
    "cleanup_interval": 5,
    "channel_request_lookahead": 0,
    "max_request_header_size": 2**16,
    "expose_tracebacks": False,
    "ident": "",
    # Over loopback 256 MiB take 0.3 s; with waitress's 8 KiB at a time, 0.7 s.
    "recv_bytes": 2**16,
}

SIZE_KEYS = ("linger_bytes", "recv_bytes", "max_request_header_size", "max_request_body_size")
"""Keys that are sizes, and may be written as such: ``64 KiB``."""


@dataclass(frozen=True)
class Limits:
    """Limits that waitress does not know.  Sizes are bytes, times are seconds."""

    max_upload: int = 2**30
    min_free: int = 256 * 2**20
    spool_dir: str = ""
    """Folder whose disk must have room for uploads; empty: the one of temporary files."""

    header_timeout: float = 30
    """A request whose head is not complete after this is dropped, even while bytes trickle in."""

    stop_timeout: float = 25
    """After SIGTERM or Ctrl-C, running requests may go on for this long."""

    stop_idle: float = 0
    """And idle connections are kept for this long, in case a request is on its way on one.

    A proxy does not repeat a POST whose connection broke.  :data:`IDLE_OF_PROXIES` if there is one.
    """

    linger_timeout: float = 60
    linger_bytes: int = 2 * 2**30
    """What a client may go on sending after a refusal.

    Most clients read the answer only when all is sent; if the socket were closed before, they would
    see a reset in its place.  Reading on costs a recv of 64 KiB at a time and no disk, as little as
    refusing half of it, so the bounds are those of a large upload on an ordinary network.
    """


IDLE_OF_PROXIES = 6
"""Seconds: a proxy must have closed an idle connection by then (4 in the files that we write)."""

OWN_KEYS = ("header_timeout", "stop_timeout", "stop_idle", "linger_timeout", "linger_bytes")
"""Fields of :class:`Limits` that ``[server:main]`` may set; the others are the application's."""

_WHOLE_NUMBERS = [name for name, cast in Adjustments._params if cast is int]
"""Keys whose mistakes waitress tells without their names."""


NO_PROXIES = Proxies()


class Options(Adjustments):
    """waitress's adjustments together with our ``limits``: what parser and channel are given.

    ``proxies`` are not waitress's to judge; ``is_inherited`` when the sockets stay open without us.
    ``at_once`` tells of a WSGI environment whether the application has the answer in memory,
    ``body_taker`` of a path and a content type who takes a large body that is posted there.
    """

    at_once: Callable[[dict[str, Any]], bool] = staticmethod(lambda environ: False)
    body_taker: Callable[[str, str], Taker | None] = staticmethod(lambda path, content_type: None)

    def __init__(self, limits: Limits, proxies: Proxies = NO_PROXIES, **adjustments: Any) -> None:
        given = adjustments.get("max_request_body_size")
        adjustments["max_request_body_size"] = given or limits.max_upload + FORM_ALLOWANCE
        super().__init__(clear_untrusted_proxy_headers=False, **adjustments)
        self.limits = limits
        self.proxies = proxies
        self.is_inherited = bool(adjustments.get("sockets"))
        # As refusals name it.
        self.body_limit = int(given) if given else limits.max_upload
        self.body_limit_setting = "max_request_body_size" if given else "mypi.max_upload"


def read_options(app: Any, settings: Mapping[str, Any]) -> Options:
    """Options from the keys of ``[server:main]`` and from what ``app`` says of itself.

    May raise the process's soft limit of open files.  Raises CannotStart when a key is unknown or
    its value unusable.
    """
    given = places.placed({**DEFAULTS, **settings})
    try:
        given |= {key: _size(key, given[key]) for key in SIZE_KEYS if key in given}
        proxies = read_proxies(given)
        own: dict[str, Any] = {"stop_idle": IDLE_OF_PROXIES if proxies else 0}
        own |= {key: _number(float, key, given.pop(key)) for key in OWN_KEYS if key in given}
        given |= {key: _number(int, key, given[key]) for key in _WHOLE_NUMBERS if key in given}
        limits = dataclasses.replace(_limits_of(app), **own)
        options = Options(limits, proxies, **given)
        options.at_once = app_settings(app).get("mypi.at_once") or options.at_once
        options.body_taker = app_settings(app).get("mypi.body_taker") or options.body_taker
    except ValueError as error:
        raise CannotStart(f"[server:main] {error}") from error
    options.connection_limit = affordable_connections(options.connection_limit)
    return options


def _size(key: str, value: Any) -> int:
    try:
        return parse_size(str(value))
    except ValueError as error:
        raise ValueError(f"{key} = {value}: {error}") from None


def _number(kind: type[float], key: str, value: Any) -> float:
    try:
        return kind(value)
    except ValueError:
        raise ValueError(f"{key} = {value}: write a number.") from None


def app_settings(app: Any) -> Mapping[str, Any]:
    """The settings of a Pyramid application; empty for any other."""
    return getattr(getattr(app, "registry", None), "settings", None) or {}


def affordable_connections(wanted: int) -> int:
    """``wanted``, or as many as the limit of open files allows: two for each (socket and file)."""
    if resource is None:
        return wanted
    needed = 2 * wanted + SPARE_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < needed:
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return wanted
    affordable = max(10, (soft - SPARE_FILES) // 2)
    logging.getLogger(__name__).warning(
        "connection_limit lowered from %d to %d: only %d files may be open (ulimit -n); raise "
        "LimitNOFILE to %d",
        wanted, affordable, soft, needed,
    )  # fmt: skip
    return affordable


def _limits_of(app: Any) -> Limits:
    settings = app_settings(app)
    sizes = {name: settings.get(f"mypi.{name}") for name in ("max_upload", "min_free")}
    return Limits(
        spool_dir=str(settings.get("mypi.spool_dir") or ""),
        **{
            name: size if isinstance(size, int) else parse_size(size)
            for name, size in sizes.items()
            if size is not None
        },
    )
