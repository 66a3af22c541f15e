"""A backup that is taken while others publish is whole, and holds what was acknowledged before."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from tests.commandline import ended, typed
from tests.factories import wheel
from tests.posting import upload
from tests.serving import Server

UPLOADERS = 8
BACKUPS = 3


def test_a_backup_under_eight_uploaders_is_whole(tmp_path):
    folder, other = tmp_path / "backup", tmp_path / "other"
    acknowledged: list[tuple[float, str]] = []
    done = threading.Event()

    def publish(number: int) -> None:
        for version in range(100_000):
            if done.is_set():
                return
            filename, content = wheel(f"p{number}", f"1.{version}", files={"x": b"x" * 5_000})
            assert upload(server.url, filename, content).status == 200
            acknowledged.append((time.time(), filename))

    with Server(tmp_path / "var") as server, ThreadPoolExecutor(UPLOADERS) as pool:
        writers = [pool.submit(publish, number) for number in range(UPLOADERS)]
        try:
            began = []
            for _ in range(BACKUPS):
                began.append(time.time())
                taken = ended(typed(server.data, "backup", str(folder)))
                assert taken.code == 0, taken.err
                assert "verified" in taken.err
        finally:
            done.set()
        for writer in writers:
            writer.result()

    restored = ended(typed(other, "recover", str(folder)))
    assert restored.code == 0, restored.err
    checked = ended(typed(other, "check", "--deep"))
    assert (checked.code, checked.out) == (0, "")
    with Server(other) as server:
        there = "".join(server.get(f"/simple/p{number}/").decode() for number in range(UPLOADERS))
    before = [name for when, name in acknowledged if when < began[-1]]
    assert before
    assert [name for name in before if name not in there] == []
