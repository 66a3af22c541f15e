"""Keep other sites' pages from writing here through a visitor's browser.

Upload tools cannot carry CSRF tokens, and an open index behind a firewall has no login to steal: so
every unsafe request is judged by what only browsers send.  Tools send none of these headers.
"""

import ipaddress
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mypi.web.errors import answer
from mypi.web.execution import SAFE_METHODS

PORTS = {"http": 80, "https": 443}
FOREIGN = "This request came from another site's page; it was not carried out."


def origin_tween(handler: Callable[[Any], Any], registry: Any) -> Callable[[Any], Any]:
    """A tween that answers 403 to a browser's write that does not come from our own pages."""

    def tween(request: Any) -> Any:
        if request.method not in SAFE_METHODS and not is_ours(request):
            return answer(request, 403, FOREIGN)
        return handler(request)

    return tween


def is_ours(request: Any) -> bool:
    """Whether an unsafe request comes from a tool, or from a page of this server."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is None and origin is None:
        return True
    if site not in (None, "same-origin", "none"):
        return False
    try:
        return (origin is None or _is_own(origin, request)) and _host_is_expected(request)
    except ValueError:  # no address at all, such as "http://["
        return False


def _is_own(origin: str, request: Any) -> bool:
    """Whether ``origin`` is the configured address, or, by a name that may be used, the asked one.

    Which scheme a browser used for a name is not known here: a proxy may speak https for us.
    """
    settings = request.registry.mypi
    own = {_address(settings.url)} if settings.url else set()
    asked = _address(f"{urlsplit(origin).scheme}://{request.host}")
    if not settings.url or asked.name in _hosts(settings):
        own.add(asked)
    return _address(origin) in own


class _Address(NamedTuple):
    scheme: str
    name: str
    port: int


def _address(url: str) -> _Address:
    """What makes an origin, in lower case, its port also where it is not written."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("no address of a web page")
    return _Address(parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme])


def _hosts(settings: Any) -> set[str]:
    return {host.lower() for host in settings.hosts}


def _host_is_expected(request: Any) -> bool:
    """Guard against DNS rebinding: a page of evil.example whose name now leads to this machine."""
    settings = request.registry.mypi
    name = (urlsplit("//" + request.host).hostname or "").lower()
    if name in {"localhost", urlsplit(settings.url).hostname, *_hosts(settings)}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
