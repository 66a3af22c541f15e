"""What all pages share: the bar and the footer, the headers, and who is told what in them.

A page that is not cached is made by :func:`page`; the cached ones take the same values and headers
from here.
"""

from importlib.metadata import version
from typing import Any, NamedTuple

from pyramid.csrf import get_csrf_token
from pyramid.events import BeforeRender
from pyramid.renderers import render
from pyramid.response import Response

from mypi.errors import MypiError
from mypi.web import redirects
from mypi.web.frame import addresses
from mypi.web.frame.cooking import one_at_a_time
from mypi.web.resources import Door

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

EDITION = version("mypi")
"""Said in the footer."""


class Reader(NamedTuple):
    """Who reads the page, as far as the frame differs for them."""

    name: str
    is_open: bool
    is_admin: bool


def reader(request: Any) -> Reader:
    """Who asks for this page."""
    access = request.access
    return Reader(access.identity.name, access.is_open, access.may_administer())


def indexes(context: Door, request: Any, current: str = "") -> list[tuple[str, str, bool]]:
    """Names and addresses of all indexes, the default one first, and which one this is."""
    default = request.registry.mypi.default_index
    names = [index.name for index in context.access.indexes()]
    names.sort(key=lambda name: (name != default, name))
    return [(name, addresses.of_index(request, name).home, name == current) for name in names]


def shown(request: Any, template: str, values: dict[str, Any]) -> str:
    """The HTML of a page."""
    text: str = render(f"mypi.web.pages:templates/{template}.pt", values, request=request)
    return text


def page(
    context: Door,
    request: Any,
    template: str,
    values: dict[str, Any],
    *,
    problem: MypiError | None = None,
    notices: dict[str, str] | None = None,
) -> Response:
    """A page for this reader at this moment only: never kept by anybody.

    ``problem`` is why a form was refused.  ``notices`` maps the words that ``?done=`` may have to
    sentences.
    """
    frame = {
        "here": addresses.of(context, request),
        "index": context.index.name,
        "indexes": indexes(context, request, values.pop("current", "")),
        "reader": reader(request),
        "csrf_token": get_csrf_token(request),
        "problem": str(problem) if problem is not None else "",
        "notice": (notices or {}).get(request.GET.get("done", ""), ""),
    }
    response = Response(content_type="text/html", charset="utf-8")
    response.text = shown(request, template, frame | values)
    response.status_int = problem.status if problem is not None else 200
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Cookie"
    protect(response)
    return response


def protect(response: Response) -> None:
    """The headers that keep a page from being abused."""
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"


def admit_pictures(response: Response) -> None:
    """Let a page show pictures from anywhere: their servers learn who reads, but not what."""
    policy = CONTENT_SECURITY_POLICY.replace(
        "img-src 'self' data:", "img-src 'self' data: https: http:"
    )
    response.headers["Content-Security-Policy"] = policy


def go(request: Any, address: str, done: str = "", **query: str) -> Response:
    """Send the browser on to a page; ``done`` is the word for what has been done."""
    words = {"done": done, **query} if done else query
    path = address.removeprefix(addresses.root(request))
    text = "&".join(f"{key}={addresses.quoted(value)}" for key, value in words.items())
    return redirects.see_other(request, f"{path}?{text}" if text else path)


def includeme(config: Any) -> None:
    """What every template may use, and how forms are read."""
    one_at_a_time()
    config.add_subscriber(_addresses, BeforeRender)
    config.include("mypi.web.frame.forms")


def _addresses(event: Any) -> None:
    """Names for all templates: where the application is mounted, where assets are, the edition."""
    request = event["request"]
    root = addresses.root(request)
    event.setdefault("root", root)
    event.setdefault("site_title", request.registry.mypi.title)
    event.setdefault("edition", EDITION)
    event.setdefault("no_room", request.registry.room.trouble)
    event.setdefault(
        "assets", {name: root + asset.path for name, asset in request.registry.assets.items()}
    )
