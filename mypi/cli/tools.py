"""Files for the tools of who uses an index: texts of its set-up page, for ``mypi config gen``."""

from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from mypi.errors import Refused
from mypi.names import check_index_name

TOOLS: Mapping[str, tuple[str, str, str]] = {
    "pip": ("pip", "For good, Linux and macOS", "pip.conf"),
    "pypirc": ("twine", ".pypirc", ".pypirc"),
    "uv": ("uv", "For good", "uv.toml"),
    "poetry": ("poetry", "The same in pyproject.toml", "pyproject.toml"),
}
"""What can be asked for -> a row of that page, a text in it, and the file that it belongs into."""


class Made(NamedTuple):
    """A file, and where it goes."""

    name: str
    text: str
    note: str


def made(kind: str, url: str, index: str, *, has_login: bool) -> Made:
    """One of :data:`TOOLS` for the ``index`` (empty: the default one) of the site at ``url``.

    ``has_login``: installing needs one.  Publishing has one anyway; an open index takes any.
    Raises Refused when ``url`` is no address, or ``index`` no name of one.
    """
    from mypi.web.frame import setting_up
    from mypi.web.frame.addresses import Addresses

    if index:
        check_index_name(index)
    if not urlsplit(url).hostname or not set(url).isdisjoint(" \t\r\n'\""):
        raise Refused(f"{url!r} is no address such as https://pypi.example.")
    here = Addresses("", url.rstrip("/"), f"/+{index}" if index else "")
    tool, label, name = TOOLS[kind]
    (text,) = (
        it
        for row in setting_up.rows(here, is_open=False, is_public=not has_login)
        for it in row.snippets
        if (row.tool, it.tool) == (tool, label)
    )
    return Made(name, text.text + "\n", text.note or "the part of it that names the index.")
