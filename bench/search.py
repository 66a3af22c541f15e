"""Search over 10,000 projects: what is found, how fast beside a project's page, at which cost.

``python -m bench.search [PROJECTS]`` makes a deterministic corpus of registered releases with
READMEs of some 300 words, the frequent ones in most of them (Zipf's law), and prints recall, times,
and the growth of the database as a table.
"""

import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import transaction
from webtest import TestApp

from mypi import make_app
from mypi.metadata import Metadata
from mypi.services import search
from mypi.services.access import full_access
from mypi.services.actor import Actor
from mypi.services.publish import register

BROWSER = "text/html,application/xhtml+xml"
SYLLABLES = "ba ce di fo gu ha ki lo me nu pra que ri so tu va wex yo zan".split()
VOCABULARY = 30_000
ROUNDS = 200
PATIENCE = 30.0


class Corpus:
    """Projects with made-up names and texts; the same seed makes the same ones."""

    def __init__(self, count: int) -> None:
        self.chance = random.Random(7)
        words: dict[str, None] = {}
        while len(words) < VOCABULARY:
            words["".join(self.chance.choices(SYLLABLES, k=self.chance.choice((2, 3, 4))))] = None
        self.words = list(words)
        self.weights = list(itertools.accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))
        names: dict[str, None] = {}
        while len(names) < count:
            parts = self.chance.choices(self.words, k=self.chance.choice((1, 2, 2, 3)))
            names["-".join(parts)] = None
        self.names = list(names)
        self.said = {name: self.metadata(name) for name in self.names}

    def text(self, length: int) -> str:
        """So many words, as frequent as in a language."""
        return " ".join(self.chance.choices(self.words, cum_weights=self.weights, k=length))

    def metadata(self, name: str) -> Metadata:
        """What the project says of itself."""
        fields = {
            "summary": self.text(8),
            "keywords": self.chance.choices(self.words, cum_weights=self.weights, k=3),
            "license_expression": self.chance.choice(("MIT", "BSD-3-Clause", "Apache-2.0")),
            "requires_python": self.chance.choice((">=3.8", ">=3.11", "")),
            "requires_dist": self.chance.choices(self.names, k=3),
            "classifiers": ["Framework :: Pyramid", "Programming Language :: Python :: 3.12"],
        }
        return Metadata(name, "1.0", fields, self.text(self.chance.randrange(50, 550)))


class Measured:
    """A database with the corpus in it."""

    def __init__(self, corpus: Corpus, folder: Path) -> None:
        self.corpus = corpus
        self.wsgi = make_app({"mypi.data": str(folder), "mypi.min_free": "0"})
        self.data = folder / "Data.fs"
        self.serial = 0

    def register(self, *said: Metadata) -> None:
        """Register releases in one transaction."""
        with self.wsgi.registry.database.transaction() as connection:
            index = connection.root()["mypi"].indexes["stable"]
            for one in said:
                self.serial += 1
                register(index, one, Actor("bench", float(self.serial)))

    def fill(self) -> None:
        """Register the corpus, and let the catalogue follow."""
        for some in batches(list(self.corpus.said.values()), 500):
            self.register(*some)
        before = self.data.stat().st_size
        seconds = timed(self.wsgi.registry.background.run_once) / 1000
        growth = (self.data.stat().st_size - before) / len(self.corpus.names)
        print(f"{len(self.corpus.names)} projects; filled in {seconds:.1f} s, {growth:.0f} B each")

    def grow(self, label: str, change: Callable[[Metadata, int], Metadata]) -> None:
        """What the catalogue writes for an upload, and how long that takes."""
        growths, times = [], []
        for number, name in enumerate(self.corpus.names[100:150]):
            self.register(change(self.corpus.said[name], number))
            size = self.data.stat().st_size
            times.append(timed(self.wsgi.registry.background.run_once))
            growths.append(self.data.stat().st_size - size)
        tell(label, times, f"{statistics.median(growths) / 1000:8.1f} kB written")


def batches(all_of_it: list[Metadata], size: int) -> Iterator[list[Metadata]]:
    """Slices of a list."""
    for start in range(0, len(all_of_it), size):
        yield all_of_it[start : start + size]


def timed(act: Callable[[], Any]) -> float:
    """Milliseconds."""
    begin = time.perf_counter()
    act()
    return (time.perf_counter() - begin) * 1000


def tell(label: str, times: list[float], more: str = "") -> None:
    """Median and 95th percentile."""
    middle, high = statistics.median(times), sorted(times)[int(len(times) * 0.95)]
    print(f"{label:44} {middle:8.2f} ms   p95 {high:8.2f} ms {more}")


def typo(name: str) -> str:
    """Two letters in the middle, the other way round."""
    at = len(name) // 2
    return name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :]


def recall(corpus: Corpus, ask: Callable[[str], search.Results], near: Any) -> None:
    """How often what is looked for is on the first page."""
    chance = random.Random(11)
    sample = chance.sample(corpus.names, ROUNDS)

    def on_page(text: str, name: str) -> bool:
        return any(hit.name == name for hit in ask(text).hits)

    def rare(name: str) -> str:
        words = set(corpus.said[name].description.split())
        return " ".join(sorted(words, key=corpus.words.index)[-3:])

    for label, found in (
        ("exact name, first hit", [ask(name).hits[0].name == name for name in sample]),
        ("beginning of the name", [on_page(name[:-2], name) for name in sample]),
        ("misspelt name, near it", [name in near(typo(name)) for name in sample]),
        ("three rare words of the README", [on_page(rare(name), name) for name in sample]),
    ):
        print(f"recall: {label:36} {sum(found) / len(found):8.1%}")


def main(count: int) -> None:
    """Fill, measure, print."""
    with tempfile.TemporaryDirectory() as folder:
        measure(Corpus(count), Path(folder))


def measure(corpus: Corpus, folder: Path) -> None:
    """All that is printed."""
    it = Measured(corpus, folder)
    it.fill()

    connection = it.wsgi.registry.database.open(transaction.TransactionManager())
    site = connection.root()["mypi"]
    access, index = full_access(site), site.indexes["stable"]

    def ask(text: str) -> search.Results:
        return search.search(access, index, text)

    recall(corpus, ask, lambda name: search.near(access, index, name))

    app = TestApp(it.wsgi, extra_environ={"HTTP_ACCEPT": BROWSER})
    chance = random.Random(13)
    times: dict[str, list[float]] = {}
    for name in chance.sample(corpus.names, ROUNDS):
        frequent, rare = chance.choice(corpus.words[:50]), chance.choice(corpus.words[2000:])
        for label, act in (
            ("project page, made", lambda name=name: app.get(f"/{name}/")),
            ("project page, kept", lambda name=name: app.get(f"/{name}/")),
            ("query: a name", lambda name=name: ask(name)),
            ("query: three letters", lambda name=name: ask(name[:3])),
            ("query: a frequent word", lambda word=frequent: ask(word)),
            ("query: a rare word", lambda word=rare: ask(word)),
            ("query: both", lambda a=frequent, b=rare: ask(f"{a} {b}")),
            ("query: everything", lambda: ask("")),
            ("query: 16 beginnings", lambda: ask(" ".join(w[:3] for w in corpus.words[:16]))),
            ("suggestions", lambda name=name: search.suggest(access, index, name[:4])),
            ("suggestions for a typo", lambda name=name: search.suggest(access, index, typo(name))),
            ("who needs a project", lambda name=name: search.used_by(access, index, name)),
        ):
            times.setdefault(label, []).append(timed(act))
    for label, measured in times.items():
        tell(label, measured)
    connection.close()

    def release(said: Metadata, number: int, readme: str = "", name: str = "") -> Metadata:
        new = name or said.name
        return Metadata(new, f"2.{number}", said.fields, readme or said.description)

    it.grow("release, same README", lambda said, n: release(said, n))
    it.grow(
        "release, ten words more",
        lambda said, n: release(said, 100 + n, said.description + " " + corpus.text(10)),
    )
    it.grow(
        "new project", lambda said, n: release(said, n, corpus.text(300), f"new-{n}-{said.name}")
    )
    delays = []
    it.wsgi.registry.background.start()
    for number in range(20):
        delays.append(timed(lambda number=number: publish_and_find(it, app, number)))
    tell("upload until it is found", delays)
    it.wsgi.registry.background.stop()
    it.wsgi.registry.database.close()


def publish_and_find(it: Measured, app: TestApp, number: int) -> None:
    """Register a release over HTTP, and ask until it is found."""
    name = f"brand-new-{number}"
    form = {":action": "submit", "metadata_version": "2.1", "name": name, "version": "1.0"}
    app.post("/", form, upload_files=[])
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer = app.get("/+api/v1/indexes/stable/search", {"q": name, "limit": 1})
        if answer.json["hits"] and answer.json["hits"][0]["name"] == name:
            return
    raise SystemExit(f"{name} was not found within {PATIENCE:.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
