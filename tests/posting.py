"""Post an upload form as tools do, and keep the whole answer."""

import hashlib
import http.client
import uuid
from typing import NamedTuple
from urllib.parse import urlsplit


class Answer(NamedTuple):
    """Status, reason phrase and text of an answer."""

    status: int
    reason: str
    text: str


def form(
    fields: dict[str, str | list[str]], filename: str = "", content: bytes = b""
) -> tuple[bytes, str]:
    """A multipart body and its content type."""
    boundary = uuid.uuid4().hex
    parts = []
    for name, value in fields.items():
        for text in value if isinstance(value, list) else [value]:
            head = f'Content-Disposition: form-data; name="{name}"'
            parts.append(f"--{boundary}\r\n{head}\r\n\r\n{text}\r\n".encode())
    if filename:
        head = f'Content-Disposition: form-data; name="content"; filename="{filename}"'
        parts.append(f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n")
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def upload_fields(content: bytes, **more: str) -> dict[str, str | list[str]]:
    """The fields that every upload tool sends."""
    return {
        ":action": "file_upload",
        "protocol_version": "1",
        "sha256_digest": hashlib.sha256(content).hexdigest(),
        **more,
    }


def post(url: str, body: bytes, content_type: str) -> Answer:
    """POST to ``url`` on a connection of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=120)
    try:
        connection.request("POST", parts.path or "/", body, {"Content-Type": content_type})
        response = connection.getresponse()
        return Answer(response.status, response.reason, response.read().decode())
    finally:
        connection.close()


def upload(url: str, filename: str, content: bytes, **more: str) -> Answer:
    """Upload one file as a tool does."""
    return post(url, *form(upload_fields(content, **more), filename, content))
