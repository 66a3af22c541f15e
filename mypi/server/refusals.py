"""What the server itself answers when it refuses a request, before any application sees it.

A refusal is one sentence, used as the reason phrase and as the body: twine and setup.py show the
reason phrase, pip and browsers the body.
"""

from waitress.utilities import Error


class Refusal(Error):
    """An answer of the server's own; ``sentence`` is ASCII and never repeats the client's text."""

    def __init__(self, code: int, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.reason = sentence

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Status line, headers and body, in the form waitress wants them."""
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
        return f"{self.code} {self.reason}", headers, f"{self.code} {self.reason}\n".encode()


def too_large(limit: int, setting: str) -> Refusal:
    """413: the body is larger than ``limit`` bytes, which ``setting`` changes."""
    return Refusal(
        413, f"File too large: the limit here is {human_size(limit)} (setting {setting})"
    )


def disk_almost_full(needed: int) -> Refusal:
    """507: fewer than ``needed`` bytes are free.  How many are free is for the log only."""
    return Refusal(
        507,
        f"Disk almost full: this upload needs {human_size(needed)} free on the server; "
        "ask its keeper to make room (setting mypi.min_free)",
    )


def human_size(size: int) -> str:
    """``1073741824`` -> ``1.0 GiB``."""
    if size < 1024:
        return f"{size} bytes"
    number = float(size)
    for unit in ("KiB", "MiB", "GiB"):
        number /= 1024
        if number < 1024:
            return f"{number:.1f} {unit}"
    return f"{number / 1024:.1f} TiB"
