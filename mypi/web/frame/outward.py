"""For readers that are no browsers on one of our pages: whole URLs, and text that XML can carry."""

import re

from mypi.web.frame.addresses import Addresses

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def url(here: Addresses, path: str) -> str:
    """The URL of a path that ``here`` gave."""
    return here.site + path.removeprefix(here.root)


def legal(text: str) -> str:
    """``text`` without the characters that XML 1.0 does not allow, escaped or not."""
    return _ILLEGAL.sub("", text)
