"""XML-RPC on the wire: read a call, write its result or a fault.

The standard library's reader and writer, hardened: what comes in is bounded and has no DTD.
"""

from typing import Any
from xml.parsers.expat import ExpatError
from xmlrpc.client import MAXINT, MININT, Error, Marshaller, Unmarshaller, escape

from defusedxml.common import DefusedXmlException
from defusedxml.xmlrpc import DefusedExpatParser

from mypi.web.frame.outward import legal

MAX_BODY = 2**20
MAX_VALUES = 10_000
"""Values in one call, whatever they are part of."""
MAX_DEPTH = 16
"""Arrays and structs within each other."""

PARSE_ERROR = -32700
NO_SUCH_METHOD = -32601
WRONG_ARGUMENTS = -32602
FAILED = -32500
"""Codes of faults; as the public index has them."""

_BROKEN = (
    *(ExpatError, DefusedXmlException, Error),
    *(ArithmeticError, AttributeError, LookupError, TypeError, ValueError),
)
"""What reading raises for a call that is none."""


class Fault(Exception):
    """What went wrong, for the caller: an HTTP 200 with a fault in it."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Reader(Unmarshaller):
    """Reads a call of bounded size."""

    def __init__(self) -> None:
        super().__init__()
        self._seen = 0
        self._depth = 0

    def start(self, tag: str, attrs: Any) -> None:
        """An element begins."""
        self._seen += tag == "value"
        self._depth += tag in ("array", "struct")
        if self._seen > MAX_VALUES or self._depth > MAX_DEPTH:
            raise Fault(
                PARSE_ERROR,
                f"parse error; a call may have {MAX_VALUES} values, {MAX_DEPTH} within each other",
            )
        super().start(tag, attrs)

    def end(self, tag: str, *join: Any) -> None:
        """An element ends."""
        self._depth -= tag in ("array", "struct")
        super().end(tag, *join)


class _Writer(Marshaller):
    """Writes text without what XML forbids, and whole numbers of more than 31 bits."""

    dispatch: dict[Any, Any] = dict(Marshaller.dispatch)

    def dump_text(self, value: str, write: Any) -> None:
        """A string."""
        write("<value><string>")
        write(escape(legal(value)))
        write("</string></value>\n")

    def dump_number(self, value: int, write: Any) -> None:
        """A whole number; Python 2.6 and later read ``i8``."""
        kind = "int" if MININT <= value <= MAXINT else "i8"
        write(f"<value><{kind}>{value}</{kind}></value>\n")

    dispatch[str] = dump_text
    dispatch[int] = dump_number


def read(body: bytes) -> tuple[str, tuple[Any, ...]]:
    """The method and the arguments of a call; raises Fault."""
    reader = _Reader()
    try:
        parser = DefusedExpatParser(reader, forbid_dtd=True)
        parser.feed(body)
        parser.close()
        arguments = reader.close()
    except _BROKEN as error:
        raise Fault(PARSE_ERROR, "parse error; not well formed") from error
    method = reader.getmethodname()
    if not method:
        raise Fault(PARSE_ERROR, "parse error; no method is named")
    return method, arguments


def result(value: Any) -> bytes:
    """The answer to a call that went well."""
    return _answer(_Writer("utf-8", allow_none=True).dumps((value,)))


def fault(it: Fault) -> bytes:
    """The answer to one that did not."""
    said = {"faultCode": it.code, "faultString": str(it)}
    text = _Writer("utf-8").dumps((said,))
    inner = text.removeprefix("<params>\n<param>\n").removesuffix("</param>\n</params>\n")
    return _answer(f"<fault>\n{inner}</fault>\n")


def _answer(inner: str) -> bytes:
    text = f"<?xml version='1.0'?>\n<methodResponse>\n{inner}</methodResponse>\n"
    return text.encode("utf-8", "replace")
