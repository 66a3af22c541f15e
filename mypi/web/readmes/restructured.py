"""reStructuredText to HTML as the public index renders it, and what was wrong with it.

It may read no files and bring no HTML of its own.
"""

import io
import re
from html import escape

from docutils.core import publish_parts
from docutils.utils import SystemMessage
from docutils.writers.html5_polyglot import Writer
from readme_renderer import rst as renderer
from readme_renderer.clean import clean

__all__ = ["SystemMessage", "rst", "why"]

_COMPLAINT = re.compile(r"<string>:(\d+): \(\w+/\d\) (.*?)\.?$", re.MULTILINE)


def rst(text: str) -> str | None:
    """The text as clean HTML.  Raises SystemMessage if it is not valid."""
    writer = Writer()
    writer.translator_class = renderer.ReadMeHTMLTranslator
    settings = {
        **renderer.SETTINGS,
        "warning_stream": io.StringIO(),
        "syntax_highlight": "none",
        "section_self_link": False,
        "_disable_config": True,
    }
    parts = publish_parts(text, writer=writer, settings_overrides=settings)
    return clean(parts.get("docinfo", "") + parts.get("fragment", ""))


def why(error: SystemMessage) -> str:
    """What docutils did not take, for whoever can mend it."""
    found = _COMPLAINT.match(str(error))
    place = f" (line {found[1]}: {escape(found[2][:300])})" if found else ""
    return (
        '<p class="why">This README is shown as it was written: it is not valid '
        f"reStructuredText{place}.</p>"
    )
