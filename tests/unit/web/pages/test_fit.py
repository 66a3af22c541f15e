"""The matrix of platforms and Pythons."""

from mypi.web.pages.fit import MAX_COLUMNS, MAX_ROWS, matrix


def wheels(*tags):
    return [f"demo-1.0-{tag}.whl" for tag in tags]


def cells(told):
    return {row.platform: dict(zip(told.columns, row.cells, strict=True)) for row in told.rows}


def test_a_few_wheels_and_pure_ones_need_no_matrix():
    assert matrix(wheels("py3-none-any")) is None
    assert matrix(wheels("cp39-cp39-win32", "cp310-cp310-win32", "cp311-cp311-win32")) is None
    assert matrix([f"demo-1.0-{n}-py3-none-any.whl" for n in range(5)]) is None


def test_each_platform_and_python_has_a_word():
    told = matrix(
        [
            *wheels(
                "cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64",
                "cp313-cp313-manylinux_2_28_x86_64",
                "cp313-cp313t-musllinux_1_2_aarch64",
                "cp312-cp312-macosx_11_0_arm64",
                "pp310-pypy310_pp73-win_amd64",
            ),
            "demo-1.0.tar.gz",
        ]
    )

    assert told.columns == ["3.12", "3.13", "3.13t", "PyPy 3.10"]
    assert cells(told)["Linux x86-64"] == {
        "3.12": "wheel",
        "3.13": "wheel",
        "3.13t": "source",
        "PyPy 3.10": "source",
    }
    assert cells(told)["Linux ARM64, musl"]["3.13t"] == "wheel"
    assert cells(told)["Windows x86-64"]["PyPy 3.10"] == "wheel"
    assert [row.note for row in told.rows] == [
        "glibc from 2.17 to 2.28, or newer",
        "musl 1.2 or newer",
        "macOS 11.0 or newer",
        "",
    ]


def test_the_stable_abi_fits_later_pythons_and_a_pure_wheel_fits_everywhere():
    told = matrix(
        wheels("cp39-abi3-win_amd64", "cp312-cp312-win32", "cp313-cp313t-win32", "py2.py3-none-any")
    )

    assert cells(told)["Windows x86-64"] == {
        "3.9": "wheel",
        "3.12": "wheel",
        "3.13t": "any",
    }
    assert set(cells(told)["Any platform"].values()) == {"wheel"}


def test_nothing_to_build_from_is_said():
    told = matrix(wheels(*(f"cp3{n}-cp3{n}-win32" for n in range(9, 13)), "cp39-cp39-linux_armv6l"))

    assert cells(told)["Linux armv6l"]["3.12"] == "none"


def test_wheels_for_any_python_have_one_column():
    told = matrix(wheels("py3-none-win32", "py3-none-win_amd64", "py3-none-any", "py3-none-foo"))

    assert told.columns == ["any 3"]
    assert cells(told)["foo"] == {"any 3": "wheel"}


def test_a_made_up_flood_of_tags_is_bounded():
    some = ".".join("abcdefghijklmnopqrst")
    names = wheels(*(f"cp3{n}-{some}-{some}.p{n}" for n in range(9, 99)))

    told = matrix(names)

    assert len(told.columns) <= MAX_COLUMNS
    assert len(told.rows) <= MAX_ROWS
    assert told.is_cut
