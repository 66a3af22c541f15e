"""People who publish while servers come and go, and whether all they were told is true."""

import hashlib
import queue
import random
import threading
from http.client import HTTPException

from tests.commandline import ended, typed
from tests.factories import wheel
from tests.posting import Answer, upload
from tests.serving import Server

WRITERS = 4


class Writers:
    """Threads that publish; ``acknowledged`` has what was answered 200, ``answers`` all else."""

    def __init__(self, server: Server, mark: int) -> None:
        self.server = server
        self.mark = mark
        self.acknowledged: dict[str, bytes] = {}
        self.answers: list[Answer] = []
        self.acks: queue.Queue[str] = queue.Queue()
        self.others: queue.Queue[int] = queue.Queue()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(n,)) for n in range(WRITERS)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Return when all have ended."""
        self._stop.set()
        for thread in self._threads:
            thread.join(120)
            assert not thread.is_alive()

    def _write(self, writer: int) -> None:
        number = 0
        while not self._stop.is_set():
            number += 1
            version = f"{self.mark}.{writer}.{number}"
            filename, content = wheel("crash", version, files={"data": random.randbytes(3000)})
            try:
                answer = upload(self.server.url, filename, content)
            except (OSError, HTTPException):
                continue
            if answer.status == 200:
                self.acknowledged[filename] = content
                self.acks.put(filename)
            else:
                self.answers.append(answer)
                self.others.put(answer.status)


def check_whole(server: Server, acknowledged: dict[str, bytes]) -> None:
    """All that was acknowledged is there byte for byte, and nothing half is."""
    listed = server.listed("crash")
    for filename, sha256 in listed.items():
        content = server.get(f"/packages/stable/crash/{filename}")
        assert hashlib.sha256(content).hexdigest() == sha256
        assert acknowledged.get(filename, content) == content
    assert [filename for filename in acknowledged if filename not in listed] == []
    checked = ended(typed(server.data, "check", "--deep", ini=server.ini))
    assert checked.code == 0, checked.out + checked.err
