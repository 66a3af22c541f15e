"""A small package, made here and now: for a server to play with, and to try whether one works."""

import base64
import hashlib
import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypi.cli.client import Client

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip archive knows."""

README = "# {name}\n\nA package to play with.  It says *hello* and nothing else.\n"


def wheel(name: str, version: str) -> tuple[str, bytes]:
    """File name and bytes of a wheel with one module that says hello."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    members = {
        f"{module}.py": "print('hello')\n",
        f"{info}/METADATA": (
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
            f"Summary: A package that says hello\nDescription-Content-Type: text/markdown\n\n"
            + README.format(name=name)
        ),
        f"{info}/WHEEL": (
            "Wheel-Version: 1.0\nGenerator: mypi\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        ),
    }
    lines = [f"{path},sha256={_digest(text)},{len(text)}" for path, text in members.items()]
    members[f"{info}/RECORD"] = "\n".join([*lines, f"{info}/RECORD,,", ""])
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in members.items():
            archive.writestr(zipfile.ZipInfo(path, EPOCH), text)
    return f"{module}-{version}-py3-none-any.whl", buffer.getvalue()


def publish(client: "Client", index: str, *archives: tuple[str, bytes]) -> None:
    """Add archives to an index, as an administrator may."""
    files: list[tuple[str, Any]] = [
        ("content", (name, content, "application/octet-stream")) for name, content in archives
    ]
    client.upload(f"/+{index}/+import", {"entries": json.dumps([{}] * len(files))}, files)


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
