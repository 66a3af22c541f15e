"""The list of contents above a long README, made from its headings."""

from html import escape

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})

FROM = 5
"""Headings; with fewer one sees them all."""
MAX_LINES = 100
DEEPEST = 3
"""The level of headings that is still listed: the README's own first and second."""
OWN_LINKS = 3
"""Links to its own headings by which a README is known to bring a list of its own."""


class Outline:
    """Gathers the headings of a README while it is read: level, place, and words.

    ``part`` is the id of the part of a reStructuredText that begins with the next heading.
    """

    def __init__(self) -> None:
        self.part = ""
        self.headings: list[tuple[int, str, str]] = []
        self._linked: list[str] = []
        self._open: tuple[int, str, list[str]] | None = None

    def link(self, identifier: str) -> None:
        """A link to a place within the README begins."""
        self._linked.append(identifier)

    def unlink(self) -> None:
        """The last link was none: nothing is in it."""
        if self._linked:
            self._linked.pop()

    def begin(self, level: int, identifier: str) -> str:
        """A heading begins; the id of the place where it is: its own, its part's, or a new one."""
        place = identifier or self.part or f"user-content-heading-{len(self.headings) + 1}"
        self.part = ""
        self._open = (level, place, [])
        return place

    def add(self, text: str) -> None:
        """Text was read; it counts within a heading."""
        if self._open is not None:
            self._open[2].append(text)

    def end(self) -> None:
        """A heading ends."""
        if self._open is not None:
            level, place, words = self._open
            self.headings.append((level, place, " ".join("".join(words).split())))
            self._open = None

    def drawn(self) -> str:
        """The list as HTML, folded; nothing for a short README, or one that lists them itself."""
        own = {place for _level, place, _words in self.headings}.intersection(self._linked)
        if len(self.headings) < FROM or len(own) >= OWN_LINKS:
            return ""
        lines = [
            f'<li class="level-{level}"><a href="#{escape(place)}">{escape(words)}</a></li>'
            for level, place, words in self.headings
            if level <= DEEPEST and words
        ]
        inside = "".join(lines[:MAX_LINES])
        return f'<details class="outline"><summary>Contents</summary><ul>{inside}</ul></details>'
