"""Where the server listens: systemd's sockets, the environment, the ini file, in this order."""

import os
import socket

import pytest

from mypi.errors import CannotStart
from mypi.server.places import placed


def test_without_a_word_it_is_loopback_alone():
    assert placed({"threads": "4"}, {}) == {"host": "127.0.0.1", "port": 6543, "threads": "4"}


@pytest.mark.parametrize("key", ["listen", "unix_socket"])
def test_what_the_ini_file_says_is_kept(key):
    assert placed({key: "there"}, {}) == {key: "there"}


def test_the_environment_takes_the_place_of_the_ini_files_address():
    given = {"host": "127.0.0.1", "port": "6543", "threads": "4"}

    found = placed(given, {"MYPI_LISTEN": "127.0.0.1:7000 [::1]:7000"})

    assert found == {"listen": "127.0.0.1:7000 [::1]:7000", "threads": "4"}


def test_the_environment_may_name_a_unix_socket_that_the_front_server_can_open():
    found = placed({"listen": "127.0.0.1:1"}, {"MYPI_LISTEN": "unix:/run/mypi/socket"})

    assert found == {"unix_socket": "/run/mypi/socket", "unix_socket_perms": "666"}


def test_a_unix_socket_beside_others_is_refused():
    with pytest.raises(CannotStart, match="one Unix socket is wanted"):
        placed({}, {"MYPI_LISTEN": "unix:/run/mypi/socket 127.0.0.1:6543"})


def test_sockets_of_systemd_come_before_all(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as given:
        handed = os.dup(given.fileno())
        monkeypatch.setattr("mypi.server.systemd.FIRST", handed)
        environ = {
            "LISTEN_FDS": "1",
            "LISTEN_PID": str(os.getpid()),
            "LISTEN_FDNAMES": "mypi.socket",
            "MYPI_LISTEN": "127.0.0.1:7000",
        }

        found = placed({"port": "6543"}, environ)

        with found["sockets"][0] as taken:
            assert taken.getsockname() == given.getsockname()
            assert not taken.get_inheritable()
        assert environ == {"MYPI_LISTEN": "127.0.0.1:7000"}


@pytest.mark.parametrize("environ", [{"LISTEN_PID": "1"}, {"LISTEN_FDS": "x"}, {}])
def test_sockets_of_another_process_are_not_touched(environ):
    assert "sockets" not in placed({}, {"LISTEN_FDS": "1", **environ})
