"""Where webhooks may send to."""

from ipaddress import ip_address

import pytest

from mypi.errors import Refused
from mypi.services.webhooks.addresses import check_url, is_forbidden, origin, resolve


@pytest.mark.parametrize(
    "url",
    [
        "https://chat.example/hooks/secret?x=1",
        "http://10.1.2.3:8080/",
        "http://localhost:9000/hook",
        "http://[::1]:9000/hook",
        "http://192.168.7.1",
        "https://xn--bcher-kva.example/",
    ],
)
def test_addresses_of_the_world_and_of_private_networks_are_taken(url):
    assert check_url(f" {url} ") == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "write https://host/path"),
        ("chat.example/hook", "write https://host/path"),
        ("ftp://chat.example/", "write https://host/path"),
        ("file:///etc/passwd", "write https://host/path"),
        ("gopher://chat.example:70/", "write https://host/path"),
        ("https://", "write https://host/path"),
        ("https://host:port/", "write https://host/path"),
        ("https://host:0/", "write https://host/path"),
        ("https://host:99999/", "write https://host/path"),
        ("https://[::1/", "write https://host/path"),
        ("https://host/a b", "write https://host/path"),
        ("https://ho\rst/", "write https://host/path"),
        ("https://host/\x00", "write https://host/path"),
        ("https://host/" + "x" * 2000, "write https://host/path"),
        ("https://bücher.example/ü", "write https://host/path"),
        ("https://ada:secret@chat.example/", "a login does not belong"),
        ("https://chat.example/#room", "what follows the #"),
        ("http://169.254.169.254/latest/meta-data/", "no webhook may send to"),
        ("http://[fe80::1]/", "no webhook may send to"),
        ("http://[::ffff:169.254.169.254]/", "no webhook may send to"),
    ],
)
def test_what_is_no_address_of_a_receiver_is_refused(url, words):
    with pytest.raises(Refused, match=words) as refused:
        check_url(url)

    assert str(refused.value).startswith("url: ")


@pytest.mark.parametrize(
    "text",
    [
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "febf::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "100.100.100.200",
        "192.0.0.192",
        "fd00:ec2::254",
        "fd20:ce::254",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
        "255.255.255.255",
    ],
)
def test_link_local_addresses_and_their_disguises_are_forbidden(text):
    assert is_forbidden(ip_address(text))


@pytest.mark.parametrize(
    "text", ["127.0.0.1", "::1", "10.0.0.1", "192.168.0.1", "fd12::1", "8.8.8.8"]
)
def test_others_are_not(text):
    assert not is_forbidden(ip_address(text))


@pytest.mark.parametrize("host", ["0xa9fea9fe", "2852039166", "169.254.43518", "0251.254.169.254"])
def test_a_forbidden_address_in_another_spelling_is_found_when_it_is_looked_up(host):
    with pytest.raises(Refused, match=r"169\.254\.169\.254"):
        resolve(host, 80)


def test_a_name_is_looked_up_once_for_its_addresses():
    assert "127.0.0.1" in resolve("localhost", 80)


def test_a_log_names_no_more_than_the_server():
    assert origin("https://chat.example:8443/hooks/secret?token=1") == "https://chat.example:8443"
