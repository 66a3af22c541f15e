"""Signatures that receivers can check in three lines."""

from mypi.services.webhooks.signing import headers, new_secret, signature


def test_the_signature_is_that_of_time_and_body():
    # printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec-known
    known = "sha256=f11dd9fa1ac971062c068d5d92826e932b01f5bbc6aef4f558b33b53e511c68a"

    assert signature("whsec-known", 1_700_000_000, b"{}") == known
    assert signature("whsec-known", 1_700_000_001, b"{}") != known
    assert signature("whsec-other", 1_700_000_000, b"{}") != known
    assert signature("whsec-known", 1_700_000_000, b"{ }") != known


def test_secrets_differ_and_are_long():
    one, other = new_secret(), new_secret()

    assert one != other
    assert len(one) >= 43


def test_the_headers_name_event_message_and_time():
    sent = headers("s", 5, "yank", "1f.3", b"{}", "mypi/1")

    assert sent["Mypi-Event"] == "yank"
    assert sent["Mypi-Delivery"] == "1f.3"
    assert sent["Mypi-Timestamp"] == "5"
    assert sent["Mypi-Signature"] == signature("s", 5, b"{}")
    assert sent["Content-Type"] == "application/json"
