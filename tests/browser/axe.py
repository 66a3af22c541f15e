"""axe-core, run in the page that is open: what a person with a screen reader would stumble over."""

from importlib.resources import files

from selenium import webdriver

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: {type: "tag", values: arguments[0]}}).then(
  (result) => done(result.violations.map(
    (it) => `${it.impact} ${it.id}: ${it.nodes.slice(0, 3).map((node) => node.html).join(" | ")}`)),
  (error) => done([String(error)]));
"""


def violations(chromium: webdriver.Chrome) -> list[str]:
    """The rules of WCAG 2.2 AA, and of good practice, that the page breaks, in words."""
    script = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    chromium.execute_script(script)
    found: list[str] = chromium.execute_async_script(_RUN, RULES)
    return found
