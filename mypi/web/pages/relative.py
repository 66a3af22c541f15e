"""Relative links and pictures of a README: they mean files of the source tree, in an archive.

A README is rendered once, whatever archives a release has; so they are only marked then
(``markers``), and resolved when a page is made.
"""

import re
from collections.abc import Callable
from html import escape, unescape
from urllib.parse import quote, unquote, urlsplit

from mypi.archives.reading import Directory, is_archive
from mypi.model import Release
from mypi.services import contents
from mypi.services.contents import Keep, TooBusy
from mypi.web.frame.addresses import Addresses

PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
"""Names of what is handed out as a picture; SVG is not, since it may hold scripts."""
MAX_LINKS = 500
"""Relative links of one README that are resolved."""

Find = Callable[[str], str]
"""Gives the member that a link means, or nothing."""

_LINK = re.compile(r'<x-link to="([^"]*)"([^>]*)>(.*?)</x-link>', re.DOTALL)
_IMAGE = re.compile(r'<x-image to="([^"]*)" alt="([^"]*)">(.*?)</x-image>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def resolve(
    html: str, release: Release, name: str, here: Addresses, keep: Keep
) -> tuple[str, bool]:
    """The README with links into an archive of the release; True: ask again, others read archives.

    An archive that takes too long to look into would do so again: what was found by then counts.

    Looks into the archive only if there is something to resolve.
    """
    if "<x-" not in html:
        return html, False
    filename, found, is_waiting = _archive(release, keep)
    member = _finder(filename, found)

    def picture(match: "re.Match[str]") -> str:
        target = member(unescape(match[1]))
        if not target.lower().endswith(PICTURES):
            return match[3]
        address = f"{here.file_page(name, release.version, filename)}/+raw/{quote(target)}"
        return f'<img src="{escape(address)}" alt="{match[2]}" loading="lazy">'

    def anchor(match: "re.Match[str]") -> str:
        target, inner = member(unescape(match[1])), match[3]
        if not target or not ("<x-image" in inner or _TAG.sub("", inner).strip()):
            return f"<span{match[2]}>{inner}</span>"
        address = here.contents(name, release.version, filename, target)
        return f'<a href="{escape(address)}"{match[2]}>{inner}</a>'

    return _IMAGE.sub(picture, _LINK.sub(anchor, html)), is_waiting


def _archive(release: Release, keep: Keep) -> tuple[str, Directory, bool]:
    """The source archive, else a wheel, and what is in it."""
    names = sorted(filter(is_archive, release.files), key=lambda it: (it.endswith(".whl"), it))
    if not names:
        return "", Directory([]), False
    try:
        found = contents.directory(release.files[names[0]], keep)
    except TooBusy:
        return names[0], Directory([]), True
    return names[0], found, False


def _finder(filename: str, found: Directory) -> Find:
    """Finds members by links of the README, which lies at the top."""
    is_wheel = filename.endswith((".whl", ".egg"))
    first = found.entries[0].name if found.entries else ""
    top = "" if is_wheel or "/" not in first else first.partition("/")[0] + "/"
    files = {it.name for it in found.entries if not it.name.endswith("/") and not it.leads_to}
    left = MAX_LINKS

    def find(address: str) -> str:
        nonlocal left
        left -= 1
        parts: list[str] = []
        for part in unquote(urlsplit(address).path).split("/") if left >= 0 else ():
            if part == ".." and not parts:
                return ""
            if part == "..":
                parts.pop()
            elif part not in ("", "."):
                parts.append(part)
        path = top + "/".join(parts)
        return path if path in files else ""

    return find
