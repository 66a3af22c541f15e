"""Users of a file that Apache's htpasswd writes, read live."""

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from passlib.apache import HtpasswdFile, htpasswd_context

from mypi.services.htpasswd import Htpasswd

# What `htpasswd -nb ada myPassword` says with -B, -m and -s in Apache's manual of password formats.
BCRYPT = "$2y$05$c4WoMPo3SXsafkva.HHa6uXQZWr7oboPiC2bT/r7q1BB8I2s0BRqC"
APR1 = "$apr1$r31.....$HqJZimcKQFAMYayBlzkrA/"
SHA1 = "{SHA}VBPuJHI7uixaa6LQGWx4s+5GKNE="
OLD_CRYPT = "rqXexS6ZhobKA"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "htpasswd"


@pytest.fixture
def users(path: Path) -> Callable[..., Htpasswd]:
    """Write a file of these lines."""

    def write(*lines: str) -> Htpasswd:
        path.write_text("\n".join(lines) + "\n")
        return Htpasswd(str(path))

    return write


@pytest.mark.parametrize("kept", [BCRYPT, APR1, SHA1])
def test_what_apache_writes_is_understood(users, kept):
    file = users("ada:" + kept)

    assert file.check("ada", "myPassword")
    assert not file.check("ada", "mypassword")
    assert not file.check("ada", "")


# Made with `openssl passwd -5` and `-6`; htpasswd -2 and -5 write the same.
@pytest.mark.parametrize(
    "kept",
    [
        "$5$abcdefgh$ruMep1ijHnJPZbETDNiumskxcX3kN4lzZd5VlsqE7eB",
        "$6$abcdefgh$yIZAF3gQPvtKZO/9qOJKffAKKbtS3ef3qmwyugk4uWVjX8YZf/GV3A8SkFxEPY0T56CcilGrHKLffBs"
        "p6dLMG.",
    ],
)
def test_sha_2_is_understood(users, kept):
    file = users("ada:" + kept)

    assert file.check("ada", "correct horse")
    assert not file.check("ada", "correct house")


@pytest.mark.parametrize("scheme", ["bcrypt", "apr_md5_crypt", "ldap_sha1"])
def test_what_other_tools_write_is_understood(path, scheme):
    quick = htpasswd_context.copy(default=scheme, bcrypt__rounds=4)
    written = HtpasswdFile(str(path), new=True, context=quick)
    written.set_password("ada", "correct horse")
    written.set_password("bob", "grüße an alle")
    written.save()

    file = Htpasswd(str(path))

    assert file.names() == ["ada", "bob"]
    assert file.check("ada", "correct horse")
    assert file.check("bob", "grüße an alle")
    assert not file.check("ada", "grüße an alle")


def test_bcrypt_looks_at_72_bytes_as_it_does_in_apache(users):
    kept = htpasswd_context.handler("bcrypt").using(rounds=4).hash("x" * 72)

    assert users("ada:" + kept).check("ada", "x" * 80)


def test_a_missing_file_has_nobody(path):
    file = Htpasswd(str(path))

    assert file.names() == []
    assert not file.knows("ada")
    assert file.kept("ada") is None
    assert not file.check("ada", "myPassword")


def test_who_is_added_is_known_at_once_and_who_is_removed_is_not(users, path):
    file = users("ada:" + SHA1)
    assert file.names() == ["ada"]

    users("ada:" + SHA1, "bob:" + APR1)
    assert file.names() == ["ada", "bob"]
    assert file.check("bob", "myPassword")

    users("bob:" + APR1)
    assert not file.knows("ada")
    assert not file.check("ada", "myPassword")

    path.unlink()
    assert file.names() == []

    users("ada:" + SHA1)
    assert file.knows("ada")


def test_a_file_put_in_its_place_counts_even_if_size_and_time_are_the_same(users, path, tmp_path):
    file = users("ada:" + SHA1)
    assert file.check("ada", "myPassword")
    before = path.stat()

    other = tmp_path / "other"
    other.write_text("bob:" + SHA1 + "\n")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)

    assert file.names() == ["bob"]


def test_a_file_written_in_place_counts_even_if_size_and_time_are_the_same(users, path):
    file = users("ada:" + SHA1)
    assert file.knows("ada")
    before = path.stat()

    path.write_text("bob:" + SHA1 + "\n")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    while path.stat().st_ctime_ns == before.st_ctime_ns:  # until the kernel's clock ticks
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert path.stat().st_ino == before.st_ino
    assert file.names() == ["bob"]


def test_a_changed_password_counts_at_once(users):
    file = users("ada:" + SHA1)
    assert file.check("ada", "myPassword")

    users("ada:$apr1$abcdefgh$sIQmFnT1CuEXAsyjuXjUX/")

    assert not file.check("ada", "myPassword")
    assert file.check("ada", "correct horse")


def test_comments_blank_lines_and_blanks_are_nothing(users):
    file = users(
        "# our team", "", "   ", f"  ada:{SHA1}  ", f"bob:{SHA1}:Bob of the night shift", "\r"
    )

    assert file.names() == ["ada", "bob"]
    assert file.check("bob", "myPassword")


def test_the_first_line_of_a_name_counts_as_with_apache(users):
    assert users("ada:" + SHA1, "ada:" + APR1).kept("ada") == SHA1


@pytest.mark.parametrize(
    "name", ["operator", "users", "everyone", "__token__", "@team", "a b", ".x"]
)
def test_names_that_nobody_can_have_are_passed_over(users, caplog, name):
    file = users(f"{name}:{SHA1}", "ada:" + SHA1)

    assert file.names() == ["ada"]
    assert "line 1 is passed over: nobody can be called so" in caplog.text


@pytest.mark.parametrize(
    "kept", ["myPassword", OLD_CRYPT, "", "{SSHA}abc", "!", APR1[:-1], APR1[:14], "$2y$05$abc"]
)
def test_plain_text_old_and_broken_hashes_let_nobody_in(users, caplog, kept):
    file = users("ada:" + kept, "bob:" + SHA1)

    assert not file.knows("ada")
    assert not file.check("ada", "myPassword")
    assert file.names() == ["bob"]
    assert "line 1 is passed over" in caplog.text
    assert "htpasswd -B" in caplog.text


def test_a_line_is_complained_of_once_and_without_its_password(users, caplog):
    file = users("ada:secret-in-plain-text", "nonsense")

    for _ in range(3):
        assert not file.check("ada", "secret-in-plain-text")

    assert len(caplog.records) == 2
    assert "secret-in-plain-text" not in caplog.text


def test_a_file_that_cannot_be_read_has_nobody_and_is_complained_of_once(path, caplog):
    path.mkdir()
    file = Htpasswd(str(path))

    assert file.names() == file.names() == []
    assert [it.levelno for it in caplog.records] == [logging.WARNING]
    assert "cannot be read" in caplog.text


def test_a_file_that_goes_away_is_complained_of_once(users, path, caplog):
    file = users("ada:" + SHA1)
    assert file.knows("ada")
    path.unlink()

    assert file.names() == file.names() == []
    assert [it.message for it in caplog.records if "is gone" in it.message] == [
        f"the htpasswd file {path} is gone: No such file or directory"
    ]


def test_bytes_that_are_no_text_break_one_line_only(path):
    path.write_bytes(b"\xff\xfe:" + SHA1.encode() + b"\nada:" + SHA1.encode() + b"\n")

    assert Htpasswd(str(path)).names() == ["ada"]


@pytest.mark.parametrize("text", ["nul\0inside", "bad\udc80ly", "x" * 5000])
@pytest.mark.parametrize("kept", [BCRYPT, APR1, SHA1])
def test_a_text_that_no_hash_takes_is_wrong(users, kept, text):
    assert not users("ada:" + kept).check("ada", text)


def test_many_threads_may_ask_while_the_file_changes(users, path, tmp_path):
    file = users("ada:" + SHA1)
    seen: list[list[str]] = []
    both = tmp_path / "both"
    both.write_text(f"ada:{SHA1}\nbob:{SHA1}\n")
    start = threading.Barrier(5)

    def ask() -> None:
        start.wait()
        seen.extend(file.names() for _ in range(200))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    start.wait()
    both.replace(path)
    for thread in threads:
        thread.join()

    assert {tuple(names) for names in seen} <= {("ada",), ("ada", "bob")}
    assert len(seen) == 800
    assert file.names() == ["ada", "bob"]
