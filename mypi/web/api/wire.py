"""JSON in and out: bodies and query strings become Structs, Structs become answers."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

import msgspec
from pyramid.response import Response

from mypi.errors import Refused, TooLarge, Unsupported

MAX_BODY = 2**20
"""Bytes of a request's body."""

LATEST = datetime(9999, 12, 31, tzinfo=UTC).timestamp()
"""Seconds since the epoch; the calendar ends there."""

MEDIA_TYPE = "application/json"
RAW = "mypi.api.body"
"""Environ key: the bytes of the body, for the attempts that follow a conflict."""

Time = Annotated[datetime, msgspec.Meta(tz=True, description="RFC 3339, in UTC.")]
Size = Annotated[int, msgspec.Meta(description="Bytes.")]
Limit = Annotated[int, msgspec.Meta(ge=1, le=1000, description="Most entries to answer with.")]

T = TypeVar("T")
_encode = msgspec.json.Encoder().encode


class Asked(msgspec.Struct, forbid_unknown_fields=True):
    """What a client sends: a key that is not known is refused, never overlooked."""


class Answer(msgspec.Struct):
    """What a client gets; later versions may add keys."""


class Nothing(Asked):
    """No body, no query."""


class Done(Answer):
    """It is done, or was so before."""

    done: bool = True


def body(request: Any, kind: type[T]) -> T:
    """The JSON body as a ``kind``; no body is an empty object.

    Raises Refused naming the key that is wrong, Unsupported and TooLarge.
    """
    raw = _raw(request)
    if raw and request.content_type != MEDIA_TYPE:
        raise Unsupported(f"Send the body as {MEDIA_TYPE}, and say so in the Content-Type header.")
    return _checked("The request's body", lambda: msgspec.json.decode(raw or b"{}", type=kind))


def query(request: Any, kind: type[T]) -> T:
    """The query string as a ``kind``; raises Refused naming the word that is wrong."""
    words = request.GET.mixed()
    return _checked("The address", lambda: msgspec.convert(words, kind, strict=False))


def response(answer: Any, status: int) -> Response:
    """An answer as JSON; never kept by caches, since it depends on who asks."""
    it = Response(status=status, body=_encode(answer))
    it.content_type = MEDIA_TYPE
    it.headers["Cache-Control"] = "no-store"
    it.headers["X-Content-Type-Options"] = "nosniff"
    it.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
    return it


def time(seconds: float) -> datetime:
    """Seconds since the epoch as JSON shows them; what is later than that is the year 9999."""
    return datetime.fromtimestamp(min(seconds, LATEST), UTC)


def time_or_none(seconds: float | None) -> datetime | None:
    """The same for a time that may not be."""
    return None if seconds is None else time(seconds)


def seconds(text: str, key: str) -> float | None:
    """Seconds since the epoch of an RFC 3339 time or a date, UTC if nothing is said; None if empty.

    Raises Refused naming ``key``.
    """
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise Refused(
            f"{key}: {text[:40]!r} is not a time; write 2026-01-31 or 2026-01-31T12:00:00Z."
        ) from None


def _raw(request: Any) -> bytes:
    """The body; read from the client once, whatever the number of attempts."""
    environ = request.environ
    if RAW not in environ:
        length = request.content_length or 0
        if length > MAX_BODY:
            raise TooLarge(f"The request's body is {length} bytes; the API takes {MAX_BODY}.")
        environ[RAW] = environ["wsgi.input"].read(length) if length else b""
    raw: bytes = environ[RAW]
    return raw


def _checked(what: str, decode: Callable[[], T]) -> T:
    try:
        return decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        said = str(error).replace("`$.", "`").replace(" - at ", " at ").replace(" `$`", "")
        raise Refused(f"{what}: {said}.") from None
