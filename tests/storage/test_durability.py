"""What was acknowledged survives anything; what was not leaves nothing (promises 1 to 4)."""

import hashlib
import json
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.factories import wheel
from tests.posting import Answer, upload
from tests.serving import Server
from tests.storage.writing import Writers, check_whole
from tests.waiting import PATIENCE, until
from tests.wire import JSON

ROUNDS = 20


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with Server(tmp_path / "var") as server:
        yield server


def blob_sizes(data: Path) -> Counter[int]:
    return Counter(path.stat().st_size for path in (data / "blobs").rglob("*.blob"))


def test_twenty_kills_during_parallel_uploads_lose_nothing_acknowledged(tmp_path):
    chance = random.Random(20)
    server = Server(tmp_path / "var")
    acknowledged: dict[str, bytes] = {}
    for round_number in range(ROUNDS):
        server.start()
        for filename, content in acknowledged.items():
            assert server.get(f"/packages/stable/crash/{filename}") == content
        writers = Writers(server, round_number)
        for _ack in range(chance.randrange(1, 12)):
            writers.acks.get(timeout=PATIENCE)
        server.kill()
        writers.end()
        assert writers.answers == []
        acknowledged |= writers.acknowledged

    with server:
        check_whole(server, acknowledged)
        listed = server.listed("crash")
        assert sum(blob_sizes(server.data).values()) == len(listed), "orphan blobs, or missing ones"
        assert server.left_behind() == []
    assert server.process is not None
    assert server.process.returncode == 0


def test_eight_clients_that_upload_one_file_name_get_one_winner_and_clear_answers(server):
    files = [wheel("race", "1.0", files={"who": str(number).encode()}) for number in range(8)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda file: upload(server.url, *file), files))

    assert Counter(answer.status for answer in answers) == {200: 1, 409: 7}
    for answer in answers:
        assert answer.status == 200 or answer.reason.startswith("File already exists")
    winner = files[[answer.status for answer in answers].index(200)]
    assert server.get(f"/packages/stable/race/{winner[0]}") == winner[1]
    assert sum(blob_sizes(server.data).values()) == 1
    assert server.left_behind() == []


def test_eight_clients_that_upload_the_same_bytes_all_succeed_and_store_it_once(server):
    filename, content = wheel("same", "1.0")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _n: upload(server.url, filename, content), range(8)))

    assert {answer.status for answer in answers} == {200}
    assert sum(blob_sizes(server.data).values()) == 1


def test_parallel_uploads_of_different_files_never_conflict_visibly(server):
    """Same project, same release, new releases, new projects: all at once."""
    files = [wheel("many", f"1.{number}") for number in range(1, 60)]
    files += [wheel("many", "1.0", build=str(number)) for number in range(1, 30)]
    files += [wheel(f"project-{number}", "1.0") for number in range(60)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda file: upload(server.url, *file), files))

    assert [answer for answer in answers if answer.status != 200] == []
    expected = {name: hashlib.sha256(content).hexdigest() for name, content in files}
    pages = server.listed("many")
    for number in range(60):
        pages |= server.listed(f"project-{number}")
    assert pages == expected
    assert server.left_behind() == []


@pytest.mark.parametrize("harm", ["digest", "name", "truncated", "empty"])
def test_a_refused_upload_leaves_index_and_blobs_byte_for_byte_as_before(server, harm):
    upload(server.url, *wheel("kept", "1.0"))
    until(lambda: server.found("kept"))  # the catalogue follows, and writes to the database
    before = snapshot(server.data)
    filename, content = wheel("kept", "2.0")

    answer: Answer = {
        "digest": lambda: upload(server.url, filename, content, sha256_digest="0" * 64),
        "name": lambda: upload(server.url, f"../../{filename}", content),
        "truncated": lambda: upload(server.url, filename, content[:-30]),
        "empty": lambda: upload(server.url, filename, b""),
    }[harm]()

    assert answer.status == 400
    assert len(answer.text) > 40
    assert snapshot(server.data) == before


def snapshot(data: Path) -> dict[str, bytes]:
    """Every file below the data folder but the index cache that ZODB may rewrite at any time."""
    return {
        str(path.relative_to(data)): path.read_bytes()
        for path in data.rglob("*")
        if path.is_file() and path.name not in ("Data.fs.lock", "Data.fs.index")
    }


def test_a_second_server_on_the_same_data_refuses_to_start_and_says_why(server):
    second = Server(server.data)
    second.log = server.data.with_name("second.log")

    with pytest.raises(AssertionError, match="in use by another server"):
        second.start()

    assert second.process is not None
    assert second.process.returncode == 2
    assert "Traceback" not in second.log.read_text()
    assert server.get("/simple/")


def test_sigterm_lets_running_uploads_finish(server):
    files = [wheel(f"late-{n}", "1.0", files={"big": random.randbytes(2**23)}) for n in range(12)]

    def send(file: tuple[str, bytes]) -> int | None:
        try:
            return upload(server.url, *file).status
        except (OSError, HTTPException):
            return None  # came after the listener had closed

    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(send, files)
        until(server.left_behind)
        code = server.stop()
        statuses = list(answers)

    assert code == 0
    assert 200 in statuses
    assert set(statuses) <= {200, None}
    server.start()
    names = json.loads(server.get("/simple/", JSON))["projects"]
    assert len(names) == statuses.count(200)
