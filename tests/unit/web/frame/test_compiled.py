"""Templates are compiled once and read from then on; what cannot be trusted is compiled again."""

import os
from pathlib import Path

import pytest
from chameleon.zpt.template import PageTemplateFile

from mypi.web.frame.compiled import CompiledTemplates, compiled_templates

ROOT = os.geteuid() == 0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "templates"


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.pt"
    path.write_text("<p>${word}</p>")
    return path


def shown(page: Path, kept: CompiledTemplates) -> tuple[str, bool]:
    """What the template shows, and whether it had to be compiled for that."""

    class Template(PageTemplateFile):
        loader = kept
        is_compiled = False

        def parse(self, body):
            self.is_compiled = True
            return super().parse(body)

    template = Template(str(page))
    return template(word="<six>"), template.is_compiled


def kept(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_the_second_start_reads_what_the_first_compiled(tmp_path, page):
    first = shown(page, compiled_templates(tmp_path))
    second = shown(page, compiled_templates(tmp_path))

    assert first == ("<p>&lt;six&gt;</p>", True)
    assert second == ("<p>&lt;six&gt;</p>", False)


def test_a_template_that_changed_is_compiled(tmp_path, page):
    shown(page, compiled_templates(tmp_path))
    page.write_text("<b>${word}</b>")

    assert shown(page, compiled_templates(tmp_path)) == ("<b>&lt;six&gt;</b>", True)


@pytest.mark.parametrize("left", [0, 10, 40, -1], ids="empty head short long".split())
def test_a_file_that_was_cut_off_is_made_again(tmp_path, folder, page, left):
    shown(page, compiled_templates(tmp_path))
    (path,) = kept(folder)
    whole = path.read_bytes()
    path.write_bytes(whole[:left])

    assert shown(page, compiled_templates(tmp_path)) == ("<p>&lt;six&gt;</p>", True)
    assert not shown(page, compiled_templates(tmp_path))[1]


def test_code_of_another_python_is_made_again(tmp_path, folder, page):
    shown(page, compiled_templates(tmp_path))
    (path,) = kept(folder)
    whole = path.read_bytes()
    path.write_bytes(bytes(32) + whole[32:])

    assert shown(page, compiled_templates(tmp_path))[1]
    assert not shown(page, compiled_templates(tmp_path))[1]


def test_what_nobody_asked_for_is_removed(tmp_path, folder, page):
    shown(page, compiled_templates(tmp_path))
    page.write_text("<b>${word}</b>")
    templates = compiled_templates(tmp_path)
    shown(page, templates)
    assert len(kept(folder)) == 2

    templates.forget_others()

    assert len(kept(folder)) == 1
    assert not shown(page, compiled_templates(tmp_path))[1]


def test_a_folder_that_is_gone_costs_nothing_but_time(tmp_path, folder, page):
    templates = compiled_templates(tmp_path)
    folder.rmdir()

    assert shown(page, templates) == ("<p>&lt;six&gt;</p>", True)
    templates.forget_others()
    assert not folder.exists()


def test_a_folder_that_others_may_write_to_is_not_used(tmp_path, folder):
    folder.mkdir(parents=True)
    folder.chmod(0o777)

    assert compiled_templates(tmp_path) is None


@pytest.mark.skipif(not ROOT, reason="only root can give files away")
def test_a_folder_of_somebody_else_is_not_used(tmp_path, folder):
    folder.mkdir(parents=True)
    os.chown(folder, 12345, 12345)

    assert compiled_templates(tmp_path) is None


def test_without_a_folder_nothing_is_kept(tmp_path):
    (tmp_path / "cache").write_text("in the way")

    assert compiled_templates(tmp_path) is None
