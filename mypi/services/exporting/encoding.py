"""How the documents of the neutral format are written and read: JSON, and times in UTC."""

import json
from datetime import UTC, date, datetime
from typing import Annotated, TypeVar

import msgspec

LATEST = datetime(9999, 12, 31, tzinfo=UTC).timestamp()

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""RFC 3339, in UTC, to the microsecond."""
Day = Annotated[int, msgspec.Meta(ge=1, le=date.max.toordinal())]
"""A proleptic ordinal, in UTC."""
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
"""As large as JavaScript still counts exactly."""


class Document(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A JSON object whose keys are all told."""


T = TypeVar("T", bound=Document)


def moment(seconds: float) -> datetime:
    """Seconds since the epoch as the documents tell them; what is later is the year 9999."""
    return datetime.fromtimestamp(min(seconds, LATEST), UTC)


def moment_or_none(seconds: float | None) -> datetime | None:
    """The same for a time that may not be."""
    return None if seconds is None else moment(seconds)


def seconds(told: datetime) -> float:
    """The other way round."""
    return told.timestamp()


def seconds_or_none(told: datetime | None) -> float | None:
    """The same for a time that may not be."""
    return None if told is None else told.timestamp()


def line(document: Document) -> bytes:
    """The document as one line of JSON.

    Half of a surrogate pair, which UTF-8 cannot tell, becomes a question mark.
    """
    try:
        return msgspec.json.encode(document) + b"\n"
    except UnicodeEncodeError:
        plain = json.dumps(msgspec.to_builtins(document), ensure_ascii=False)
        return plain.encode(errors="replace") + b"\n"


def pretty(document: Document) -> bytes:
    """The document as JSON for people, a value a line: two exports can be compared by ``diff``."""
    return msgspec.json.format(line(document).rstrip(), indent=1) + b"\n"


def parse(raw: bytes, kind: type[T]) -> T:
    """Read a document; raises ValueError that names the key that is wrong."""
    return msgspec.json.decode(raw, type=kind)
