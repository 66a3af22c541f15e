"""Read a request strictly: one meaning only, and nothing of a body that will be refused anyway.

Sizes and disk are judged as soon as the head is complete.  What the request asks for, and whether
its path is well encoded, is the application's business.
"""

import contextlib
import errno
import logging
import re
import shutil
import tempfile
import time
from typing import Any

from waitress.parser import HTTPRequestParser, ParsingError
from waitress.receiver import FixedStreamReceiver
from waitress.utilities import RequestEntityTooLarge

from mypi.server.bodies import Body, Taker
from mypi.server.chunks import Chunks
from mypi.server.options import Options
from mypi.server.refusals import Refusal, disk_almost_full, human_size, too_large

SMALL_BODY = 2**16
"""Bytes below which a body is taken on a full disk too: forms with which people make room."""

CHECK_EVERY = 16 * 2**20
"""Bytes of a body after which the disk is looked at again."""

_MANY_BLANKS = re.compile(rb"[ \t]{256}")
"""waitress's pattern of a header takes the square of their number: 20 s for 60,000 (measured)."""

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

log = logging.getLogger(__name__)


class StrictParser(HTTPRequestParser):
    """One request as it arrives.

    ``started`` is when its first byte came; a head that takes too long is dropped by the channel.
    """

    body_rcv: Any = None
    path = ""  # waitress logs it even when the head could not be parsed.
    environ: dict[str, Any] | None = None
    """The WSGI environment, once it was made."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.limits = options.limits
        self.started = time.time()
        self._look_at = 0

    def received(self, data: bytes) -> int:
        """Take what belongs to this request and say how many bytes that was."""
        try:
            consumed = int(super().received(data))
        except OSError as error:
            if error.errno not in DISK_FULL:
                raise
            self._refuse(disk_almost_full(self.content_length))
            return len(data)
        if self.empty:
            self._refuse(Refusal(400, "Bad request: blank lines in place of a request"))
        elif isinstance(self.error, RequestEntityTooLarge):
            self._refuse(too_large(self.adj.body_limit, self.adj.body_limit_setting))
        elif self.body_rcv is not None and not self.completed:
            self._watch_body()
        if self.error or self.body_rcv is None:
            # Or waitress sends 100-continue and waits for a body that must not or will not come.
            self.expect_continue = False
        return consumed

    def parse_header(self, header_plus: bytes) -> None:
        """Refuse heads that two programs may read in two ways (RFC 9112, sections 2, 5, 6, 11)."""
        _check_head(header_plus)
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            raise ParsingError("the request target cannot be read") from error
        if self.version not in ("1.0", "1.1"):
            raise ParsingError("only HTTP/1.0 and HTTP/1.1 are spoken here")
        if self.version == "1.0" and "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("Transfer-Encoding in HTTP/1.0")
        if self.version == "1.1" and "HOST" not in self.headers:
            raise ParsingError("no Host header")
        if self.body_rcv is not None:
            body = Body(self.adj.inbuf_overflow, self.content_length, self._taker)
            self.body_rcv = (
                Chunks(body) if self.chunked else FixedStreamReceiver(self.content_length, body)
            )

    @property
    def taker(self) -> Taker | None:
        """Who takes the body while it arrives, if anybody does."""
        return None if self.body_rcv is None else self.body_rcv.getbuf().taker

    def _taker(self) -> Taker | None:
        path = self.path
        if self.adj.url_prefix and path.startswith(self.adj.url_prefix + "/"):
            path = path[len(self.adj.url_prefix) :]
        if self.command != "POST":
            return None
        return self.adj.body_taker(path, self.headers.get("CONTENT_TYPE", ""))

    def close(self) -> None:
        """Forget the body.  Closing a file on a full disk may fail again; that is no news."""
        with contextlib.suppress(OSError):
            super().close()

    def _watch_body(self) -> None:
        if self.body_bytes_received >= self._look_at:
            # The first look is before the body, and asks for the upload twice, so that once is to
            # spare, or three times if it is here before the application has it too.  Later ones
            # guard the reserve.
            copies = 2 if self.taker is not None else 3
            wanted = 0 if self.body_bytes_received else copies * self.content_length
            self._look_at = self.body_bytes_received + CHECK_EVERY
            if self.chunked or self.content_length > SMALL_BODY:
                self._check_disk(wanted + self.limits.min_free)

    def _check_disk(self, needed: int) -> None:
        folder = self.limits.spool_dir or tempfile.gettempdir()
        with contextlib.suppress(FileNotFoundError):
            free = shutil.disk_usage(folder).free
            if free < needed:
                log.warning("disk almost full: %s free in %s", human_size(free), folder)
                self._refuse(disk_almost_full(needed))

    def _refuse(self, answer: Any) -> None:
        self.error = answer
        self.empty = False
        self.completed = True


def _check_head(head: bytes) -> None:
    """Raise ParsingError when lines are folded or a header that frames the message is doubled."""
    if _MANY_BLANKS.search(head):
        raise ParsingError("too many blanks in a row")
    lines = head.split(b"\r\n")[1:]
    if any(line[:1] in (b" ", b"\t") for line in lines):
        raise ParsingError("folded header line")
    values: dict[bytes, list[bytes]] = {}
    for line in lines:
        name, _, value = line.partition(b":")
        values.setdefault(name.strip().lower(), []).append(value.strip(b" \t"))
    encodings = values.get(b"transfer-encoding", [])
    lengths = values.get(b"content-length", [])
    if len(values.get(b"host", [])) > 1:
        raise ParsingError("several Host headers")
    if len(lengths) > 1:
        raise ParsingError("several Content-Length headers")
    if lengths and encodings:
        raise ParsingError("Content-Length together with Transfer-Encoding")
    if len(encodings) > 1 or any(b"," in encoding or not encoding for encoding in encodings):
        raise ParsingError("several Transfer-Encoding values")
    if lengths and len(lengths[0]) > 18:
        raise ParsingError("Content-Length is not a usable number")
