"""Upload forms byte for byte as released clients put them on the wire (measured)."""

import hashlib
from collections.abc import Sequence

Value = str | bytes | tuple[str, bytes]
"""The text of a field, or name and bytes of a file."""
Fields = Sequence[tuple[str, Value]]
Body = tuple[bytes, dict[str, str]]
"""A request's body and headers."""

HAT = "--------------GHSKFJDLGDS7543FJKLFHRE75642756743254"
NO_LOGIN = "Basic Og=="
JSON = "application/vnd.pypi.simple.v1+json"
UV_ACCEPT = "application/json;q=0.9, text/plain;q=0.8, text/html;q=0.7"


def digest(kind: str, content: bytes) -> str:
    if kind == "blake2_256":
        return hashlib.blake2b(content, digest_size=32).hexdigest()
    return hashlib.new(kind, content).hexdigest()


def legacy_upload(fields: Fields, python: str = "3.10") -> Body:
    """``setup.py upload``: CRLF, and an empty line before the first delimiter."""
    space = "" if python == "2.7" else " "
    parts = []
    for name, value in fields:
        title, raw = _title(name, value, space)
        parts.append(f"\r\n--{HAT}\r\n{title}\r\n\r\n".encode() + raw)
    headers = {
        "Content-Type": f"multipart/form-data; boundary={HAT}",
        "User-Agent": f"Python-urllib/{python}",
        "Authorization": NO_LOGIN,
    }
    return b"".join(parts) + f"\r\n--{HAT}--\r\n".encode(), headers


def register(fields: Fields, python: str = "3.10") -> Body:
    """``setup.py register``: bare LF line ends, no login."""
    headers = {
        "Content-Type": f"multipart/form-data; boundary={HAT}; charset=utf-8",
        "User-Agent": f"Python-urllib/{python}",
    }
    return _bare_lf(fields), headers


def upload_docs(fields: Fields) -> Body:
    """``setup.py upload_docs``: bare LF line ends around a zip archive, no User-Agent."""
    headers = {
        "Content-Type": f"multipart/form-data; boundary={HAT}",
        "Authorization": NO_LOGIN,
    }
    return _bare_lf(fields), headers


def requests_upload(
    fields: Fields,
    boundary: str = "0b2ad4f1c56e4f5cbf1b2f8f3a0c9d7e",
    agent: str = "twine/7.0.0 CPython/3.13.1",
    file_type: str = "application/octet-stream",
    **headers: str,
) -> Body:
    """twine, flit, poetry, hatch, pdm and uv: CRLF, nothing before the first delimiter."""
    parts = []
    for name, value in fields:
        title, raw = _title(name, value, " ")
        if isinstance(value, tuple) and file_type:
            title += f"\r\nContent-Type: {file_type}"
        parts.append(f"--{boundary}\r\n{title}\r\n\r\n".encode() + raw + b"\r\n")
    all_headers = {
        "Content-Type": f"multipart/form-data; boundary={boundary}",
        "User-Agent": agent,
        "Authorization": NO_LOGIN,
        **headers,
    }
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), all_headers


def uv_publish(fields: Fields) -> Body:
    boundary = "5d1e84bbf1b2c001-72a2e3f6a4b5c002-9e0f1a2b3c4d5003-0123456789abc004"
    return requests_upload(fields, boundary, "uv/0.13.9", Accept=UV_ACCEPT)


def fields_of(filename: str, content: bytes, **more: str) -> list[tuple[str, Value]]:
    """The least that every tool sends with a file; ``more`` adds or replaces fields."""
    known = {":action": "file_upload", "protocol_version": "1"}
    known["sha256_digest"] = digest("sha256", content)
    return [*{**known, **more}.items(), ("content", (filename, content))]


def changed(
    fields: Fields, *more: tuple[str, Value], without: tuple[str, ...] = ()
) -> list[tuple[str, Value]]:
    """``fields`` without some, and with ``more`` in front of the last one, the file."""
    left = [pair for pair in fields if pair[0] not in without]
    return [*left[:-1], *more, left[-1]]


def _bare_lf(fields: Fields) -> bytes:
    parts = []
    for name, value in fields:
        title, raw = _title(name, value, " ")
        parts.append(f"\n--{HAT}\n{title}\n\n".encode() + raw)
        if raw.endswith(b"\r"):
            parts.append(b"\n")  # as the clients do
    return b"".join(parts) + f"\n--{HAT}--\n".encode()


def _title(name: str, value: Value, space: str) -> tuple[str, bytes]:
    title = f'Content-Disposition: form-data; name="{name}"'
    if isinstance(value, tuple):
        return f'{title};{space}filename="{value[0]}"', value[1]
    return title, value.encode() if isinstance(value, str) else value
