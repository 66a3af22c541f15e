"""An archive that is sent once more: who may read it, and where it is, was found before."""

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mypi.services.downloads import Counter
from mypi.web.files import ranges


@dataclass(frozen=True)
class Sending:
    """A whole archive: counted, and opened unless the front server does that.

    ``file`` is its index, project, file name and version; ``size`` is in bytes.
    """

    counter: Counter
    file: tuple[str, str, str, str]
    path: str
    size: int
    is_handed_over: bool

    def count(self, environ: dict[str, Any]) -> None:
        """One more download; in memory alone."""
        self.counter.count(*self.file, environ.get("HTTP_USER_AGENT", ""), time.time())

    def __call__(self, environ: dict[str, Any]) -> Iterable[bytes]:
        """The body; raises OSError when the file is not what it was."""
        if self.is_handed_over:
            self.count(environ)
            return [b""]
        opened = open(self.path, "rb")  # noqa: SIM115 - closed by whoever sends it
        if os.fstat(opened.fileno()).st_size != self.size:
            opened.close()
            raise OSError(f"{self.path} has not {self.size} bytes")
        self.count(environ)
        body: Iterable[bytes] = ranges.body(environ, opened, 0, self.size)
        return body
