"""Keep other sites' pages from writing here through a visitor's browser.

Upload tools cannot carry CSRF tokens, and an open index behind a firewall has no login to steal: so
every unsafe request is judged by what only browsers send.  Tools send none of these headers.
"""

import ipaddress
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from mypi.web.errors import answer
from mypi.web.execution import SAFE_METHODS

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
    configured = urlsplit(request.registry.mypi.url).netloc
    return urlsplit(origin).netloc.lower() == (configured or request.host).lower()


def _host_is_expected(request: Any) -> bool:
    """Guard against DNS rebinding: a page of evil.example whose name now leads to this machine."""
    settings = request.registry.mypi
    name = (urlsplit("//" + request.host).hostname or "").lower()
    if name in {"localhost", urlsplit(settings.url).hostname, *settings.hosts}:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
