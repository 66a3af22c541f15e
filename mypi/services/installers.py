"""Which installer, Python and system a User-Agent tells of, in few words.

Only known words come out, so that nobody can fill the database by making up names.  pip and uv send
JSON (the form that the public index evaluates); others are known by their first word (measured).
"""

import json
import re
from functools import lru_cache
from typing import Any, NamedTuple

MAX_LENGTH = 2_000
OTHER = "other"

INSTALLERS = (
    "bandersnatch",
    "conda",
    "devpi",
    "hatch",
    "pdm",
    "pex",
    "pip",
    "pipenv",
    "poetry",
    "setuptools",
    "unearth",
    "uv",
)
_ALIKE = {
    "mozilla": "browser",
    "distribute": "setuptools",
    "unearth": "pdm",
    "devpi-server": "devpi",
}
_SYSTEMS = {"linux": "Linux", "darwin": "macOS", "macos": "macOS", "windows": "Windows"}
_PRODUCT = re.compile(r"([A-Za-z][A-Za-z-]{0,30})/")
_PYTHON = re.compile(r"(?:CPython|PyPy|Python|Python-urllib)[/ ](\d\.\d{1,2})")


class Client(NamedTuple):
    """``python`` is major and minor; empty when it is not told, and so is ``system``."""

    installer: str
    python: str
    system: str


def parse(user_agent: str) -> Client:
    """Who downloads, as far as they tell."""
    return _parse(user_agent[:MAX_LENGTH])


@lru_cache(maxsize=4096)
def _parse(text: str) -> Client:
    told = _json(text)
    if told:
        return Client(
            _installer([str(_at(told, "installer", "name"))]),
            _minor(str(told.get("python", ""))),
            _system(str(_at(told, "system", "name"))),
        )
    python = _PYTHON.search(text)
    known = [system for word, system in _SYSTEMS.items() if word in text.lower()]
    return Client(
        _installer(_PRODUCT.findall(text)),
        _minor(python[1]) if python else "",
        known[0] if known else "",
    )


def _json(text: str) -> dict[str, Any]:
    _, brace, rest = text.partition("{")
    if not brace:
        return {}
    try:
        told = json.loads(brace + rest)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _at(told: dict[str, Any], *path: str) -> Any:
    value: Any = told
    for name in path:
        value = value.get(name, "") if isinstance(value, dict) else ""
    return value


def _installer(words: list[str]) -> str:
    for word in words:
        name = _ALIKE.get(word.lower(), word.lower())
        if name in INSTALLERS or name == "browser":
            return name
    return OTHER


def _system(name: str) -> str:
    return _SYSTEMS.get(name.lower(), OTHER if name else "")


def _minor(version: str) -> str:
    match = re.match(r"([23])\.(\d{1,2})(?!\d)", version, re.ASCII)
    return f"{match[1]}.{int(match[2])}" if match else ""
