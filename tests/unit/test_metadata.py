"""Core metadata from archives and forms (index-api section 7, 15.2, U-9, U-14)."""

import pytest

from mypi.errors import Refused
from mypi.metadata import from_form, parse
from mypi.metadata.checks import MAX_DESCRIPTION, MAX_ITEMS, MAX_LIST, MAX_SUMMARY
from tests.factories import metadata


def read(*headers: str, version: str = "2.1", description: str = ""):
    return parse(
        metadata("Demo", "1.0", metadata_version=version, headers=headers, description=description),
        "demo.whl",
    )


def test_all_that_is_said_is_kept_under_the_names_of_packaging():
    said = parse(
        metadata(
            "De.mo",
            "1.0",
            summary="Short",
            requires_dist=["six>=1", 'rich; extra == "x"'],
            requires_python=">=3.9",
            headers=[
                "Classifier: A",
                "Classifier: B",
                "Keywords: a,b",
                "Project-URL: Home, http://h",
            ],
            description="Long\nstory: ä",
        ),
        "demo.whl",
    )

    assert (said.name, said.version, said.description) == ("De.mo", "1.0", "Long\nstory: ä")
    assert said.metadata_version == (2, 1)
    assert said.fields == {
        "metadata_version": "2.1",
        "summary": "Short",
        "requires_dist": ["six>=1", 'rich; extra == "x"'],
        "requires_python": ">=3.9",
        "classifiers": ["A", "B"],
        "keywords": ["a", "b"],
        "project_urls": {"Home": "http://h"},
    }


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "2.0", "2.1", "2.4", "2.6", "2.9"])
def test_known_and_newer_minor_versions_are_taken(version):
    assert read(version=version).fields["metadata_version"] == version


@pytest.mark.parametrize("version", ["3.0", "0.9", "2", "two", "2.x", "2.٣", "22.1"])
def test_other_major_versions_are_refused(version):
    with pytest.raises(Refused, match=r"^demo\.whl: Metadata-Version .* is not known"):
        read(version=version)


@pytest.mark.parametrize("field", ["Content-Type", "content-type", "X: y\rCONTENT-TYPE"])
@pytest.mark.parametrize("kind", ["message/rfc822", "multipart/mixed; boundary=b"])
def test_messages_in_messages_are_refused(field, kind):
    """Each line would be compared with the boundaries of all: minutes for some kilobytes."""
    with pytest.raises(Refused, match=r"^demo\.whl: metadata has no field Content-Type"):
        read(f"{field}: {kind}", description=f"--b\nContent-Type: {kind}\n\n" * 5000)


@pytest.mark.parametrize("missing", ["Metadata-Version", "Name", "Version"])
def test_the_three_required_fields_are_missed(missing):
    lines = metadata("demo", "1.0").decode().splitlines(keepends=True)
    raw = "".join(line for line in lines if not line.startswith(missing + ":"))

    with pytest.raises(Refused, match="lacks Metadata-Version, Name or Version"):
        parse(raw.encode(), "demo.whl")


def test_bytes_that_are_not_utf8_are_refused():
    with pytest.raises(Refused, match=r"not UTF-8 \(byte"):
        parse(metadata("demo", "1.0") + "Äh".encode("latin-1"), "demo.whl")


@pytest.mark.parametrize(
    "header",
    [
        "Name: other",
        "Version: 2.0",
        "Summary: one\nSummary: two",
        "Requires-Python: >=3\nRequires-Python: >=2",
        "License: a\nLicense: b",
        "Project-URL: Home, http://a\nProject-URL: Home, http://b",
    ],
)
def test_a_field_of_single_use_that_comes_twice_is_refused(header):
    with pytest.raises(Refused, match="came twice"):
        read(header)


def test_a_description_in_header_and_body_is_refused():
    with pytest.raises(Refused, match="description came twice"):
        read("Description: a", description="b")


@pytest.mark.parametrize("name", ["-a", "a b", "ä", "a/../b"])
def test_n1_an_invalid_name_is_refused_and_says_where(name):
    with pytest.raises(Refused, match=r"^demo\.whl: .*not a valid project name"):
        parse(metadata(name, "1.0"), "demo.whl")


@pytest.mark.parametrize("version", ["latest", "1.0-foo", "1..0", "9" * 5000])
def test_n5_an_invalid_version_is_refused(version):
    with pytest.raises(Refused, match="PEP 440"):
        parse(metadata("demo", version), "demo.whl")


@pytest.mark.parametrize("specifier", ["3.9", ">=3.5,<4.0.*", "~>3", "python3"])
def test_an_invalid_requires_python_is_refused(specifier):
    with pytest.raises(Refused, match="not a valid specifier"):
        read(f"Requires-Python: {specifier}")


@pytest.mark.parametrize("requirement", ["six (>=", "a b", "six; extra = 'x'", "a; " + "(" * 5000])
def test_an_invalid_requirement_is_refused_from_2_1_on_and_kept_before(requirement):
    assert read(f"Requires-Dist: {requirement}", version="1.2").fields["requires_dist"]

    with pytest.raises(Refused, match="not a valid requirement"):
        read(f"Requires-Dist: {requirement}", version="2.1")


@pytest.mark.parametrize("expression", ["Foo", "MIT AND", "(" * 5000 + "MIT" + ")" * 5000])
def test_an_invalid_licence_expression_is_refused(expression):
    with pytest.raises(Refused, match="SPDX"):
        read(f"License-Expression: {expression}", version="2.4")


def test_a_licence_expression_in_lower_case_is_taken():
    assert read("License-Expression: mit or apache-2.0", version="2.4")


@pytest.mark.parametrize("kind", ["text/plain", "text/x-rst", "text/markdown; variant=GFM"])
def test_m1_known_description_types_are_taken(kind):
    assert read(f"Description-Content-Type: {kind}").fields["description_content_type"] == kind


@pytest.mark.parametrize("kind", ["text/html", "markdown"])
def test_m1_other_description_types_are_refused(kind):
    with pytest.raises(Refused, match="text/markdown"):
        read(f"Description-Content-Type: {kind}")


def test_m2_the_continuation_marks_of_old_descriptions_are_taken_off():
    said = read("Description: One", "       |Two", "       |", "       |  Three", version="1.2")

    assert said.description == "One\nTwo\n\n  Three"


def test_m2_the_indent_that_setup_py_gave_old_descriptions_is_taken_off():
    lines = ["        ===", "        ", "          Two", "        "]

    said = read("Description: One", *lines, "Keywords: a", version="1.1")

    assert said.description == "One\n===\n\n  Two\n"


@pytest.mark.parametrize("indent", ["       |", "        "])
def test_m2_a_description_in_the_body_keeps_its_indents(indent):
    text = f"One\n{indent}Two\n{indent}Three"

    assert read(description=text).description == text


@pytest.mark.parametrize("name", ["Name", "version", "Metadata-Version"])
def test_m5_names_and_versions_cannot_be_dynamic(name):
    with pytest.raises(Refused, match="cannot be dynamic"):
        read(f"Dynamic: {name}", version="2.2")


def test_fields_newer_than_the_declared_version_are_taken_as_setuptools_writes_them():
    said = read("License-File: LICENSE", "Requires-Dist: six", version="2.1")

    assert said.fields["license_files"] == ["LICENSE"]
    assert said.promised_license_files() == []
    assert read("License-File: LICENSE", version="2.4").promised_license_files() == ["LICENSE"]


def test_unknown_fields_are_left_out():
    assert read("X-Fancy: 1", "X-Fancy: 2").fields == {"metadata_version": "2.1"}


def test_u9_what_old_tools_write_for_nothing_is_absent():
    said = read("Platform: UNKNOWN", "License: UNKNOWN", "Keywords: ", description="UNKNOWN\n")

    assert said.fields == {"metadata_version": "2.1"}
    assert said.description == ""


@pytest.mark.parametrize(
    "header",
    [
        "Summary: " + "x" * (MAX_SUMMARY + 1),
        "Author: " + "x" * 20_001,
        "Platform: x\n" * (MAX_ITEMS + 1),
        "Requires-Dist: " + "x" * 20_001,
        ("Requires-Dist: " + "x" * 8000 + "\n") * (MAX_LIST // 8000 + 1),
        "License: " + "x" * (2**18 + 1),
    ],
)
def test_over_long_fields_are_refused(header):
    with pytest.raises(Refused, match="is too long"):
        read(header.rstrip("\n"))


def test_the_whole_text_of_a_licence_is_taken():
    assert read("License: " + "x" * 60_000).fields["license"]


def test_an_over_long_description_is_refused():
    with pytest.raises(Refused, match="description has more than 4 MiB"):
        read(description="ä" * (MAX_DESCRIPTION // 2 + 1))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_fields_by_the_hundred_thousand_are_refused_before_they_are_read(end):
    many = "".join(f"X-{number}: x{end}" for number in range(100_000))

    with pytest.raises(Refused, match="too many fields"):
        parse(f"Name: x{end}{many}".encode(), "demo.whl")


@pytest.mark.parametrize("header", ["Summary: a\0b", "Author: a\x1b[31m", "Home-page: http://\x7f"])
def test_control_characters_are_refused(header):
    with pytest.raises(Refused, match="control characters"):
        read(header)


def test_a_summary_on_two_lines_is_refused():
    with pytest.raises(Refused, match="more than one line"):
        read("Summary: one\n  two")


def test_a_form_is_read_under_the_same_names():
    said = from_form(
        {
            "name": ["demo"],
            "version": ["1.0"],
            "metadata_version": ["2.1"],
            "summary": ["Short"],
            "classifiers": ["A", "B"],
            "platform": ["linux"],
            "license_file": ["LICENSE"],
            "project_urls": ["Home, http://h/a,b"],
            "description": ["Long"],
            ":action": ["file_upload"],
            "fancy": ["1", "2"],
        }
    )

    assert (said.name, said.version, said.description) == ("demo", "1.0", "Long")
    assert said.fields == {
        "metadata_version": "2.1",
        "summary": "Short",
        "classifiers": ["A", "B"],
        "platforms": ["linux"],
        "license_files": ["LICENSE"],
        "project_urls": {"Home": "http://h/a,b"},
    }


def test_u9_unknown_and_empty_form_fields_are_absent():
    said = from_form({"license": [" UNKNOWN "], "platform": ["UNKNOWN", ""], "summary": [""]})

    assert said.fields == {}


@pytest.mark.parametrize("values", [["a,b", "c"], ["a", "b", "c"], ["a, b ,c"], ["a b c"]])
def test_u14_keywords_come_in_one_field_or_in_many(values):
    assert from_form({"keywords": values}).fields["keywords"] == ["a", "b", "c"]


def test_a_doubled_form_field_is_taken_when_its_values_are_equal():
    assert from_form({"summary": ["a", "a "]}).fields["summary"] == "a"

    with pytest.raises(Refused, match=r"^summary: the field came 2 times"):
        from_form({"summary": ["a", "b"]})


@pytest.mark.parametrize(
    "form",
    [
        {"metadata_version": ["3.0"]},
        {"version": ["9" * 5000]},
        {"requires_python": ["nonsense"]},
        {"metadata_version": ["2.1"], "requires_dist": ["a b"]},
        {"summary": ["a\0"]},
        {"author": ["\udcff"]},
        {"platform": ["x"] * (MAX_ITEMS + 1)},
    ],
)
def test_a_form_is_held_to_the_same_rules(form):
    with pytest.raises(Refused):
        from_form(form)


def test_decision_13_the_archive_rules_and_the_form_fills_gaps():
    archive = read("Summary: from the archive")
    form = from_form(
        {"name": ["other"], "summary": ["from the form"], "author": ["Ada"], "description": ["d"]}
    )

    said = archive.filled_from(form)

    assert said.name == "Demo"
    assert said.description == "d"
    assert said.fields == {
        "metadata_version": "2.1",
        "summary": "from the archive",
        "author": "Ada",
    }
