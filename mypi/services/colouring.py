"""Source text to coloured HTML, line by line, by the classes of Pygments.

Runs in a child process: lexers are slow, and some never end on text that was made for that.
"""

import time
from collections.abc import Iterator
from html import escape

from mypi.services.children import Busy, Child, serve

__all__ = ["CHILD", "MAX_TEXT", "SECONDS", "Busy", "coloured", "language_of", "plain"]

SECONDS = 0.5
"""Processor time that one text may cost; what is not coloured by then stays plain."""

MAX_TEXT = 2**20
"""Characters of a text that is coloured."""

_BY_EXTENSION = {
    "bash": "bash", "bat": "batch", "c": "c", "cc": "cpp", "cfg": "ini", "cmake": "cmake",
    "cpp": "cpp", "css": "css", "diff": "diff", "go": "go", "h": "c", "hpp": "cpp", "htm": "html",
    "html": "html", "ini": "ini", "java": "java", "js": "javascript", "json": "json",
    "md": "markdown", "mjs": "javascript", "patch": "diff", "ps1": "powershell", "pxd": "cython",
    "py": "python", "pyi": "python", "pyx": "cython", "rs": "rust", "rst": "rst", "sh": "bash",
    "sql": "sql", "toml": "toml", "ts": "typescript", "xml": "xml", "yaml": "yaml", "yml": "yaml",
}  # fmt: skip
_BY_NAME = {"dockerfile": "docker", "makefile": "make", "pipfile": "toml", "pkg-info": "",
            "entry_points.txt": "ini"}  # fmt: skip
_PLAIN = frozenset({"n", "p", "w", "o", "g"})
"""Classes that the style sheet gives no colour; they would double the page."""

CHILD = Child(__name__, seconds=6 * SECONDS)
"""The one of this process."""


def language_of(name: str) -> str:
    """The language of a file of that name, if its lexer is known to be quick; else nothing."""
    leaf = name.rpartition("/")[2].lower()
    return _BY_NAME.get(leaf) or _BY_EXTENSION.get(leaf.rpartition(".")[2], "")


def coloured(text: str, language: str) -> list[str]:
    """The lines of ``text`` as HTML; plain when there is no language, or no time.

    Raises Busy when the child colours another text.
    """
    lines: list[str] | None = None
    if language and len(text) <= MAX_TEXT:
        lines = CHILD.ask([text, language, SECONDS])
    return lines if lines is not None else plain(text)


def plain(text: str) -> list[str]:
    """The lines of ``text`` as HTML without colours."""
    return escape(text, quote=False).removesuffix("\n").split("\n")


def in_time(question: list[str | float]) -> list[str]:
    """The child's work: text, language and seconds to the lines as HTML."""
    from pygments.lexers import get_lexer_by_name

    text, language, seconds = question
    assert isinstance(text, str)
    lexer = get_lexer_by_name(str(language))
    deadline = time.process_time() + float(seconds)
    pieces = []
    for place, kind, value in lexer.get_tokens_unprocessed(text):
        if time.process_time() > deadline:
            pieces.append(escape(text[place:], quote=False))
            break
        pieces.append("".join(_marked(_class(kind), value)))
    return "".join(pieces).removesuffix("\n").split("\n")


def _marked(name: str, value: str) -> Iterator[str]:
    """The text in an element of that class, which ends with each line and begins anew."""
    for number, line in enumerate(value.split("\n")):
        if number:
            yield "\n"
        shown = escape(line, quote=False)
        yield f'<span class="{name}">{shown}</span>' if name and line.strip() else shown


def _class(kind: object) -> str:
    from pygments.token import STANDARD_TYPES

    while kind is not None and kind not in STANDARD_TYPES:
        kind = kind.parent  # type: ignore[attr-defined]
    name: str = STANDARD_TYPES[kind] if kind is not None else ""  # type: ignore[index]
    return "" if name in _PLAIN else name


if __name__ == "__main__":
    serve(in_time)
