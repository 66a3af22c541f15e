"""Believe what a proxy says of its client: a proxy that is named, a header that is named.

waitress's own middleware translates the headers; here it is decided whom to believe, since waitress
knows one address only and no prefix.  The same holds whichever server runs: see ``mypi.wsgi``.
"""

import functools
import ipaddress
import re
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from waitress.proxy_headers import PROXY_HEADERS, proxy_headers_middleware
from waitress.utilities import BadRequest

FROM_PROXY = "mypi.from_proxy"
"""Environ key: there, and True, when the request came through a proxy that is believed."""

UNIX = "unix"
"""How ``trusted_proxy`` names whoever may open our Unix socket."""

KEYS = (
    "trusted_proxy",
    "trusted_proxy_count",
    "trusted_proxy_headers",
    "clear_untrusted_proxy_headers",
    "log_untrusted_proxy_headers",
)
"""Keys of ``[server:main]`` that are read here."""

PREFIX = "x-forwarded-prefix"
HEADERS = frozenset(name.lower().replace("_", "-") for name in PROXY_HEADERS) | {PREFIX}
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]{1,100}){0,20}/?", re.ASCII)
_OURS_ALONE = ("HTTP_X_FORWARDED_PREFIX", "HTTP_X_REQUEST_ID")
"""Headers besides waitress's that nobody but a trusted proxy may set."""
_TOLD = frozenset(_OURS_ALONE) | {"HTTP_" + name.upper().replace("-", "_") for name in HEADERS}

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Proxies:
    """Which peers are believed (``networks``, ``unix``, ``everybody``), and which ``headers``."""

    networks: tuple[Network, ...] = ()
    unix: bool = False
    everybody: bool = False
    headers: frozenset[str] = frozenset()
    count: int = 1
    clear: bool = True
    log: bool = False

    def __bool__(self) -> bool:
        return bool(self.networks or self.unix or self.everybody)

    def trusts(self, peer: str) -> bool:
        """Whether ``peer``, a ``REMOTE_ADDR``, is one of these proxies."""
        return self.everybody or _is_among(peer, self.networks, self.unix)

    def are_absent(self, environ: MutableMapping[str, Any]) -> bool:
        """Whether the request came as it is: no proxy is believed, and none says anything."""
        told = not _TOLD.isdisjoint(environ)
        return not told and not (self and self.trusts(environ.get("REMOTE_ADDR", "")))

    def around(self, app: Any) -> Any:
        """``app``, told of clients as the proxies tell, and of nothing that others made up."""
        told = {"clear_untrusted": self.clear, "log_untrusted": self.log}
        believing = proxy_headers_middleware(
            self._below_prefix(app),
            trusted_proxy="*",
            trusted_proxy_count=self.count,
            trusted_proxy_headers=set(self.headers - {PREFIX}),
            **told,
        )
        doubting = proxy_headers_middleware(app, **told)
        keys = {"HTTP_" + name.upper().replace("-", "_") for name in self.headers}

        def call(environ: MutableMapping[str, Any], start_response: Any) -> Any:
            environ.setdefault("REMOTE_ADDR", "")
            if self and self.trusts(environ["REMOTE_ADDR"]):
                # Others on the proxy's machine may come as well, the command line for one.
                if not keys.isdisjoint(environ):
                    environ[FROM_PROXY] = True
                return believing(environ, start_response)
            if self.clear:
                for key in _OURS_ALONE:
                    environ.pop(key, None)
            return doubting(environ, start_response)

        return call

    def _below_prefix(self, app: Any) -> Any:
        """``app`` below the prefix that the proxy has cut off the path, if it tells it."""

        def call(environ: MutableMapping[str, Any], start_response: Any) -> Any:
            prefix = environ.pop("HTTP_X_FORWARDED_PREFIX", "").strip()
            if prefix and PREFIX in self.headers:
                if not _PREFIX.fullmatch(prefix):
                    error = BadRequest('Header "X-Forwarded-Prefix" malformed.')
                    return error.wsgi_response(environ, start_response)
                environ["SCRIPT_NAME"] = prefix.rstrip("/") + environ.get("SCRIPT_NAME", "")
            return app(environ, start_response)

        return call


def read_proxies(keys: dict[str, Any]) -> Proxies:
    """Take what ``[server:main]`` says of proxies out of ``keys``.

    Raises ValueError, with a sentence, when that cannot be understood.
    """
    given = {key: str(keys.pop(key)) for key in KEYS if keys.get(key) is not None}
    words = _words(given.get("trusted_proxy", ""))
    headers = frozenset(word.lower() for word in _words(given.get("trusted_proxy_headers", "")))
    if unknown := headers - HEADERS:
        raise ValueError(
            f"trusted_proxy_headers: {', '.join(sorted(unknown))} is not known; there are "
            f"{', '.join(sorted(HEADERS))}."
        )
    if words and not headers:
        raise ValueError(
            "trusted_proxy: say which headers that proxy sets, for example "
            "trusted_proxy_headers = x-forwarded-for x-forwarded-proto; it must set all of them, "
            "or clients can."
        )
    if not words and (headers or "trusted_proxy_count" in given):
        raise ValueError("trusted_proxy_headers and trusted_proxy_count: name the trusted_proxy.")
    names = {UNIX, "localhost", "*"}
    return Proxies(
        networks=tuple(_network(word) for word in words if word not in names),
        # waitress calls the other end of a Unix socket localhost.
        unix=bool({UNIX, "localhost"} & set(words)),
        everybody="*" in words,
        headers=headers,
        count=_count(given.get("trusted_proxy_count", "1")),
        clear=_truth(given.get("clear_untrusted_proxy_headers", "true")),
        log=_truth(given.get("log_untrusted_proxy_headers", "false")),
    )


@functools.lru_cache(maxsize=1024)
def _is_among(peer: str, networks: tuple[Network, ...], unix: bool) -> bool:
    if peer in ("", "localhost", UNIX):
        return unix
    try:
        address = ipaddress.ip_address(peer.strip("[]").partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)


def _words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def _network(word: str) -> Network:
    try:
        return ipaddress.ip_network(word, strict=False)
    except ValueError:
        raise ValueError(
            f"trusted_proxy: {word} is neither an address such as 127.0.0.1, nor a network such as "
            f"10.0.0.0/8, nor {UNIX} (our Unix socket), nor *."
        ) from None


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise ValueError(f"trusted_proxy_count = {text}: a whole number from 1 up is wanted.")
    return int(text)


def _truth(text: str) -> bool:
    return text.strip().lower() in ("true", "yes", "on", "1")
