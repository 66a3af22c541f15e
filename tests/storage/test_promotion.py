"""Promotion, retention and deletion under load, and killed in the middle (promises 2 and 3)."""

import contextlib
import hashlib
import json
import random
import subprocess
import threading
import time
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.factories import wheel
from tests.posting import upload
from tests.serving import Server
from tests.waiting import until
from tests.wire import JSON

SECONDS = 30
UPLOADERS = 8
KILLS = 6
LEVELS = ("app", "middle", "bottom")


class Operator:
    """Speaks the API of a running server with the key that lies beside its database."""

    def __init__(self, server: Server) -> None:
        facts = json.loads((server.data / "server.json").read_text())
        self.url = server.url + "/+api/v1"
        self.key = facts["key"]

    def __call__(self, method: str, path: str, body: object = None) -> tuple[int, dict]:
        request = urllib.request.Request(
            self.url + path,
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return answer.status, json.load(answer)
        except HTTPError as error:
            with error:
                return error.code, json.load(error)


@pytest.fixture
def server(tmp_path):
    with Server(tmp_path / "var") as server:
        yield server


def names(server: Server) -> list[str]:
    return [it["name"] for it in json.loads(server.get("/simple/", JSON))["projects"]]


def blobs(data: Path) -> int:
    return len(list((data / "blobs").rglob("*.blob")))


def test_a_promotion_killed_in_the_middle_is_whole_or_not_at_all(tmp_path):
    chance = random.Random(7)
    server = Server(tmp_path / "var")
    with server:
        for below, name in zip((*LEVELS[1:], ""), LEVELS, strict=True):
            for version in range(1, 15):
                archive = wheel(
                    name, f"1.{version}", requires_dist=[f"{below}==1.{version}"] if below else []
                )
                assert upload(server.url + "/+incubator/", *archive).status == 200
    for number in range(1, KILLS + 1):
        version = f"1.{number}"
        server.start()
        operator = Operator(server)
        body = {"from": "incubator", "releases": [f"app=={version}"], "dependencies": True}

        def promote(operator: Operator = operator, body: dict = body) -> None:
            with contextlib.suppress(OSError, HTTPException):
                operator("POST", "/indexes/stable/promotions", body)

        before, size = blobs(server.data), written(server)
        thread = threading.Thread(target=promote)
        thread.start()
        if number % 2:
            thread.join(chance.uniform(0, 0.05))
        else:
            until(lambda server=server, size=size: written(server) > size)
        server.kill()
        thread.join(60)

        server.start()
        there = [name for name in LEVELS if any(version in it for it in wanted(server, name))]
        assert there in ([], list(LEVELS)), f"half of a promotion is there: {there}"
        assert blobs(server.data) == before
        server.stop()


def written(server: Server) -> int:
    """Bytes of the database."""
    return (server.data / "Data.fs").stat().st_size


def wanted(server: Server, name: str) -> list[str]:
    return [filename.split("-")[1] for filename in server.listed(name)]


def test_a_closure_of_three_levels_is_one_transaction(server):
    for below, name in zip((*LEVELS[1:], ""), LEVELS, strict=True):
        archive = wheel(name, "1.0", requires_dist=[f"{below}>=1"] if below else [])
        assert upload(server.url + "/+incubator/", *archive).status == 200
    operator = Operator(server)
    body = {"from": "incubator", "releases": ["app==1.0"], "dependencies": True}
    before = du(server.data / "blobs")

    status, plan = operator("POST", "/indexes/stable/promotions", {**body, "dry_run": True})
    assert (status, names(server)) == (200, [])
    assert [it["state"] for it in plan["files"]] == ["new"] * 3
    status, _done = operator("POST", "/indexes/stable/promotions", body)

    assert status in (200, 201)
    assert names(server) == sorted(LEVELS)
    assert du(server.data / "blobs") == before


def du(folder: Path) -> int:
    """Kilobytes on the disk."""
    return int(subprocess.check_output(["du", "-sk", folder]).split()[0])


def test_delete_empty_the_trash_and_pack_give_the_disk_back(server):
    noise = random.Random(3)
    sizes = []
    for number in range(5):
        archive = wheel("big", f"1.{number}", files={"data": noise.randbytes(2_000_000)})
        assert upload(server.url, *archive).status == 200
        sizes.append(len(archive[1]))
    kept = wheel("kept", "1.0", files={"data": noise.randbytes(1_000_000)})
    assert upload(server.url, *kept).status == 200
    operator = Operator(server)
    before = du(server.data)

    assert operator("DELETE", "/indexes/stable/projects/big")[0] == 200
    assert operator("DELETE", "/indexes/stable/trash?everything=true")[0] == 200
    assert operator("POST", "/pack")[0] == 200

    assert before - du(server.data) >= sum(sizes) // 1024
    assert server.get(f"/packages/stable/kept/{kept[0]}") == kept[1]


def test_uploads_promotions_and_retention_at_once_lose_nothing(server):
    operator = Operator(server)
    policy = {"policy": {"keep_prereleases": 3}}
    assert operator("PATCH", "/indexes/incubator", policy)[0] == 200
    ends = time.monotonic() + SECONDS
    uploaded: dict[str, str] = {}
    promoted: list[str] = []
    statuses: Counter[tuple[str, int]] = Counter()
    lock = threading.Lock()

    def count(what: str, status: int) -> None:
        with lock:
            statuses[what, status] += 1

    def publish(number: int) -> None:
        serial = 0
        while time.monotonic() < ends:
            serial += 1
            name = f"p{(number + serial) % 12}"
            filename, content = wheel(name, f"1.{number}.{serial}.dev1")
            answer = upload(server.url + "/+incubator/", filename, content)
            count("upload", answer.status)
            with lock:
                uploaded[filename] = hashlib.sha256(content).hexdigest()

    def promote(number: int) -> None:
        chance = random.Random(number)
        while time.monotonic() < ends:
            with lock:
                recent = list(uploaded)[-24:]  # older ones are in the trash already
                some = chance.sample(recent, min(3, len(recent)))
            if not some:
                continue
            releases = ["{}=={}".format(*filename.split("-")[:2]) for filename in some]
            body = {"from": "incubator", "releases": releases}
            status, _done = operator("POST", "/indexes/stable/promotions", body)
            count("promote", status)
            if status in (200, 201):
                with lock:
                    promoted.extend(some)

    def retain() -> None:
        while time.monotonic() < ends:
            status, _done = operator("POST", "/indexes/incubator/retention", {"limit": 20})
            count("retention", status)

    with ThreadPoolExecutor(UPLOADERS + 3) as pool:
        jobs = [pool.submit(publish, number) for number in range(UPLOADERS)]
        jobs += [pool.submit(promote, number) for number in range(2)]
        jobs.append(pool.submit(retain))
        for job in jobs:
            job.result()

    print(dict(statuses), len(uploaded), len(promoted))
    assert promoted
    assert not [it for it in statuses if it[1] >= 500], statuses
    assert {status for what, status in statuses if what == "upload"} == {200}
    # What retention took meanwhile is not there to be promoted.
    assert {status for what, status in statuses if what == "promote"} <= {200, 201, 404, 409}
    stable = {k: v for name in names(server) for k, v in server.listed(name).items()}
    assert stable == {filename: uploaded[filename] for filename in promoted}
    here = {k: v for n in range(12) for k, v in incubating(server, f"p{n}").items()}
    trashed = in_trash(operator)
    assert uploaded.keys() == here.keys() | trashed
    assert not here.keys() & trashed
    assert all(uploaded[filename] == digest for filename, digest in here.items())


def incubating(server: Server, project: str) -> dict[str, str]:
    """The incubator's own files of a project."""
    page = json.loads(server.get(f"/+incubator/simple/{project}/", JSON))
    return {
        file["filename"]: file["hashes"]["sha256"]
        for file in page["files"]
        if "/incubator/" in file["url"]
    }


def in_trash(operator: Operator) -> set[str]:
    """File names of the releases in the incubator's trash."""
    found: set[str] = set()
    after = ""
    while True:
        query = f"?limit=1000&before={after}" if after else "?limit=1000"
        _status, page = operator("GET", "/indexes/incubator/trash" + query)
        found |= {f"{it['project']}-{it['version']}-py3-none-any.whl" for it in page["trash"]}
        after = page.get("next") or ""
        if not after:
            return found
