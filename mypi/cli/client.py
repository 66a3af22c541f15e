"""Speak the HTTP API: plain values in, plain values out, failures for people.

Knows addresses and answers; how the index is reached is ``reach``'s.
"""

import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mypi.cli.hints import ADDRESS, hint_for
from mypi.cli.output import DOWN, FAILURES, NOT_FOUND, REFUSED, Failure

if TYPE_CHECKING:
    import httpx

API = "/+api/v1/"
PAGE = 1000
"""Entries asked for at a time."""
OUR_MARK = "X-Request-ID"
"""What every answer of ours has, those in plain text too."""
NO_LIMIT: Any = None
UPLOADS = 10
"""How often files are sent at most while others are in the way."""


class Client:
    """An index's API.  Addresses are given as their parts: ``get("indexes", "stable")``."""

    def __init__(self, http: "httpx.Client", where: str, close: Callable[[], None]) -> None:
        self.http = http
        self.where = where
        """What people call it: an address, a socket or a file."""
        self.close = close

    def get(self, *parts: str, **params: Any) -> Any:
        """What is there."""
        return self._ask("GET", parts, params=params)

    def post(self, *parts: str, body: Any = None, timeout: Any = 600) -> Any:
        """Make or do something; ``timeout`` in seconds, None waits for ever."""
        return self._ask("POST", parts, json=body if body is not None else {}, timeout=timeout)

    def patch(self, *parts: str, body: Any) -> Any:
        """Change something."""
        return self._ask("PATCH", parts, json=body)

    def put(self, *parts: str, body: Any = None) -> Any:
        """Set something."""
        return self._ask("PUT", parts, json=body if body is not None else {})

    def delete(self, *parts: str, **params: Any) -> Any:
        """Take something away."""
        return self._ask("DELETE", parts, params=params)

    def pages(
        self, key: str, *parts: str, cursor: str = "before", limit: int | None = None, **params: Any
    ) -> Iterator[Any]:
        """The entries under ``key`` of a list that is answered a page at a time; all, or ``limit``.

        ``cursor`` is the query word that takes what the answer calls ``next``.
        """
        after: Any = None
        left = limit if limit is not None else sys.maxsize
        while left > 0 and after != "":
            page = self.get(*parts, **params, **{cursor: after}, limit=min(PAGE, left))
            yield from page[key]
            left -= len(page[key])
            after = page["next"] or ""

    def default_index(self) -> str:
        """The name of the index behind the bare host."""
        names: list[str] = [it["name"] for it in self.get("indexes")["indexes"] if it["default"]]
        if not names:
            raise Failure(
                "The default index cannot be read with this login.", REFUSED, "name one: -i INDEX"
            )
        return names[0]

    def upload(self, address: str, fields: dict[str, str], files: list[tuple[str, Any]]) -> Any:
        """Send files with a form to an address outside of the API, as httpx takes them.

        They are sent again when others were in the way, and nothing was stored.
        """
        return self._request("POST", address, (), attempts=UPLOADS, data=fields, files=files)

    def _ask(self, method: str, parts: tuple[str, ...], **kw: Any) -> Any:
        address = API + "/".join(quote(part, safe="") for part in parts)
        return self._request(method, address, parts, **kw)

    def _request(
        self,
        method: str,
        address: str,
        parts: tuple[str, ...],
        timeout: Any = 600,
        attempts: int = 1,
        **kw: Any,
    ) -> Any:
        if "params" in kw:
            kw["params"] = {
                name: str(value).lower() if isinstance(value, bool) else value
                for name, value in kw["params"].items()
                if value not in (None, "")
            }
        response = self._answer(method, address, timeout, kw)
        while attempts > 1 and _is_busy(response):
            time.sleep(float(response.headers["Retry-After"]))
            response = self._answer(method, address, timeout, kw)
            attempts -= 1
        if response.is_success:
            return self._document(response)
        raise self._failure(response, parts)

    def _answer(
        self, method: str, address: str, timeout: Any, kw: dict[str, Any]
    ) -> "httpx.Response":
        import httpx

        try:
            return self.http.request(
                method, address, timeout=httpx.Timeout(timeout, connect=10), **kw
            )
        except httpx.TransportError as error:
            reason = str(error) or type(error).__name__
            raise Failure(
                f"{self.where} does not answer: {reason}.", DOWN, "check the address and try again"
            ) from None

    def _document(self, response: "httpx.Response") -> Any:
        try:
            return response.json()
        except ValueError:
            raise self._stranger(response) from None

    def _failure(self, response: "httpx.Response", parts: tuple[str, ...]) -> Failure:
        status = response.status_code
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        try:
            if kind == "text/plain" and OUR_MARK in response.headers:  # a door for uploads
                detail = response.text
            else:
                detail = str(response.json()["detail"])
        except (ValueError, KeyError, TypeError):
            return self._stranger(response)
        if status < 500:
            code = NOT_FOUND if status == 404 else REFUSED
        else:
            code = DOWN if status in (502, 503, 504) else FAILURES
        return Failure(detail, code, hint_for(status, parts, detail))

    def _stranger(self, response: "httpx.Response") -> Failure:
        """What to say of an answer that no mypi gives."""
        if response.is_redirect:
            to = response.headers.get("Location", "elsewhere")
            return Failure(f"{self.where} sends us to {to}.", DOWN, "give that address with -s")
        return Failure(
            f"{self.where} answered {response.status_code}, not as a mypi server does.",
            DOWN,
            ADDRESS,
        )


def _is_busy(response: "httpx.Response") -> bool:
    """Whether it says that nothing was stored, and when to come back."""
    headers = response.headers
    is_ours = OUR_MARK in headers and headers.get("Retry-After", "").isdecimal()
    return response.status_code == 503 and is_ours
