"""What the tour visits: real packages as their authors made them, and ones that strain a page.

The real ones are downloaded once, into ``.clients/corpus``, from the package index that this
machine is configured for.
"""

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.factories import sdist, wheel

FOLDER = Path(__file__).parents[2] / ".clients" / "corpus"
WHEELS = """
    anyio attrs babel blinker certifi chardet click coverage docutils flask h11 httpcore httpx idna
    importlib-metadata iniconfig itsdangerous jinja2 jsonschema markdown-it-py markupsafe mdurl
    packaging platformdirs pluggy pygments pyramid pytest pyyaml requests rich sniffio toml twine
    typing-extensions urllib3 waitress webob werkzeug zipp zope.interface
""".split()
SDISTS = ("six==1.17.0", "docopt==0.6.2", "toml==0.10.2")
LONG_NAME = "a-very-long-name-" + "-".join(["of-a-package"] * 11)
RELEASES = 240

MARKDOWN = """# Non-ASCII: Žluťoučký kůň 北京 🐎

A table, a list and code.

| a | b |
|---|---|
| 1 | 2 |

- [x] done
- [ ] not done

```python
def answer() -> int:
    return 42  # as everybody knows
```

![a badge](https://badges.example/one.svg) [a link](https://project.example/)
"""
RST = """
Title
=====

.. code-block:: python

   print("hello")

Subtitle
--------

.. image:: https://pictures.example/one.png

.. image:: https://pictures.example/two.png
   :alt: https://pictures.example/twotwotwotwotwotwotwotwotwotwotwotwotwotwotwotwotwotwotwotwo/two.png

* One
* Two
"""


def real() -> list[Path]:
    """The archives of some forty real projects."""
    done = FOLDER / "complete"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with FOLDER.with_name("corpus.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two workers one downloads
        if not done.exists():
            _download("--only-binary=:all:", *WHEELS)
            _download("--no-binary=:all:", *SDISTS)
            done.touch()
    return sorted(path for path in FOLDER.iterdir() if path.suffix in (".whl", ".gz"))


def made() -> Iterator[tuple[str, bytes]]:
    """File names and archives that no real project has all at once."""
    content = ("Description-Content-Type: text/markdown",)
    yield wheel(
        "non-ascii",
        "1.0",
        summary="Žluťoučký kůň úpěl ďábelské ódy — 北京",
        description=MARKDOWN,
        headers=(
            *content,
            "Author: Jürgen Müller",
            "Keywords: pferd,кон,馬",
            "Classifier: Framework :: Pyramid",
            "Project-URL: Homepage, https://project.example/",
            "Provides-Extra: fast",
        ),
        requires_dist=("six>=1.0", "absent>2", "requests[socks]; extra == 'fast'"),
        requires_python=">=3.9,!=3.14.*",
    )
    yield sdist("non-ascii", "1.0", description=RST, summary="In reStructuredText")
    yield wheel("only-pre", "2.0rc1", summary="No final release yet", description="Plain *text*.")
    yield wheel("only-pre", "2.0.dev3")
    yield wheel(LONG_NAME, "1.0", summary="word" * 120, description="w" * 3_000)
    yield wheel("hostile", "1.0", summary="<script>alert(1)</script>", description=HOSTILE)
    for number in range(RELEASES):
        yield wheel("many-releases", f"{number // 20}.{number % 20}", summary="Often released")
    for tags in TAGS:
        yield wheel("many-wheels", "1.0", tags=tags, summary="For every machine")


HOSTILE = """<script>alert('readme')</script> <img src=x onerror=alert(2)>
[click](javascript:alert(3)) <iframe src="https://elsewhere.example/"></iframe>
<style>body { display: none }</style> <svg onload=alert(4)></svg>
"""
TAGS = [
    f"cp3{minor}-cp3{minor}-{platform}"
    for minor in range(9, 14)
    for platform in (
        "manylinux_2_17_x86_64.manylinux2014_x86_64",
        "musllinux_1_2_x86_64",
        "macosx_11_0_arm64",
        "win_amd64",
    )
]


def _download(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", FOLDER, *arguments],
        check=True,
    )
