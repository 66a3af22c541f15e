"""What the server itself knows of READMEs; what renders them is loaded by its child alone."""

from html import escape

MAX_SOURCE = 512 * 1024
"""Characters; a longer README is shown as it was written."""

HIDE, LINK, LOAD = "hide", "link", "load"
"""What becomes of pictures from elsewhere."""


def source(text: str) -> str:
    """The README as it was written."""
    return f'<pre class="source" tabindex="0">{escape(text)}</pre>'
