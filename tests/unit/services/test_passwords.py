"""What may be a password, and that a hash says yes to no other."""

import pytest
from argon2 import extract_parameters

from mypi.errors import Refused
from mypi.services import passwords
from mypi.services.passwords import check_password, hash_password, is_hash, verify

PASSWORD = "correct horse"


def test_a_hash_knows_its_password_and_no_other():
    kept = hash_password(PASSWORD)

    assert verify(kept, PASSWORD)
    assert not verify(kept, "Correct horse")
    assert not verify(kept, "")


def test_two_hashes_of_one_password_differ_and_do_not_contain_it():
    first, second = hash_password(PASSWORD), hash_password(PASSWORD)

    assert first != second
    assert PASSWORD not in first


def test_no_hash_costs_less_than_owasp_advises():
    cost = extract_parameters(hash_password(PASSWORD))

    assert (cost.type.name, cost.parallelism) == ("ID", 1)
    assert cost.memory_cost >= 19 * 1024
    assert cost.time_cost >= 2


def test_an_unknown_user_costs_as_much_as_a_known_one():
    assert extract_parameters(passwords._NOBODY) == extract_parameters(hash_password(PASSWORD))
    assert passwords.waste_time(PASSWORD) is None


def test_hashes_of_ours_are_told_from_those_of_an_htpasswd_file():
    assert is_hash(hash_password(PASSWORD))
    assert not is_hash("$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/")
    assert not is_hash("")


@pytest.mark.parametrize("text", ["12345678", "é" * 4, "x" * 4096, " leading and trailing "])
def test_passwords_of_8_to_4096_bytes_are_taken_as_they_are(text):
    assert check_password(text) == text


@pytest.mark.parametrize(
    "text", ["", "1234567", "x" * 4097, "é" * 2049, "nul\0inside", "bad\udc80ly"]
)
def test_others_are_refused(text):
    with pytest.raises(Refused, match="8 to 4096 bytes"):
        check_password(text)
    with pytest.raises(Refused):
        hash_password(text)


def test_what_would_be_taken_for_a_token_is_refused():
    with pytest.raises(Refused, match="cannot begin with mypi-"):
        check_password("mypi-is-my-favourite")


@pytest.mark.parametrize("text", ["x" * 100_000, "nul\0inside", "bad\udc80ly"])
def test_what_nobody_can_have_as_a_password_is_wrong(text):
    assert not verify(hash_password(PASSWORD), text)


@pytest.mark.parametrize("kept", ["", "nonsense", "$argon2id$v=19$m=19456,t=3,p=1$broken"])
def test_a_broken_hash_lets_nobody_in(kept):
    assert not verify(kept, PASSWORD)
