"""Whether a release fits: which wheel is there for which platform and Python, as a table."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mypi.filenames import DistributionName
from mypi.web.pages.filetable import named

MIN_WHEELS = 4
"""Fewer wheels are read as quickly by their names."""

MAX_COLUMNS = 16
MAX_ROWS = 40
_MAX_TAGS = 400
"""Combinations of tags of one file name that are looked at."""

WHEEL, PURE, SOURCE, NONE = "wheel", "any", "source", "none"

_LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
_VERSIONED = re.compile(r"(manylinux|musllinux|macosx)_(\d{1,4})_(\d{1,4})_(\w+)\Z", re.ASCII)
_PLAIN = re.compile(r"(manylinux1|manylinux2010|manylinux2014|linux|win)_(\w+)\Z", re.ASCII)
_PYTHON = re.compile(r"(cp|pp|py)(\d)(\d{0,3})\Z", re.ASCII)
_NAMES = {
    "manylinux": ("Linux {}", "glibc "),
    "musllinux": ("Linux {}, musl", "musl "),
    "macosx": ("macOS {}", "macOS "),
    "linux": ("Linux {}", ""),
    "win": ("Windows {}", ""),
}
_ORDER = ["any", "manylinux", "linux", "musllinux", "macosx", "win"]
_ARCHITECTURES = {
    "x86_64": "x86-64",
    "amd64": "x86-64",
    "aarch64": "ARM64",
    "arm64": "ARM64",
    "i686": "x86",
    "32": "x86",
    "universal2": "x86-64 and ARM64",
}


class Platform(NamedTuple):
    """A kind of machine; ``family`` is the tag's first word, ``any`` for all."""

    family: str
    architecture: str


class Python(NamedTuple):
    """A column: the implementation, its version, and whether it is the build without GIL."""

    kind: str
    version: tuple[int, int]
    threaded: bool = False

    @property
    def label(self) -> str:
        """``3.12``, ``3.13t``, ``PyPy 3.10``."""
        if self.version[1] < 0:
            return f"any {self.version[0]}"
        text = f"{self.version[0]}.{self.version[1]}" + ("t" if self.threaded else "")
        return f"PyPy {text}" if self.kind == "pp" else text


class Row(NamedTuple):
    """A platform and the cells of its columns; ``note`` is its least version."""

    platform: str
    note: str
    cells: list[str]


class Matrix(NamedTuple):
    """Columns by their labels, and rows; ``has_source`` whether there is an archive to build."""

    columns: list[str]
    rows: list[Row]
    has_source: bool
    is_cut: bool


class _Wheel(NamedTuple):
    python: str
    abi: str
    platform: Platform
    least: tuple[int, int]


def matrix(filenames: Iterable[str]) -> Matrix | None:
    """The table; None when a list of names says as much."""
    names = [name for name in map(named, filenames) if name is not None]
    wheels = [name for name in names if name.tags]
    if len(wheels) < MIN_WHEELS:
        return None
    held = [it for name in wheels for it in _wheels(name)]
    columns = sorted({column for it in held for column in _columns(it)}, key=_place)
    platforms = sorted({it.platform for it in held}, key=_rank)
    if platforms == [Platform("any", "")]:
        return None
    columns = columns or [Python("cp", (3, -1))]
    has_source = any(name.kind == "sdist" for name in names)
    shown = columns[-MAX_COLUMNS:]
    return Matrix(
        [column.label for column in shown],
        [_row(platform, shown, held, has_source) for platform in platforms[:MAX_ROWS]],
        has_source,
        len(columns) > len(shown) or len(platforms) > MAX_ROWS,
    )


def _row(platform: Platform, columns: list[Python], held: list[_Wheel], has_source: bool) -> Row:
    own = [it for it in held if it.platform == platform]
    everywhere = [it for it in held if it.platform.family == "any"]
    cells = []
    for column in columns:
        if any(_fits(it, column) for it in own):
            cells.append(WHEEL)
        elif any(_fits(it, column) for it in everywhere):
            cells.append(PURE)
        else:
            cells.append(SOURCE if has_source else NONE)
    if platform.family == "any":
        return Row("Any platform", "", cells)
    name, library = _NAMES.get(platform.family, (platform.family + " {}", ""))
    architecture = _ARCHITECTURES.get(platform.architecture, platform.architecture)
    return Row(name.format(architecture).strip(), library and library + _least(own), cells)


def _least(own: list[_Wheel]) -> str:
    """What the machine's library has to be; it may differ from Python to Python."""
    lowest: dict[tuple[str, str], tuple[int, int]] = {}
    for it in own:
        what = it.python, it.abi
        lowest[what] = min(lowest.get(what, it.least), it.least)
    least, most = (f"{a}.{b}" for a, b in (min(lowest.values()), max(lowest.values())))
    return f"{least} or newer" if least == most else f"from {least} to {most}, or newer"


def _wheels(name: DistributionName) -> Iterator[_Wheel]:
    pythons, abis, platforms = (part.split(".") for part in name.tags[0].rsplit("-", 2))
    seen = 0
    for python in pythons:
        for abi in abis:
            for tag in platforms:
                seen += 1
                if seen > _MAX_TAGS:
                    return
                yield _Wheel(python, abi, *_platform(tag))


def _columns(it: _Wheel) -> Iterator[Python]:
    """The Pythons that a wheel names itself."""
    match = _PYTHON.match(it.python)
    if match is None or not match[3]:
        return
    threaded = it.abi.startswith("cp") and it.abi.endswith("t")
    yield Python("cp" if match[1] == "py" else match[1], (int(match[2]), int(match[3])), threaded)


def _fits(it: _Wheel, column: Python) -> bool:
    match = _PYTHON.match(it.python)
    if match is None:
        return False
    if not match[3]:  # py3: every Python 3
        return match[1] == "py" and int(match[2]) == column.version[0]
    version = (int(match[2]), int(match[3]))
    if match[1] == "py":
        return it.abi == "none" and version[0] == column.version[0] and version <= column.version
    if match[1] != column.kind:
        return False
    if it.abi == "abi3":
        return not column.threaded and version[0] == column.version[0] and version <= column.version
    threaded = it.abi.startswith("cp") and it.abi.endswith("t")
    return version == column.version and (threaded == column.threaded or it.abi == "none")


def _platform(tag: str) -> tuple[Platform, tuple[int, int]]:
    if tag in ("any", "win32"):
        return (Platform("any", "") if tag == "any" else Platform("win", "32")), (0, 0)
    versioned = _VERSIONED.match(tag)
    if versioned is not None:
        family, major, minor, architecture = versioned.groups()
        return Platform(family, architecture), (int(major), int(minor))
    plain = _PLAIN.match(tag)
    if plain is None:
        return Platform(tag, ""), (0, 0)
    family = "manylinux" if plain[1] in _LEGACY else plain[1]
    return Platform(family, plain[2]), _LEGACY.get(plain[1], (0, 0))


def _place(column: Python) -> tuple[bool, tuple[int, int], bool]:
    return column.kind == "pp", column.version, column.threaded


def _rank(platform: Platform) -> tuple[int, str, str]:
    known = platform.family in _ORDER
    return (_ORDER.index(platform.family) if known else len(_ORDER)), *platform
