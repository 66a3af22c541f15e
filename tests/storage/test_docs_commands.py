"""The commands in the documentation run: ``docs/start`` as one story, then each how-to page.

Each how-to page goes on where the story ended, with a copy of its index; pages that say that they
begin with a closed one come after the page that closes it.  ``mypi`` finds the index as its
operator does.

A ``code-block`` with ``:class: run`` is run by ``sh``; one with ``:class: file`` is written to the
file in its caption.  http://localhost:6543 becomes the address of a real server.  A page is one
script, so that ``cd`` and ``activate`` hold as they do for its reader.
"""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.clients import environments
from tests.serving import ROOT, Server

DOCS = Path(__file__).parents[2] / "docs"
START = ("first-upload", "first-install")
ADDRESS = "http://localhost:6543"
TOOLS = environments.Environment("docs", ("build", "twine", "uv", "setuptools", "wheel"))
SECONDS = 300
CLOSING = "how-to/close-the-index.rst"

BLOCK = re.compile(
    r"^(?P<indent> *)\.\. code-block:: *\S+\n"
    r"(?P<options>(?:(?P=indent)   :.+\n)+)\n"
    r"(?P<body>(?:(?P=indent)   .*\n|\n)+)",
    re.MULTILINE,
)


def script_of(page: Path) -> str:
    """The marked blocks of a page as one shell script; empty if it has none."""
    steps = []
    for block in BLOCK.finditer(page.read_text()):
        options = dict(re.findall(r":(\w+): (.+)", block["options"]))
        body = textwrap.dedent(block["body"]).strip() + "\n"
        if options.get("class") == "run":
            steps.append(body)
        elif options.get("class") == "file":
            steps.append(f"cat > {options['caption']} <<'END-OF-FILE'\n{body}END-OF-FILE\n")
    return "".join(steps)


def comes_after_closing(page: Path) -> bool:
    """Whether the page says that the index is closed already."""
    return "The index is closed already" in page.read_text()


HOW_TO = [page for page in sorted(DOCS.glob("how-to/*.rst")) if script_of(page)]


class Reader:
    """Somebody with a folder and a home of their own, who types what a page says."""

    def __init__(self, server: Server, folder: Path, home: Path) -> None:
        self.server = server
        self.folder = folder
        self.home = home
        programs = home / "bin"
        programs.mkdir(parents=True)
        (programs / "mypi").symlink_to(Path(sys.executable).with_name("mypi"))
        self.ini = server.data.with_name("production.ini")  # its data is in var, beside it
        shutil.copy(ROOT / "production.ini", self.ini)

    def follow(self, page: Path) -> str:
        """Run the page's commands; all of them succeed.  Returns what they printed."""
        done = subprocess.run(
            ["sh", "-eux"],
            input=script_of(page).replace(ADDRESS, self.server.url),
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, f"{page.name}\n{done.stdout}\n{self.server.log.read_text()}"
        return done.stdout

    def _environment(self) -> dict[str, str]:
        variables = {
            **os.environ,
            "HOME": str(self.home),
            "PATH": os.pathsep.join((str(TOOLS.bin), str(self.home / "bin"), os.environ["PATH"])),
            "MYPI_CONFIG": str(self.ini),
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        # Building fetches its backend from wherever this machine's pip is told to.
        settings = Path.home() / ".config/pip/pip.conf"
        if settings.exists():
            variables.setdefault("PIP_CONFIG_FILE", str(settings))
        for name in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONWARNINGS"):
            variables.pop(name, None)
        return variables


class Story(NamedTuple):
    """What came of docs/start: what was printed, the project's page, and the two folders."""

    told: str
    links: bytes
    folder: Path
    data: Path


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """Somebody has been through docs/start; their server is stopped, so that it can be copied."""
    environments.build(TOOLS)
    folder = tmp_path_factory.mktemp("docs")
    (folder / "hello").mkdir()
    with Server(folder / "var") as server:
        reader = Reader(server, folder / "hello", folder / "home")
        told = "".join(reader.follow(DOCS / f"start/{name}.rst") for name in START)
        links = server.get("/simple/hello-mypi/")
    return Story(told, links, folder / "hello", server.data)


@pytest.fixture
def reader(story, tmp_path):
    """Somebody who goes on from there, on their own."""
    shutil.copytree(story.folder, tmp_path / "hello", ignore=shutil.ignore_patterns("try"))
    shutil.copytree(story.data, tmp_path / "var")
    with Server(tmp_path / "var") as server:
        yield Reader(server, tmp_path / "hello", tmp_path / "home")


def test_the_first_ten_minutes_end_with_the_package_saying_hello(story):
    assert "\nhello\n" in story.told
    assert b"hello_mypi-1.0.tar.gz" in story.links


@pytest.mark.parametrize("page", HOW_TO, ids=lambda page: page.stem)
def test_the_commands_of_a_how_to_page_run(page, reader):
    if comes_after_closing(page):
        reader.follow(DOCS / CLOSING)

    reader.follow(page)


def test_no_page_sends_its_reader_elsewhere():
    text = "".join(page.read_text() for page in DOCS.glob("*/*.rst"))

    hosts = set(re.findall(r"https?://([\w.@-]+)", text))
    assert "localhost" in hosts
    assert [
        host for host in hosts if "." in host and not re.search(r"\.example$|^127\.", host)
    ] == []


def test_files_with_a_secret_are_nobody_elses_from_their_first_byte_on():
    found = 0
    for page in DOCS.glob("*/*.rst"):
        text = page.read_text()
        for written in re.finditer(r"> *(\S+\.(?:password|token|secret))\n", text):
            found += 1
            assert f"install -m 600 /dev/null {written[1]}\n" in text[: written.start()], page.name
    assert found >= 6


def test_the_pages_on_what_matters_most_hold_commands_that_run():
    assert all(script_of(DOCS / f"start/{name}.rst") for name in START)
    assert {"publish", "install", "incubator", "close-the-index"} <= {page.stem for page in HOW_TO}
    assert {page.stem for page in HOW_TO if comes_after_closing(page)} >= {"ci-tokens", "approval"}
