"""The index on a ZEO server and on PostgreSQL: one line of the ini file, and nothing else changes.

Several servers on one database are one index: what one publishes the others serve at once.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mypi.model.storage import open_database
from mypi.model.uris import complete
from tests.commandline import Keeper
from tests.engines import ENGINES, Engine
from tests.factories import wheel
from tests.posting import upload
from tests.serving import Server
from tests.waiting import until

SHARED = ["zeo", "postgresql"]


@pytest.fixture(params=SHARED)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    with ENGINES[request.param](tmp_path / "var") as engine:
        yield engine


@pytest.fixture
def servers(engine: Engine, tmp_path: Path) -> Iterator[list[Server]]:
    """Two servers on one database."""
    pair = [Server(tmp_path / f"server-{number}", uri=engine.uri) for number in range(2)]
    with pair[0], pair[1]:
        yield pair


def test_what_one_server_publishes_the_other_serves_at_once(servers):
    for number in range(10):
        filename, content = wheel("hello", f"1.{number}")
        publishing, asked = servers[number % 2], servers[(number + 1) % 2]
        assert len(asked.listed("hello")) == number

        assert upload(publishing.url, filename, content).status == 200

        assert len(asked.listed("hello")) == number + 1
        assert asked.get(f"/packages/stable/hello/{filename}") == content


def test_who_reads_next_sees_every_commit_of_others(engine, tmp_path):
    """Without asking the server anew, some of these reads are a moment behind."""
    uri = complete(engine.uri, tmp_path / "var")
    one, other = (open_database(uri, "", {}) for _ in range(2))
    seen = []
    for number in range(300):
        with one.transaction() as connection:
            connection.root()["number"] = number
        with other.transaction() as connection:
            seen.append(connection.root()["number"])
    one.close()
    other.close()

    assert seen == list(range(300))


def test_sixteen_uploads_at_once_to_two_servers_are_all_there_on_both(servers):
    sent = dict(wheel("hello", f"1.{number}") for number in range(16))

    def publish(numbered: tuple[int, tuple[str, bytes]]) -> int:
        number, (filename, content) = numbered
        return upload(servers[number % 2].url, filename, content).status

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(publish, enumerate(sent.items())))

    assert answers == [200] * 16
    for server in servers:
        assert set(server.listed("hello")) == set(sent)
    for filename, content in sent.items():
        assert servers[0].get(f"/packages/stable/hello/{filename}") == content


def test_what_any_server_takes_is_found_by_searching_on_all(servers):
    for number, name in enumerate(["apple", "pear", "plum", "cherry"]):
        assert upload(servers[number % 2].url, *wheel(name, "1.0")).status == 200

    for server in servers:
        for name in ["apple", "pear", "plum", "cherry"]:
            until(lambda server=server, name=name: server.found(name))


def test_a_server_that_stops_leaves_its_work_to_the_other(servers):
    upload(servers[0].url, *wheel("apple", "1.0"))
    servers[0].kill()

    upload(servers[1].url, *wheel("pear", "1.0"))

    for name in ("apple", "pear"):
        until(lambda name=name: servers[1].found(name))


def keeper(folder: Path, uri: str) -> Keeper:
    """Somebody with the ini file of the index at ``uri``."""
    ini = folder / "mypi.ini"
    ini.write_text(Server(folder / "unused", uri=uri).ini.read_text())
    mypi = Keeper(folder / "var", options=f"-c {ini} --set data={folder}/var")
    mypi.settings["zodbconn.uri"] = uri
    return mypi


def released(mypi: Keeper) -> dict[str, Any]:
    shown = mypi("--json show six").json
    return {file["filename"]: file["sha256"] for it in shown["releases"] for file in it["files"]}


def test_a_backup_of_it_is_recovered_into_files(engine, tmp_path):
    here = keeper(tmp_path, engine.uri)
    here.publish("stable", wheel("six", "1.0"), wheel("six", "1.1"))
    here(f"backup {tmp_path}/backup")
    here("yank six==1.0")
    here.publish("stable", wheel("six", "1.2"))
    assert here(f"--json backup {tmp_path}/backup").json["archives"] == 1
    there = Keeper(tmp_path / "there")

    there(f"recover {tmp_path}/backup")

    assert released(there) == released(here)
    assert len(released(there)) == 3
    assert there("--json show six==1.0").json["files"][0]["yanked"]
    assert there("--json check --deep").json["problems"] == []


def test_packing_gives_the_disk_back_and_keeps_the_rest(engine, tmp_path):
    mypi = keeper(tmp_path, engine.uri)
    mypi.publish("stable", wheel("six", "1.0"), wheel("gone", "1.0"))
    mypi("delete gone --yes --reason mistake")
    mypi("trash empty --everything --yes")

    mypi("pack")

    assert len(released(mypi)) == 1
    assert mypi("--json check --deep").json["problems"] == []


def test_files_go_to_postgresql_and_back(tmp_path):
    files = Keeper(tmp_path / "var")
    files.publish("stable", wheel("six", "1.0"), wheel("six", "1.1"))
    files("yank six==1.0 --reason old")
    files("delete six==1.1 --yes --reason mistake")
    with ENGINES["postgresql"](tmp_path / "var") as engine:
        there = files(f"--json move '{engine.uri}'").json
        files.publish("stable", wheel("six", "1.2"))
        again = files(f"--json move '{engine.uri}'").json
        moved = keeper(tmp_path, engine.uri)
        assert released(moved) == released(files)
        moved.publish("stable", wheel("six", "1.3"))
        back = moved(f"--json move file://{tmp_path}/back/Data.fs").json
        assert "another index" in moved.refused(5, f"move file://{other(tmp_path)}/Data.fs")
        returned = Keeper(tmp_path / "back")

        assert (there["equal"], again["equal"], back["equal"]) == (True, True, True)
        assert there["archives"] == 2
        assert again["archives"] == 1
        assert released(returned) == released(moved)
        assert returned("--json check --deep").json["problems"] == []
        (trashed,) = returned("--json trash list").json["trash"]
        returned(f"restore {trashed['id']}")
        assert len(released(returned)) == 4


def other(folder: Path) -> Path:
    """The data of another index."""
    Keeper(folder / "other").publish("stable", wheel("other", "1.0"))
    return folder / "other"


def test_a_zeo_server_needs_no_move(tmp_path):
    mypi = Keeper(tmp_path / "var")
    mypi.publish("stable", wheel("six", "1.0"))

    said = mypi.refused(5, "move zeo://127.0.0.1:8100")

    assert "opens the data folder itself" in said
    with ENGINES["zeo"](tmp_path / "var") as engine:
        assert len(released(keeper(tmp_path, engine.uri))) == 1
