"""Redirects whose ``Location`` is a path: they stay right behind any proxy, whatever Host it sends.

Only ever for GET and HEAD, and after a browser's form: old clients repeat a redirected upload as a
GET and lose the file.
"""

from typing import Any
from urllib.parse import quote

from pyramid.response import Response

_SAFE = "/+"
"""A plus stays as people typed it: easy_install compares addresses as text."""


class PathRedirect(Response):
    """A redirect that WebOb does not complete with the Host header."""

    def _abs_headerlist(self, environ: dict[str, Any]) -> list[tuple[str, str]]:
        return list(self.headerlist)


def to_path(request: Any, path: str) -> Response:
    """Redirect to ``path`` below the application's root (already quoted); the query is kept."""
    query = request.environ.get("QUERY_STRING", "")
    return _redirect(request, 301, path + ("?" + query if query else ""))


def moved(request: Any, path: str) -> Response:
    """Redirect to ``path`` (already quoted, with its query); the query of this one is not kept."""
    return _redirect(request, 301, path)


def see_other(request: Any, path: str) -> Response:
    """Send a browser on to ``path`` (already quoted, with its query), to be read with GET."""
    response = _redirect(request, 303, path)
    response.headers["Cache-Control"] = "no-store"
    return response


def _redirect(request: Any, status: int, path: str) -> Response:
    # Two slashes in front would make the rest a host name; a backslash is a slash to browsers.
    path = "/" + path.replace("\\", "/").lstrip("/")
    location = quote(request.environ.get("SCRIPT_NAME", "")) + path
    response = PathRedirect(status=status, content_type="text/plain")
    response.headers["Location"] = location
    response.headers["Vary"] = "Accept"
    response.text = f"Moved to {location}\n"
    return response


def to_slash(request: Any) -> Response:
    """The same address with a slash at its end (PEP 503)."""
    return to_path(request, quote(request.path_info, _SAFE) + "/")


def to_spelling(request: Any, spelled: str, normal: str) -> Response:
    """The same address with a project's normal name, and a slash at its end."""
    head, _, _tail = request.path_info.rpartition(spelled)
    return to_path(request, quote(head + normal, _SAFE) + "/")
