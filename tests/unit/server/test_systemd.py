"""What systemd hears of a service, as sd_notify(3) has it."""

import os
import socket

import pytest

from mypi.server.systemd import Notifier


@pytest.fixture(params=["in a folder", "abstract"])
def heard(request, tmp_path):
    """``heard()`` is the next message; ``heard.environ`` tells a service where to send it."""
    if request.param == "abstract":
        name = f"@mypi-{os.getpid()}"
        address = "\0" + name[1:]
    else:
        name = address = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(address)
        line.settimeout(10)

        def heard():
            return line.recv(1000).decode().splitlines()

        heard.environ = {"NOTIFY_SOCKET": name}
        yield heard


def test_readiness_and_the_end_are_told(heard):
    notifier = Notifier(heard.environ)

    notifier.ready("listening on 127.0.0.1:6543")
    notifier.stopping()

    assert heard() == ["READY=1", "STATUS=listening on 127.0.0.1:6543"]
    assert heard()[0] == "STOPPING=1"


def test_signs_of_life_are_given_twice_in_the_time_of_the_watchdog(heard, monkeypatch):
    notifier = Notifier({**heard.environ, "WATCHDOG_USEC": "10000000"})
    for now in (100.0, 101.0, 104.9, 105.0, 106.0):
        monkeypatch.setattr("mypi.server.systemd.time.monotonic", lambda now=now: now)
        notifier.alive()
    notifier.stopping()

    assert [heard()[0] for _ in range(3)] == ["WATCHDOG=1", "WATCHDOG=1", "STOPPING=1"]


@pytest.mark.parametrize(
    "watchdog", [{}, {"WATCHDOG_USEC": "1", "WATCHDOG_PID": "1"}, {"WATCHDOG_USEC": "soon"}]
)
def test_without_a_watchdog_of_ours_there_are_none(heard, watchdog):
    notifier = Notifier({**heard.environ, **watchdog})

    notifier.alive()
    notifier.stopping()

    assert heard()[0] == "STOPPING=1"


def test_who_is_not_a_service_tells_nobody():
    Notifier({}).ready("listening")


def test_a_systemd_that_is_gone_stops_nobody(tmp_path):
    Notifier({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready("listening")
