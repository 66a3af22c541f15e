"""Colour the code in a README, as far as that is quick."""

import io
from html import escape

from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MAX_COLOURED = 64 * 1024
"""Characters of code that one README gets coloured; lexers are slow."""

LANGUAGES = frozenset(
    """
    bash batch c cfg cmake console cpp css cython diff docker dockerfile doscon go html ini java
    javascript js json make makefile md markdown nginx pcon pycon powershell py py3 python python3
    pytb pot rst rust sh shell shell-session sql toml ts typescript xml yaml yml zsh
    """.split()
)
"""Lexers known to be quick whatever they are fed; other code stays uncoloured."""


class Colours:
    """What one README gets coloured."""

    def __init__(self) -> None:
        self._coloured = 0

    def code(self, code: str, language: str) -> str:
        """HTML of a piece of code in ``language``, one of ``LANGUAGES``, or empty."""
        lexer = _lexer(language)
        self._coloured += len(code)
        if lexer is None or self._coloured > MAX_COLOURED:
            return f"<code>{escape(code, quote=False)}</code>"
        pieces = io.StringIO()
        HtmlFormatter(nowrap=True).format(lexer.get_tokens(code), pieces)
        return f"<code>{pieces.getvalue()}</code>"


def language(given: dict[str, str]) -> str:
    """The language that the attributes of an element name, if it is one of ``LANGUAGES``."""
    for word in given.get("lang", "").split() or given.get("class", "").split():
        name = word.removeprefix("language-").lower()
        if name in LANGUAGES:
            return name
    return ""


def _lexer(language: str) -> Lexer | None:
    try:
        return get_lexer_by_name(language, stripnl=False) if language else None
    except ClassNotFound:
        return None
