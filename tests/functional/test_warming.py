"""Nobody waits for templates."""

from importlib.resources import files

from pyramid_chameleon.interfaces import ITemplateRenderer

from mypi.web.frame import warming


def test_every_template_is_compiled_in_a_thread(wsgi):
    warming.start(wsgi.registry).join(60)

    compiled = {
        spec.rpartition("/")[2]
        for spec, renderer in wsgi.registry.getUtilitiesFor(ITemplateRenderer)
        if renderer.template._cooked
    }
    there = files(warming.PACKAGE).joinpath("templates").iterdir()
    assert {file.name for file in there if file.name.endswith(".pt")} <= compiled
