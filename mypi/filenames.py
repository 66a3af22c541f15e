"""What a file name says: kind, project, version, tags.

Wheels follow the binary distribution format, sdists PEP 625; reading is lenient, as old tools wrote
``My.Old_Pkg-1.0.tar.gz`` and ``foo-bar-1.0-1.tar.gz``.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from mypi.errors import Refused
from mypi.names import is_project_name, normalise

MAX_LENGTH = 200

SDIST_EXTENSIONS = (".tar.gz", ".zip", ".tar.bz2", ".tgz")
KINDS = {
    ".whl": "bdist_wheel",
    ".egg": "bdist_egg",
    ".exe": "bdist_wininst",
    ".msi": "bdist_msi",
    ".rpm": "bdist_rpm",
} | dict.fromkeys(SDIST_EXTENSIONS, "sdist")

_ALLOWED = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+!-]*\Z", re.ASCII)
_EGG = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)-py(?P<python>\d\.\d+)(-.+)?\Z")
_INSTALLER = re.compile(
    r"(?P<rest>.+?)[.-](?P<platform>win32|win-amd64|win-arm64|linux-\w+|macosx-[\w.-]+?)"
    r"(-py(?P<python>\d\.\d+))?\Z"
)
_RPM = re.compile(r"(?P<rest>.+)-(?P<build>[^-]+)\.(?P<arch>noarch|src|x86_64|i\d86|\w+)\Z")
_DUMB = re.compile(r".+-\d[^-]*\.(linux|macosx|win|cygwin)[-\d]\S*\Z")


@dataclass(frozen=True)
class DistributionName:
    """A file name taken apart.

    ``project`` is in normal form; ``kind`` is the upload form's ``filetype``; ``python_tag`` its
    ``pyversion`` (``source`` for an sdist); ``tags`` are a wheel's compressed tag sets.
    """

    filename: str
    kind: str
    project: str
    version: Version
    python_tag: str
    tags: tuple[str, ...] = ()
    build: str = ""


def parse(filename: str, project: str | None = None) -> DistributionName:
    """Take ``filename`` apart; ``project``, if known, tells where an old name ends.

    Raises Refused when it is no name that an index can hold.
    """
    if len(filename) > MAX_LENGTH:
        raise Refused(f"{filename[:60]}...: the file name has more than {MAX_LENGTH} characters.")
    if not _ALLOWED.match(filename):
        raise Refused(
            f"{filename[:MAX_LENGTH]!r}: a file name may hold ASCII letters, digits and ._+!- "
            "only, no folders, and begins with a letter, digit or underscore."
        )
    extension = next((ext for ext in KINDS if filename.endswith(ext)), None)
    if extension is None:
        raise Refused(f"{filename}: unknown kind of file. Known are " + ", ".join(KINDS) + ".")
    stem = filename.removesuffix(extension)
    if extension == ".whl":
        return _wheel(filename, stem)
    if extension == ".egg":
        return _egg(filename, stem)
    if extension in SDIST_EXTENSIONS:
        return _sdist(filename, stem, project)
    return _installer(filename, stem, extension, project)


def sdist_format(filename: str) -> str:
    """The extension of a source archive; empty for all else."""
    return next((ext for ext in SDIST_EXTENSIONS if filename.endswith(ext)), "")


def _wheel(filename: str, stem: str) -> DistributionName:
    try:
        name, version, build, _tags = parse_wheel_filename(filename)
    except InvalidWheelFilename as error:
        raise Refused(
            f"{filename}: not a valid wheel name ({error}). It should be "
            "NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl."
        ) from None
    python, abi, platform = stem.split("-")[-3:]
    return DistributionName(
        filename,
        "bdist_wheel",
        name,
        version,
        python,
        (f"{python}-{abi}-{platform}",),
        "".join(map(str, build)),
    )


def _sdist(filename: str, stem: str, project: str | None) -> DistributionName:
    if _DUMB.match(stem):
        raise Refused(
            f"{filename}: this looks like the output of bdist_dumb, which no installer takes. "
            "Upload an sdist or a wheel."
        )
    name, version = _split(filename, stem, project)
    return DistributionName(filename, "sdist", name, version, "source")


def _egg(filename: str, stem: str) -> DistributionName:
    match = _EGG.match(stem)
    if match is None or not is_project_name(match["name"]):
        raise Refused(f"{filename}: not a valid egg name; NAME-VERSION-pyX.Y.egg is wanted.")
    version = _version(filename, match["version"].replace("_", "-"))
    return DistributionName(
        filename, "bdist_egg", normalise(match["name"]), version, match["python"]
    )


def _installer(filename: str, stem: str, extension: str, project: str | None) -> DistributionName:
    match = (_RPM if extension == ".rpm" else _INSTALLER).match(stem)
    if match is None:
        raise Refused(f"{filename}: the name should be NAME-VERSION followed by the platform.")
    name, version = _split(filename, match["rest"], project)
    python = match.groupdict().get("python") or "any"
    return DistributionName(filename, KINDS[extension], name, version, python)


def _split(filename: str, stem: str, project: str | None) -> tuple[str, Version]:
    """Project and version of ``NAME-VERSION``.

    With the project known, the longest part that normalises to it is the name; otherwise the split
    is before the last hyphen that leaves a valid version.
    """
    hyphens = [place for place, letter in enumerate(stem) if letter == "-"]
    for place in reversed(hyphens):
        name, text = stem[:place], stem[place + 1 :]
        known = project is not None and canonicalize_name(project) == normalise(name)
        if (known or project is None) and is_project_name(name):
            try:
                return normalise(name), Version(text)
            except InvalidVersion:
                continue
    if project is None:
        _refuse(filename)
    return _split(filename, stem, None)


def _version(filename: str, text: str) -> Version:
    try:
        return Version(text)
    except InvalidVersion:
        _refuse(filename)


def _refuse(filename: str) -> NoReturn:
    raise Refused(
        f"{filename}: the name should be NAME-VERSION with a version as PEP 440 wants it, for "
        "example my_package-1.0.tar.gz."
    )


_PYTHONS = {
    "cp": "CPython",
    "pp": "PyPy",
    "py": "Python",
    "ip": "IronPython",
    "jy": "Jython",
    "graalpy": "GraalPy",
}
_ARCHITECTURES = {
    "x86_64": "x86-64",
    "amd64": "x86-64",
    "aarch64": "ARM64",
    "arm64": "ARM64",
    "i686": "x86",
    "universal2": "x86-64 and ARM64",
}


def tags_in_words(tags: tuple[str, ...]) -> str:
    """A wheel's tags for people: ``CPython 3.12, Linux x86-64, glibc 2.17 or newer``."""
    if not tags:
        return "source"
    pythons, abi, platforms = tags[0].rsplit("-", 2)
    words = [_python(tag) for tag in pythons.split(".")]
    if set(pythons.split(".")) == {"py2", "py3"}:
        words = ["any Python"]
    if abi.startswith("abi3"):
        words[-1] += " or newer"
    elif abi.endswith("t") and abi.startswith("cp"):
        words[-1] += " without GIL"
    platform = "" if platforms == "any" else _platform(platforms.split(".")[0])
    return ", ".join([" or ".join(words), *filter(None, [platform])])


def _python(tag: str) -> str:
    name = tag.rstrip("0123456789")
    digits = tag.removeprefix(name)
    version = digits[:1] + ("." + digits[1:] if len(digits) > 1 else "")
    if tag == "py3" or tag == "py2":
        return f"any Python {version}"
    return f"{_PYTHONS.get(name, name)} {version}"


def _platform(tag: str) -> str:
    if tag == "win32":
        return "Windows x86"
    family, _, rest = tag.partition("_")
    if family in ("manylinux", "musllinux", "macosx"):
        major, minor, architecture = [*rest.split("_", 2), "", ""][:3]
        what = {
            "manylinux": "Linux {}, glibc {}.{} or newer",
            "musllinux": "Linux {}, musl {}.{} or newer",
            "macosx": "macOS {}, {}.{} or newer",
        }[family]
        return what.format(_ARCHITECTURES.get(architecture, architecture), major, minor)
    glibc = {"manylinux1": "2.5", "manylinux2010": "2.12", "manylinux2014": "2.17"}.get(family)
    architecture = _ARCHITECTURES.get(rest, rest)
    if glibc:
        return f"Linux {architecture}, glibc {glibc} or newer"
    return {"win": "Windows", "linux": "Linux"}.get(family, family) + " " + architecture
