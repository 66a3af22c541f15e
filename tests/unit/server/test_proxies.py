"""Whom the server believes about its clients."""

import pytest

from mypi.server.proxies import FROM_PROXY, read_proxies

HEADERS = "x-forwarded-for x-forwarded-proto x-forwarded-host x-forwarded-prefix"
TOLD = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.7",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_HOST": "pypi.example",
    "HTTP_X_FORWARDED_PREFIX": "/mypi",
    "HTTP_X_REQUEST_ID": "abc",
}


def seen(peer, told=TOLD, **keys):
    """The environ that an application gets for a request of ``peer``; the status if it gets none.

    ``keys`` are those of ``[server:main]``.
    """
    proxies = read_proxies(keys)
    assert keys == {}
    found = {}

    def app(environ, start_response):
        found.update(environ)
        start_response("200 OK", [])
        return [b""]

    environ = {
        "REMOTE_ADDR": peer,
        "SERVER_NAME": "here",
        "SERVER_PORT": "6543",
        "HTTP_HOST": "here:6543",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/simple/",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        **told,
    }
    said = []
    b"".join(proxies.around(app)(environ, lambda status, headers, error=None: said.append(status)))
    return found or said[0]


@pytest.mark.parametrize(
    ("peer", "trusted"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("10.1.2.3", "127.0.0.1 10.0.0.0/8"),
        ("::ffff:10.1.2.3", "10.0.0.0/8"),
        ("fd00::5", "fd00::/8"),
        ("localhost", "unix"),
        ("", "unix"),
        ("198.51.100.1", "*"),
    ],
)
def test_a_proxy_that_is_named_is_believed(peer, trusted):
    environ = seen(peer, trusted_proxy=trusted, trusted_proxy_headers=HEADERS)

    assert environ["REMOTE_ADDR"] == "203.0.113.7"
    assert environ["wsgi.url_scheme"] == "https"
    assert environ["HTTP_HOST"] == "pypi.example"
    assert environ["SCRIPT_NAME"] == "/mypi"
    assert environ["HTTP_X_REQUEST_ID"] == "abc"
    assert environ[FROM_PROXY] is True


@pytest.mark.parametrize(
    ("peer", "trusted"),
    [
        ("127.0.0.2", "127.0.0.1"),
        ("11.1.2.3", "10.0.0.0/8"),
        ("localhost", "127.0.0.1"),
        ("127.0.0.1", "unix"),
        ("no address", "0.0.0.0/0"),
    ],
)
def test_anybody_else_is_not_believed(peer, trusted):
    environ = seen(peer, trusted_proxy=trusted, trusted_proxy_headers=HEADERS)

    assert environ["REMOTE_ADDR"] == peer
    assert environ["wsgi.url_scheme"] == "http"
    assert environ["HTTP_HOST"] == "here:6543"
    assert environ["SCRIPT_NAME"] == ""
    assert not TOLD.keys() & environ.keys()
    assert FROM_PROXY not in environ


def test_who_comes_from_the_machine_of_the_proxy_without_a_header_did_not_come_through_it():
    keys = {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": "x-forwarded-for"}

    assert FROM_PROXY not in seen("127.0.0.1", {"HTTP_X_FORWARDED_PROTO": "https"}, **keys)


def test_without_a_proxy_nobody_is_believed():
    assert not TOLD.keys() & seen("127.0.0.1").keys()


def test_headers_of_a_proxy_that_are_not_named_are_not_believed():
    environ = seen("127.0.0.1", trusted_proxy="127.0.0.1", trusted_proxy_headers="x-forwarded-for")

    assert environ["REMOTE_ADDR"] == "203.0.113.7"
    assert (environ["wsgi.url_scheme"], environ["SCRIPT_NAME"]) == ("http", "")


def test_of_several_proxies_the_last_that_is_not_ours_tells_the_client():
    told = {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.7, 10.0.0.1"}
    keys = {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": "x-forwarded-for"}

    assert seen("127.0.0.1", told, trusted_proxy_count="2", **keys)["REMOTE_ADDR"] == "203.0.113.7"


@pytest.mark.parametrize("prefix", ["mypi", "//evil.example", "/a b", "/../x?", "/" + "x" * 200])
def test_a_prefix_that_is_no_path_is_a_bad_request(prefix):
    told = {"HTTP_X_FORWARDED_PREFIX": prefix}

    said = seen("127.0.0.1", told, trusted_proxy="127.0.0.1", trusted_proxy_headers=HEADERS)

    assert said == "400 Bad Request"


def test_the_slash_at_the_end_of_a_prefix_is_none():
    told = {"HTTP_X_FORWARDED_PREFIX": "/mypi/"}

    environ = seen("127.0.0.1", told, trusted_proxy="*", trusted_proxy_headers=HEADERS)

    assert (environ["SCRIPT_NAME"], environ["PATH_INFO"]) == ("/mypi", "/simple/")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"trusted_proxy": "127.0.0.1"}, "say which headers that proxy sets"),
        ({"trusted_proxy_headers": "x-forwarded-for"}, "name the trusted_proxy"),
        ({"trusted_proxy_count": "1"}, "name the trusted_proxy"),
        ({"trusted_proxy": "*", "trusted_proxy_headers": "x-forwarded"}, "x-forwarded is not"),
        ({"trusted_proxy": "proxy", "trusted_proxy_headers": HEADERS}, "proxy is neither"),
        (
            {"trusted_proxy": "*", "trusted_proxy_headers": HEADERS, "trusted_proxy_count": "0"},
            "trusted_proxy_count = 0: a whole number",
        ),
    ],
)
def test_what_cannot_be_understood_is_said_with_its_key(keys, words):
    with pytest.raises(ValueError, match=words):
        read_proxies(keys)
