"""READMEs are rendered in a child process that can be stopped.

Some hundred kilobytes of nested quotes keep a Markdown parser and a sanitiser busy for ten minutes
(measured), and neither lets other threads run meanwhile.
"""

from mypi.services.children import Busy, Child, serve
from mypi.web.pages import readme

__all__ = ["CHILD", "Busy", "render"]

SECONDS = 4.0
PATIENCE = 0.5
"""Seconds that a page waits for its turn."""

CHILD = Child(__name__, SECONDS, PATIENCE)
"""The one of this process: one README at a time."""


def render(text: str, content_type: str = "", images: str = readme.LINK) -> str:
    """As :func:`mypi.web.pages.readme.render`, in bounded time; the source when that is up.

    Raises Busy when others' READMEs keep the child.
    """
    if len(text) > readme.MAX_SOURCE:
        return readme.source(text)
    html: str | None = CHILD.ask([text, content_type, images])
    return readme.source(text) if html is None else html


def _rendered(question: list[str]) -> str:
    """The child's work."""
    return readme.render(*question)


if __name__ == "__main__":
    serve(_rendered, niceness=0)  # somebody waits for the page
