"""File names taken apart (index-api N-6 to N-9 and 15.1)."""

import pytest
from packaging.version import Version

from mypi.errors import Refused
from mypi.filenames import MAX_LENGTH, parse, tags_in_words


@pytest.mark.parametrize(
    ("filename", "project", "version"),
    [
        ("foo_bar-1.0.tar.gz", "foo-bar", "1.0"),
        ("foo.bar-1.0.tar.gz", "foo-bar", "1.0"),
        ("Foo-Bar-1.0.tar.gz", "foo-bar", "1.0"),
        ("foo_bar-1.0.zip", "foo-bar", "1.0"),
        ("foo_bar-1.0.tgz", "foo-bar", "1.0"),
        ("foo_bar-1.0.tar.bz2", "foo-bar", "1.0"),
        ("foo_bar-1.0+l.1.tar.gz", "foo-bar", "1.0+l.1"),
        ("foo-1!2.0.tar.gz", "foo", "1!2.0"),
        ("My.Old_Pkg-1.0.tar.gz", "my-old-pkg", "1.0"),
    ],
)
def test_n6_n8_an_sdist_in_any_spelling_is_read(filename, project, version):
    name = parse(filename)

    assert (name.kind, name.project, name.version) == ("sdist", project, Version(version))
    assert (name.python_tag, name.tags, name.build) == ("source", (), "")


def test_n8_a_known_project_tells_where_the_name_ends():
    assert parse("foo-bar-1.0-1.tar.gz", "Foo_Bar").version == Version("1.0.post1")
    assert parse("foo-bar-1.0-1.tar.gz", "Foo_Bar").project == "foo-bar"
    assert parse("foo-2-1.0.tar.gz", "foo-2").project == "foo-2"


def test_n8_another_project_than_the_known_one_is_still_told():
    assert parse("other-1.0.tar.gz", "foo").project == "other"


@pytest.mark.parametrize("filename", ["foo_bar-.tar.gz", "foo.zip", "foo-latest.tar.gz", "1.0.tgz"])
def test_n6_an_sdist_without_a_version_is_refused(filename):
    with pytest.raises(Refused, match="should be NAME-VERSION"):
        parse(filename)


@pytest.mark.parametrize(
    ("filename", "project", "build", "python", "tag"),
    [
        ("foo_bar-1.0-py3-none-any.whl", "foo-bar", "", "py3", "py3-none-any"),
        ("Foo_Bar-1.0-py3-none-any.whl", "foo-bar", "", "py3", "py3-none-any"),
        ("foo.bar-1.0-py3-none-any.whl", "foo-bar", "", "py3", "py3-none-any"),
        ("foo-1.0-1abc-py3-none-any.whl", "foo", "1abc", "py3", "py3-none-any"),
        ("foo-1.0-7-py3-none-any.whl", "foo", "7", "py3", "py3-none-any"),
        ("My.Old_Pkg-1.0-py2-none-any.whl", "my-old-pkg", "", "py2", "py2-none-any"),
        ("foo-1.0-py2.py3-none-any.whl", "foo", "", "py2.py3", "py2.py3-none-any"),
        (
            "foo-1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "foo",
            "",
            "cp312",
            "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64",
        ),
    ],
)
def test_n7_a_wheel_tells_project_build_and_tags(filename, project, build, python, tag):
    name = parse(filename)

    assert (name.kind, name.project, name.version) == ("bdist_wheel", project, Version("1.0"))
    assert (name.build, name.python_tag, name.tags) == (build, python, (tag,))


@pytest.mark.parametrize(
    "filename",
    [
        "foo-bar-1.0-py3-none-any.whl",
        "foo__bar-1.0-py3-none-any.whl",
        "foo_bar-1.0-py3-none.whl",
        "foo_bar-latest-py3-none-any.whl",
        "foo_bar-1.0-py3-none-any-cuda13.whl",
        "foo_bar-1.0-1-py3-none-any-cuda13.whl",
        "foo-1.0-py3--any.whl",
        "foo.whl",
    ],
)
def test_n7_other_wheel_names_are_refused_with_the_pattern(filename):
    with pytest.raises(Refused, match="NAME-VERSION\\[-BUILD\\]-PYTHON-ABI-PLATFORM"):
        parse(filename)


@pytest.mark.parametrize(
    ("filename", "kind", "project", "version", "python"),
    [
        ("foo-1.0-py2.7.egg", "bdist_egg", "foo", "1.0", "2.7"),
        ("foo_bar-1.0_r3-py2.7-linux-x86_64.egg", "bdist_egg", "foo-bar", "1.0.post3", "2.7"),
        ("foo-1.0-py3.10-macosx-10.9-x86_64.egg", "bdist_egg", "foo", "1.0", "3.10"),
        ("foo-1.0.win32-py2.7.exe", "bdist_wininst", "foo", "1.0", "2.7"),
        ("foo-1.0.win-amd64.exe", "bdist_wininst", "foo", "1.0", "any"),
        ("foo-bar-1.0.win-amd64-py3.6.exe", "bdist_wininst", "foo-bar", "1.0", "3.6"),
        ("foo-1.0.win32-py2.7.msi", "bdist_msi", "foo", "1.0", "2.7"),
        ("foo-1.0-1.noarch.rpm", "bdist_rpm", "foo", "1.0", "any"),
        ("foo-bar-1.0-1.x86_64.rpm", "bdist_rpm", "foo-bar", "1.0", "any"),
        ("foo-1.0-1.src.rpm", "bdist_rpm", "foo", "1.0", "any"),
    ],
)
def test_n9_the_kinds_of_old_tools_are_read(filename, kind, project, version, python):
    name = parse(filename)

    assert (name.kind, name.project) == (kind, project)
    assert (name.version, name.python_tag) == (Version(version), python)


@pytest.mark.parametrize(
    "filename",
    [
        "foo-1.0.egg",
        "foo-x-py2.7.egg",
        "foo-1.0.exe",
        "foo.win32.exe",
        "foo-1.0.msi",
        "foo-1.0.rpm",
    ],
)
def test_n9_old_kinds_without_version_or_platform_are_refused(filename):
    with pytest.raises(Refused):
        parse(filename)


@pytest.mark.parametrize(
    "filename",
    ["foo-1.0.linux-x86_64.tar.gz", "foo-1.0.win32.zip", "foo-1.0.macosx-10.9-x86_64.tar.gz"],
)
def test_output_of_bdist_dumb_is_refused_with_a_way_out(filename):
    with pytest.raises(Refused, match="Upload an sdist or a wheel"):
        parse(filename)


@pytest.mark.parametrize("filename", ["foo-1.0.tar.xz", "foo-1.0.dmg", "foo-1.0.deb", "foo-1.0"])
def test_an_unknown_kind_is_refused_and_the_known_ones_are_named(filename):
    with pytest.raises(Refused, match=r"Known are \.whl, .*\.tar\.gz"):
        parse(filename)


@pytest.mark.parametrize(
    "filename",
    [
        "",
        "a/foo-1.0.zip",
        "..\\foo-1.0.zip",
        "foo-1.0.zip\n",
        "foo\0-1.0.zip",
        "foö-1.0.zip",
        ".foo-1.0.zip",
        "foo 1.0.zip",
        "+foo-1.0.zip",
        "foo%2f-1.0.zip",
        "\udcff-1.0.zip",
    ],
)
def test_characters_that_are_unsafe_in_paths_and_addresses_are_refused(filename):
    with pytest.raises(Refused, match="a file name may hold"):
        parse(filename)


def test_a_name_longer_than_file_systems_take_is_refused():
    stem = "a" * (MAX_LENGTH - len("-1.tar.gz"))

    assert parse(f"{stem}-1.tar.gz").version == Version("1")
    with pytest.raises(Refused, match="more than 200 characters"):
        parse(f"{stem}a-1.tar.gz")


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("py3-none-any", "any Python 3"),
        ("py2.py3-none-any", "any Python"),
        ("py27-none-any", "Python 2.7"),
        (
            "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64",
            "CPython 3.12, Linux x86-64, glibc 2.17 or newer",
        ),
        (
            "cp38-abi3-manylinux2014_aarch64",
            "CPython 3.8 or newer, Linux ARM64, glibc 2.17 or newer",
        ),
        (
            "cp313-cp313t-musllinux_1_2_i686",
            "CPython 3.13 without GIL, Linux x86, musl 1.2 or newer",
        ),
        ("cp27-cp27mu-linux_x86_64", "CPython 2.7, Linux x86-64"),
        ("cp39-cp39-macosx_11_0_arm64", "CPython 3.9, macOS ARM64, 11.0 or newer"),
        ("pp310-pypy310_pp73-win_amd64", "PyPy 3.10, Windows x86-64"),
        ("graalpy311-graalpy240-win32", "GraalPy 3.11, Windows x86"),
        ("cp310.cp311-none-win_arm64", "CPython 3.10 or CPython 3.11, Windows ARM64"),
    ],
)
def test_a_wheels_tags_are_told_in_words(tag, words):
    assert tags_in_words((tag,)) == words


def test_no_tags_mean_source():
    assert tags_in_words(()) == "source"
