"""Nobody waits for templates."""

from importlib.resources import files

import pytest
from chameleon.template import BaseTemplate
from pyramid_chameleon.interfaces import ITemplateRenderer

from mypi import make_app
from mypi.web.frame import warming


@pytest.fixture(autouse=True)
def own_loader(monkeypatch):
    """The suite's servers share what they compile; these tests do not."""
    monkeypatch.delenv("CHAMELEON_CACHE")
    monkeypatch.setattr(BaseTemplate, "loader", BaseTemplate.loader)


def test_every_template_is_compiled_in_a_thread(settings, data):
    wsgi = make_app(settings)

    warming.start(wsgi.registry).join()

    compiled = {
        spec.rpartition("/")[2]
        for spec, renderer in wsgi.registry.getUtilitiesFor(ITemplateRenderer)
        if renderer.template._cooked
    }
    there = files(warming.PACKAGE).joinpath("templates").iterdir()
    assert {file.name for file in there if file.name.endswith(".pt")} <= compiled
    assert len(compiled) <= len(list((data / "cache" / "templates").iterdir()))
    wsgi.registry.database.close()
