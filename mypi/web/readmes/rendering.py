"""READMEs are rendered in a child process that can be stopped.

Some hundred kilobytes of nested quotes keep a Markdown parser and a sanitiser busy for ten minutes
(measured), and neither lets other threads run meanwhile.
"""

from mypi.services.children import Busy, Child, serve
from mypi.web.readmes.unrendered import LINK, MAX_SOURCE, source

__all__ = ["CHILD", "Busy", "render"]

SECONDS = 4.0
PATIENCE = 0.5
"""Seconds that a page waits for its turn."""

CHILD = Child(__name__, SECONDS, PATIENCE)
"""The one of this process: one README at a time."""


def render(text: str, content_type: str = "", images: str = LINK) -> str:
    """As :func:`mypi.web.readmes.readme.render`, in bounded time; the source when that is up.

    Raises Busy when others' READMEs keep the child.
    """
    if len(text) > MAX_SOURCE:
        return source(text)
    html: str | None = CHILD.ask([text, content_type, images])
    return source(text) if html is None else html


def main() -> None:
    """Be the child."""
    from mypi.web.readmes import readme  # with docutils and more, which the server does not need

    serve(lambda question: readme.render(*question), niceness=0)  # somebody waits for the page


if __name__ == "__main__":
    main()
