"""The running server leaves its address and key to those who may read the database."""

import os
import stat

import pytest

from mypi.server.whereabouts import FILE, Whereabouts, published, reached_at, read

HERE = Whereabouts("http://127.0.0.1:6543", "secret")


@pytest.mark.parametrize(
    ("names", "url"),
    [
        ([("127.0.0.1", 6543)], "http://127.0.0.1:6543"),
        ([("0.0.0.0", 80)], "http://127.0.0.1:80"),
        ([("::", 6543, 0, 0)], "http://[::1]:6543"),
        ([("::1", 6543, 0, 0)], "http://[::1]:6543"),
        ([("10.0.0.5", 6543)], "http://10.0.0.5:6543"),
        ([("fe80::1%eth0", 6543, 0, 2)], "http://[fe80::1%eth0]:6543"),
        ([("10.0.0.5", 1), ("0.0.0.0", 2), ("127.0.0.1", 3)], "http://127.0.0.1:3"),
        ([("10.0.0.5", 1), ("0.0.0.0", 2)], "http://127.0.0.1:2"),
    ],
)
def test_the_address_is_one_that_leads_there_from_this_machine(names, url):
    assert reached_at(names) == (url, "")


def test_the_prefix_belongs_to_the_address():
    assert reached_at([("127.0.0.1", 80)], "/pypi") == ("http://127.0.0.1:80/pypi", "")


def test_a_unix_socket_is_named_in_full(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert reached_at(["mypi.sock"]) == ("http://localhost", str(tmp_path / "mypi.sock"))


def test_the_file_is_there_while_the_server_runs_and_only_its_owner_can_read_it(tmp_path):
    before = os.umask(0)
    try:
        with published(tmp_path, HERE):
            assert read(tmp_path) == HERE
            assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
            assert os.listdir(tmp_path) == [FILE]
    finally:
        os.umask(before)

    assert os.listdir(tmp_path) == []
    assert read(tmp_path) is None


def test_a_file_that_a_killed_server_left_is_replaced(tmp_path):
    (tmp_path / FILE).write_text('{"url": "http://127.0.0.1:1", "key": "old"}')

    with published(tmp_path, HERE):
        assert read(tmp_path) == HERE


def test_a_server_that_stops_late_leaves_its_successors_file_alone(tmp_path):
    successor = Whereabouts("http://127.0.0.1:7000", "another secret")

    with published(tmp_path, HERE), published(tmp_path, successor):
        pass
    with published(tmp_path, HERE):
        late = published(tmp_path, successor)
        late.__enter__()

    assert read(tmp_path) == successor


def test_a_file_that_cannot_be_written_keeps_no_server_from_serving(tmp_path, caplog):
    with published(tmp_path / "nowhere", HERE):
        served = True

    assert served
    assert "will not find this server" in caplog.text


@pytest.mark.parametrize("text", ["", "{", "[]", '{"url": "x"}', '{"color": "red"}'])
def test_half_a_file_is_as_good_as_none(tmp_path, text):
    (tmp_path / FILE).write_text(text)

    assert read(tmp_path) is None
