"""Settings of the server: our defaults, the application's limits, and refusals to start."""

import resource
from types import SimpleNamespace

import pytest

from mypi.errors import CannotStart
from mypi.server.options import affordable_connections, read_options


def app(**settings):
    settings = {f"mypi.{name}": value for name, value in settings.items()}
    return SimpleNamespace(registry=SimpleNamespace(settings=settings))


def test_the_defaults_are_the_hardened_ones():
    options = read_options(app(), {})

    assert options.listen[0][3] == ("127.0.0.1", 6543)
    assert options.asyncore_use_poll
    assert options.proxies.clear
    assert not options.proxies
    assert options.ident is None
    assert (options.threads, options.channel_timeout, options.cleanup_interval) == (4, 30, 5)
    assert options.max_request_header_size == 64 * 1024


def test_the_largest_upload_is_the_applications_to_say_and_a_form_fits_around_it():
    options = read_options(app(max_upload=1000), {})

    assert options.max_request_body_size == 1000 + 2**20
    assert (options.body_limit, options.body_limit_setting) == (1000, "mypi.max_upload")


def test_sizes_may_be_written_as_in_the_ini_file():
    limits = read_options(app(max_upload="2 MiB", min_free="1 GiB", spool_dir="/x"), {}).limits

    assert (limits.max_upload, limits.min_free, limits.spool_dir) == (2 * 2**20, 2**30, "/x")


def test_an_application_that_says_nothing_gets_one_gibibyte():
    assert read_options(object(), {}).limits.max_upload == 2**30


def test_a_body_limit_of_the_servers_own_is_named_in_its_refusals():
    options = read_options(app(), {"max_request_body_size": "5000"})

    assert (options.body_limit, options.body_limit_setting) == (5000, "max_request_body_size")


def test_keys_of_the_ini_file_replace_defaults():
    options = read_options(app(), {"listen": "127.0.0.1:1", "threads": "8", "stop_timeout": "3"})

    assert options.threads == 8
    assert options.limits.stop_timeout == 3


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"thread": "4"}, "Unknown adjustment 'thread'"),
        ({"threads": "four"}, "threads = four: write a number"),
        ({"port": "http"}, "port = http: write a number"),
        ({"stop_timeout": "soon"}, "stop_timeout = soon: write a number"),
        ({"host": "127.0.0.1", "listen": "127.0.0.1:1"}, "host or port may not be set"),
        ({"trusted_proxy": "127.0.0.1"}, "trusted_proxy_headers = x-forwarded-for"),
    ],
)
def test_keys_that_make_no_sense_stop_the_start_with_a_sentence(keys, words):
    with pytest.raises(CannotStart, match=words):
        read_options(app(), keys)


@pytest.fixture
def open_files():
    """The limits of open files, put back afterwards."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield before
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_limit_of_open_files_is_raised_as_far_as_permitted(open_files):
    _, hard = open_files
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, hard))

    assert affordable_connections(100) == 100
    assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == 300


def test_more_connections_than_files_may_be_open_are_not_promised(open_files, caplog):
    _, hard = open_files

    assert affordable_connections(hard) == (hard - 100) // 2
    assert f"connection_limit lowered from {hard}" in caplog.text


def test_sizes_may_be_written_as_people_write_them():
    options = read_options(None, {"recv_bytes": "128 KiB", "linger_bytes": "1 GiB"})

    assert options.recv_bytes == 2**17
    assert options.limits.linger_bytes == 2**30


def test_a_bad_size_is_named_with_its_key():
    with pytest.raises(CannotStart, match="recv_bytes = lots"):
        read_options(None, {"recv_bytes": "lots"})
