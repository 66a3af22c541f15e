"""What the bytes of a member are: text to read, a picture to show, or neither."""

import re
from typing import NamedTuple

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of what follows: source that shows other than it runs."""

_PICTURES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}


class Text(NamedTuple):
    """A text with line ends of one kind; ``is_turning``: it held characters that turn direction.

    Those, and control characters, stand in it as ``<U+202E>``.
    """

    text: str
    encoding: str
    is_turning: bool


def as_text(raw: bytes, *, is_cut: bool = False) -> Text | None:
    """``raw`` as a text, if it is one; ``is_cut``: it may end within a character."""
    if b"\0" in raw:
        return None
    try:
        text, encoding = raw.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError as error:
        if is_cut and error.start > len(raw) - 4:
            text, encoding = raw[: error.start].decode("utf-8-sig"), "UTF-8"
        else:
            text, encoding = raw.decode("latin-1"), "Latin-1"
    if len(_CONTROLS.findall(text)) * 20 > len(text):
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    is_turning = _TURNING.search(text) is not None
    shown = _TURNING.sub(_named, _CONTROLS.sub(_named, text))
    return Text(shown, encoding, is_turning)


def picture_type(raw: bytes) -> str:
    """The media type of a picture that browsers only show; empty for all else, SVG among it."""
    for start, media_type in _PICTURES.items():
        if raw.startswith(start):
            return media_type
    return "image/webp" if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP" else ""


def _named(match: re.Match[str]) -> str:
    return f"<U+{ord(match[0]):04X}>"
