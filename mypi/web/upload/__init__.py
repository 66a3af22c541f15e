"""The upload door: the legacy form protocol, at every address that people configure.

``form`` gives the form that ``reader`` took from the body, once, as a stream; with our own server
while it was ``arriving``.  ``actions`` says what each ``:action`` does.  ``page``
is for browsers; ``many`` reads its form, and ``several`` publishes what came with it.  ``batch``
takes what ``mypi import`` brings.
"""

from typing import Any


def includeme(config: Any) -> None:
    """The upload door."""
    config.scan("mypi.web.upload.actions")
    config.scan("mypi.web.upload.batch")
    config.scan("mypi.web.upload.page")
