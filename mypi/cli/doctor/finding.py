"""What the doctor says of one thing: how it is, and what to do about it."""

from dataclasses import dataclass, field
from typing import NamedTuple

from mypi.settings import Settings

GOOD, WARNING, BAD = "good", "warning", "bad"


class Finding(NamedTuple):
    """``state`` is good, warning or bad; ``remedy`` is a command or a setting, empty when good."""

    subject: str
    state: str
    what: str
    remedy: str = ""


@dataclass(frozen=True)
class Patient:
    """The installation: its ini file, what it says, and the address of its database.

    ``settings`` are the defaults when those of the file cannot be read.
    """

    ini: str
    settings: Settings
    uri: str
    server: dict[str, str] = field(default_factory=dict)


def good(subject: str, what: str) -> Finding:
    """It is as it should be."""
    return Finding(subject, GOOD, what)


def warning(subject: str, what: str, remedy: str) -> Finding:
    """It works, and it may not be meant so, or not work for long."""
    return Finding(subject, WARNING, what, remedy)


def bad(subject: str, what: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(subject, BAD, what, remedy)
