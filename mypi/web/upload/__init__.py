"""The upload door: the legacy form protocol, at every address that people configure.

``form`` reads the body, once, as a stream; ``actions`` says what each ``:action`` does.
"""

from typing import Any


def includeme(config: Any) -> None:
    """The upload door."""
    config.scan("mypi.web.upload.actions")
