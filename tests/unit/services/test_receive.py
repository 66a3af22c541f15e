"""An upload is checked against its name, digests, form and archive before any database is asked."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mypi.archives import Limits
from mypi.errors import Refused
from mypi.services.receive import Form, receive
from mypi.staging import Spool
from tests.factories import sdist, wheel
from tests.wire import digest

NAME, WHEEL = wheel("My.Pkg", "1.0", summary="A thing", requires_python=">=3.9")


@pytest.fixture
def form(tmp_path: Path) -> Iterator[Callable[..., Form]]:
    """Make a form of a file and fields."""
    spools: list[Spool] = []

    def make(filename: str = NAME, content: bytes = WHEEL, **fields: str | list[str]) -> Form:
        spool = Spool(tmp_path)
        spools.append(spool)
        spool.write(content)
        lists = {name: it if isinstance(it, list) else [it] for name, it in fields.items()}
        return Form(lists, spool, filename)

    yield make
    for spool in spools:
        spool.close()


def test_a_file_alone_says_what_it_is(form):
    upload = receive(form(), Limits())

    assert upload.metadata.name == "My.Pkg"
    assert upload.metadata.version == "1.0"
    assert upload.name.project == "my-pkg"
    assert upload.name.kind == "bdist_wheel"
    assert upload.digests.sha256 == digest("sha256", WHEEL)
    assert upload.metadata.fields["requires_python"] == ">=3.9"


def test_the_archive_rules_and_the_form_fills_gaps(form):
    upload = receive(form(summary="Another thing", author="Ada"), Limits())

    assert upload.metadata.fields["summary"] == "A thing"
    assert upload.metadata.fields["author"] == "Ada"


def test_the_bytes_are_on_the_disk_when_it_returns(form):
    upload = receive(form(), Limits())

    assert upload.spool.path.read_bytes() == WHEEL


def test_an_old_sdists_name_is_read_with_the_forms_help(form):
    _name, content = sdist("foo-bar", "1.0-1")
    upload = receive(form("foo-bar-1.0-1.tar.gz", content, name="foo-bar"), Limits())

    assert upload.name.project == "foo-bar"
    assert upload.metadata.version == "1.0.post1"


@pytest.mark.parametrize("version", ["1", "1.0", "1.0.0", "v1.0", "", "UNKNOWN"])
def test_n5_spellings_of_a_version_agree(form, version):
    assert receive(form(version=version), Limits()).metadata.version == "1.0"


@pytest.mark.parametrize("name", ["My.Pkg", "my_pkg", "MY-PKG", "my-.-pkg", "", "UNKNOWN"])
def test_n3_spellings_of_a_name_agree(form, name):
    assert receive(form(name=name), Limits()).metadata.name == "My.Pkg"


@pytest.mark.parametrize("kind", ["md5", "sha256", "blake2_256"])
@pytest.mark.parametrize("case", [str.lower, str.upper, " {} ".format])
def test_u12_a_right_digest_is_taken_in_any_case(form, kind, case):
    upload = receive(form(**{f"{kind}_digest": case(digest(kind, WHEEL))}), Limits())

    assert getattr(upload.digests, kind) == digest(kind, WHEEL)


def test_the_long_blake2_digest_of_distutils_is_compared_in_full(form):
    whole = hashlib.blake2b(WHEEL).hexdigest()

    receive(form(blake2_256_digest=whole), Limits())
    with pytest.raises(Refused, match="blake2_256_digest"):
        receive(form(blake2_256_digest=whole[:-1] + "g"), Limits())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"md5_digest": digest("md5", b"")}, "md5_digest"),
        ({"sha256_digest": "x"}, "sha256_digest"),
        ({"blake2_256_digest": "ß" * 64}, "blake2_256_digest"),
        ({"sha256_digest": digest("sha256", WHEEL), "md5_digest": "0"}, "md5_digest"),
        ({"sha256_digest": [digest("sha256", WHEEL), "0"]}, "2 times"),
        ({"name": "other"}, "other"),
        ({"name": "-"}, "not a valid project name"),
        ({"version": "1.1"}, "1.1"),
        ({"version": "one"}, "PEP 440"),
        ({"version": "9" * 5000}, "PEP 440"),
        ({"filetype": "sdist"}, "bdist_wheel"),
        ({"filetype": "bdist_dumb"}, "bdist_dumb"),
        ({"protocol_version": "2"}, "version 1"),
        ({"name": ["my-pkg", "other"]}, "2 times"),
    ],
)
def test_what_contradicts_the_file_is_refused(form, fields, words):
    with pytest.raises(Refused, match=words):
        receive(form(**fields), Limits())


def test_a_form_without_a_file_is_refused():
    with pytest.raises(Refused, match="no file"):
        receive(Form({}), Limits())


def test_limits_of_archives_are_kept(form):
    with pytest.raises(Refused, match="max_members"):
        receive(form(), Limits(max_members=2))


def test_a_field_is_stripped_and_unknown_is_nothing():
    form = Form({"a": [" x "], "b": ["UNKNOWN"], "c": ["x", " x"], "d": []})

    assert [form.get(name) for name in "abcde"] == ["x", "", "x", "", ""]
