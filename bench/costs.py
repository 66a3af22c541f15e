"""What requests cost the database: objects, bytes, transactions.  Counted, so without noise.

    python -m bench.costs [--files 2000] [--json]

The application runs in this process on a file storage, as in bench/upload_profile.py, and one
request follows the other.  A figure is the median of 20 requests of a kind, each of another project
or release, but for what there is only one of; what is loaded comes from the storage, not from the
cache of objects.
"""

import argparse
import functools
import json
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from webtest import TestApp
from ZODB.ConflictResolution import ConflictResolvingStorage
from ZODB.mvccadapter import MVCCAdapterInstance

from bench import corpus
from bench.servers import SIMPLE_JSON
from bench.upload_profile import Clock, Profile
from tests import inside

TIMES = 20
FEW = 10
"""Files of an ordinary project."""
LARGE = "large"


@dataclass
class Cost:
    """What one request did."""

    objects_loaded: float = 0
    bytes_loaded: float = 0
    transactions: float = 0
    objects_written: float = 0
    bytes_written: float = 0
    conflicts: float = 0


class Meter:
    """Counts what goes through storages of this process."""

    def __init__(self) -> None:
        self.cost = Cost()
        self._count_loads()
        self._count_conflicts()

    def measure(self, storage: Any, work: Callable[[], object]) -> Cost:
        """What ``work`` costs."""
        last, size = storage.lastTransaction(), storage.getSize()
        self.cost = Cost()
        work()
        iterator = storage.iterator(last)
        for each in iterator:
            if each.tid != last:
                self.cost.transactions += 1
                self.cost.objects_written += sum(1 for _record in each)
        iterator.close()
        self.cost.bytes_written = storage.getSize() - size
        return self.cost

    def _count_loads(self) -> None:
        load = MVCCAdapterInstance.load

        def counted(instance: Any, oid: bytes) -> Any:
            found = load(instance, oid)
            self.cost.objects_loaded += 1
            self.cost.bytes_loaded += len(found[0])
            return found

        MVCCAdapterInstance.load = counted

    def _count_conflicts(self) -> None:
        resolve = ConflictResolvingStorage.tryToResolveConflict

        def counted(storage: Any, *arguments: Any, **named: Any) -> Any:
            self.cost.conflicts += 1
            return resolve(storage, *arguments, **named)

        ConflictResolvingStorage.tryToResolveConflict = counted


class Costs:
    """An index with 20 ordinary projects and a large one, and the requests that are counted."""

    def __init__(self, folder: Path, files: int) -> None:
        self.meter = Meter()
        # Not timed: nothing of the clock's is wrapped.
        self.profile = Profile("", folder, Clock())
        self.app = TestApp(self.profile.app)
        self.projects = [corpus.project_name(number) for number in range(TIMES)]
        names = [(project, f"1.{n}") for project in self.projects for n in range(FEW)]
        large = [(LARGE, f"1.{n}") for n in range(files)]
        self.profile.fill(iter([*names, *large]))

    def take(
        self, request: Callable[[int], object], is_cold: bool = False, times: int = TIMES
    ) -> Cost:
        """The median cost of some requests; ``is_cold``: with no object in memory."""
        database = inside.database(self.profile.app)
        costs = []
        for number in range(times):
            if is_cold:
                database.cacheMinimize()
            costs.append(
                asdict(self.meter.measure(database.storage, functools.partial(request, number)))
            )
        return Cost(**{f.name: statistics.median(c[f.name] for c in costs) for f in fields(Cost)})

    def cases(self, files: int) -> Iterator[tuple[str, Cost]]:
        """Each kind of request."""
        yield "page made, nothing in memory", self.take(self.page, is_cold=True)
        yield "page made, objects in memory", self.take(self.json_page)
        yield "page again", self.take(self.page)
        yield "page unchanged (304)", self.take(self.unchanged())
        yield (
            f"page of {files:,} files made",
            self.take(lambda n: self.get(f"/simple/{LARGE}/"), is_cold=True, times=1),
        )
        yield "list of projects made", self.take(self.listing, is_cold=True, times=1)
        yield "list of projects again", self.take(self.listing)
        yield "file", self.take(self.file, is_cold=True)
        yield "file again", self.take(self.file)
        yield "upload, new project", self.take(lambda n: self.upload(f"new-{n}", "1.0"))
        yield (
            f"upload into {FEW} files",
            self.take(lambda n: self.upload(self.projects[n], "2.0")),
        )
        yield f"upload into {files:,} files", self.take(lambda n: self.upload(LARGE, f"2.{n}"))
        yield "upload of the same again", self.take(lambda n: self.upload(LARGE, f"2.{n}"))

    def get(self, path: str, accept: str = "text/html", **headers: str) -> Any:
        """GET as an installer does."""
        return self.app.get(path, headers={"Accept": accept, **headers})

    def page(self, number: int) -> Any:
        """The page of a project."""
        return self.get(f"/simple/{self.projects[number]}/")

    def json_page(self, number: int) -> Any:
        """The page of a project in its other form."""
        return self.get(f"/simple/{self.projects[number]}/", SIMPLE_JSON)

    def listing(self, _number: int) -> Any:
        """The list of projects."""
        return self.get("/simple/")

    def unchanged(self) -> Callable[[int], Any]:
        """The page of a project that the client has."""
        tags = [self.page(number).headers["ETag"] for number in range(TIMES)]

        def ask(number: int) -> Any:
            answer = self.get(
                f"/simple/{self.projects[number]}/", **{"If-None-Match": tags[number]}
            )
            assert answer.status_int == 304, answer
            return answer

        return ask

    def file(self, number: int) -> Any:
        """A small file; all of the profile's share the bytes."""
        project = self.projects[number]
        name = f"{project.replace('-', '_')}-1.3-py3-none-any.whl"
        return self.get(f"/packages/stable/{project}/{name}", "*/*").body

    def upload(self, project: str, version: str) -> Any:
        """A wheel of 10 kB."""
        body, kind = corpus.wheel(project, version).form()
        return self.app.post("/", body, {"Content-Type": kind})


def show(rows: dict[str, Cost]) -> None:
    """Print the table."""
    names = [field.name.replace("_", " ") for field in fields(Cost)]
    print(f"{'a request':<32}" + "".join(f"{name:>17}" for name in names))
    for title, cost in rows.items():
        print(f"{title:<32}" + "".join(f"{figure:>17,.0f}" for figure in asdict(cost).values()))


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description="What requests cost the database.")
    parser.add_argument("--files", type=int, default=2_000, help="of the large project")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mypi-costs-") as folder:
        costs = Costs(Path(folder), chosen.files)
        rows = dict(costs.cases(chosen.files))
        costs.profile.close()
    if chosen.json:
        print(json.dumps({title: asdict(cost) for title, cost in rows.items()}, indent=1))
    else:
        show(rows)


if __name__ == "__main__":
    main()
