"""A backup that is taken while others publish is whole, and holds what was acknowledged before."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.factories import wheel
from tests.posting import upload
from tests.serving import ROOT, Server

UPLOADERS = 8
SECONDS = 20


def mypi(
    data: Path, *words: str, ini: Path | str = "production.ini"
) -> subprocess.CompletedProcess[str]:
    """The command line, as the index's keeper."""
    program = str(Path(sys.executable).with_name("mypi"))
    return subprocess.run(
        [program, "-c", str(ini), "--set", f"data={data}", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


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
            ends = time.monotonic() + SECONDS
            while time.monotonic() < ends:
                began.append(time.time())
                taken = mypi(server.data, "backup", str(folder))
                assert taken.returncode == 0, taken.stderr
                assert "verified" in taken.stderr
        finally:
            done.set()
        for writer in writers:
            writer.result()

    assert len(began) > 1
    restored = mypi(other, "recover", str(folder))
    assert restored.returncode == 0, restored.stderr
    checked = mypi(other, "check", "--deep")
    assert (checked.returncode, checked.stdout) == (0, "")
    with Server(other) as server:
        there = "".join(server.get(f"/simple/p{number}/").decode() for number in range(UPLOADERS))
    before = [name for when, name in acknowledged if when < began[-1]]
    assert before
    assert [name for name in before if name not in there] == []
