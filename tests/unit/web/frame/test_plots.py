"""Plots are well-formed, say what they show, and let nothing through."""

from xml.etree import ElementTree

from mypi.web.frame import plots

SVG = "{http://www.w3.org/2000/svg}"


def read(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '))


def test_nothing_is_drawn_of_nothing():
    assert plots.spark([0, 0], "none") == ""
    assert plots.bars([], [], "none") == ""


def test_a_bar_is_as_tall_as_its_number():
    image = read(plots.bars([5, 0, 10], ["a", "b", "c"], "Downloads"))

    heights = [float(bar.get("height", "")) for bar in image.iter(f"{SVG}rect")]
    assert heights[1] == max(heights)
    assert abs(heights[0] * 2 - heights[1]) < 0.2
    assert [bar.findtext(f"{SVG}title") for bar in image.iter(f"{SVG}rect")] == ["a: 5", "c: 10"]


def test_an_image_says_what_it_shows():
    image = read(plots.spark([1, 2], "12 downloads"))

    assert (image.get("role"), image.get("aria-label")) == ("img", "12 downloads")


def test_words_of_others_stay_words():
    image = read(plots.bars([1], ['"><script>alert(1)</script>'], "<b>&"))

    assert list(image.iter(f"{SVG}script")) == []
    assert image.get("aria-label") == "<b>&; at most 1"


def test_there_is_no_style_that_the_policy_would_forbid():
    assert "style" not in plots.bars([1, 2], ["a", "b"], "t")
