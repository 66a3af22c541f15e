"""Lines of the log: as text or as JSON, with the id of the request that they belong to."""

import json
import logging
import time
from contextvars import ContextVar

REQUEST: ContextVar[str] = ContextVar("mypi request", default="")
"""The id of the request that this thread answers; empty between requests."""


class Text(logging.Formatter):
    """The format of the ini file; the id of the request, if there is one, ends the line."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line without the trace that may follow."""
        line = super().formatMessage(record)
        number = REQUEST.get()
        return f"{line} [{number}]" if number else line


class Json(logging.Formatter):
    """One JSON object a line: ``time`` (UTC), ``level``, ``logger``, ``message``, ``request``.

    And ``trace``, what Python tells of an error.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The object, without a line break in it."""
        when = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        said = {
            "time": f"{when}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if number := REQUEST.get():
            said["request"] = number
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        said |= getattr(record, "fields", {})
        return json.dumps(said, ensure_ascii=False, default=str)


def use_json() -> None:
    """Let every handler of the root logger write JSON, whatever the ini file says of formats."""
    for handler in logging.root.handlers:
        handler.setFormatter(Json())
