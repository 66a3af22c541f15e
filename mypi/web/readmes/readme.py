"""README text to HTML that is safe to put on a page.

Rendered as PyPI does (its own renderer's settings), cleaned by nh3, then fitted to our pages:
headings below ours, nothing loaded from elsewhere, links marked as foreign, code coloured.
Hostile text can keep a parser busy for minutes: pages go through :mod:`mypi.web.readmes.rendering`.
"""

from collections.abc import Callable
from email.message import Message
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from pygments.token import STANDARD_TYPES
from readme_renderer import markdown
from readme_renderer.clean import clean

from mypi.web.readmes import markers
from mypi.web.readmes.codeblocks import Colours, language
from mypi.web.readmes.hrefs import is_foreign, is_relative
from mypi.web.readmes.outline import HEADINGS, Outline
from mypi.web.readmes.restructured import SystemMessage, rst, why
from mypi.web.readmes.unrendered import HIDE, LINK, LOAD, MAX_SOURCE, source

MAX_HTML = 4 * 2**20
"""Characters of what was rendered: substitutions make it a thousand times as long as the text."""

ID_PREFIX = "user-content-"

_CLASSES = frozenset(STANDARD_TYPES.values()) | frozenset(
    """
    admonition admonition-title attention caution danger error hint important note tip warning
    literal literal-block docutils doctest-block field-list line line-block topic footnote-ref
    """.split()
)
_VOID = frozenset({"br", "hr", "img", "input", "col"})
_ATTRIBUTES = frozenset({"title", "align", "colspan", "rowspan", "start"})


def render(text: str, content_type: str = "", images: str = LINK) -> str:
    """The README as HTML; its source in a ``<pre>`` when it cannot be rendered.

    ``content_type`` is the metadata's Description-Content-Type; absent, the text is tried as
    reStructuredText, as PyPI does.  ``images`` says what becomes of pictures from elsewhere: hide,
    link or load.  Relative addresses are left to :mod:`mypi.web.pages.relative`.
    """
    if len(text) > MAX_SOURCE:
        return source(text)
    try:
        html = _renderer(content_type)(text)
        return _fit(html, images) if html and len(html) <= MAX_HTML else source(text)
    except SystemMessage as error:
        return why(error) + source(text)
    except (RecursionError, ValueError, AssertionError, LookupError, TypeError, AttributeError):
        # docutils and the parsers below break in many ways on text that was never meant for them.
        return source(text)


def _renderer(content_type: str) -> Callable[[str], str | None]:
    message = Message()
    message["content-type"] = " ".join(content_type.split()) or "text/x-rst"
    kind = message.get_content_type()
    if kind == "text/markdown":
        return lambda text: _markdown(text, str(message.get_param("variant") or "GFM"))
    return rst if kind == "text/x-rst" else source


def _markdown(text: str, variant: str) -> str | None:
    # Not readme_renderer.markdown.render: its regular expression for code is quadratic.
    parse = markdown.variants.get(variant) or markdown.variants["GFM"]
    return clean(parse(text))


def _fit(html: str, images: str) -> str:
    fitter = _Fitter(images)
    fitter.feed(html)
    fitter.close()
    return fitter.outline.drawn() + "".join(fitter.out)


class _Fitter(HTMLParser):
    """Rewrites cleaned HTML, tag by tag, for our pages.  What it does not know stays as it is."""

    def __init__(self, images: str) -> None:
        super().__init__(convert_charrefs=True)
        self.images = images
        self.out: list[str] = []
        self.ids: set[str] = set()
        self.ends: list[tuple[str, str]] = []
        self.heading = 1
        self.outline = Outline()
        self.code: list[str] | None = None
        self.language = ""
        self.colours = Colours()
        self.links = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open what this tag becomes here, and note what closes it."""
        given = {name: value or "" for name, value in attrs}
        if tag == "img":
            self.out.append(self._image(given))
        elif tag == "input":
            self.out.append("☑ " if "checked" in given else "☐ ")
        elif tag in _VOID:
            self.out.append(f"<{tag}{self._attributes(given)}>")
        elif tag == "pre":
            self._open(tag, '<pre tabindex="0">', "</pre>")
            self.code = []
            self.language = language(given)
        elif self.code is not None:
            if tag == "code" and not self.language:
                self.language = language(given)
            self._open(tag, "", "")
        elif tag == "a":
            self._link(given)
        elif tag in HEADINGS:
            # Below the page's own h1, and without leaving a level out.
            self.heading = min(int(tag[1]) + 1, self.heading + 1, 6)
            tag_here = f"h{self.heading}"
            target = self.outline.begin(self.heading, _identifier(given))
            given |= {"id": target} if target not in self.ids else {}
            self._open(tag, f"<{tag_here}{self._attributes(given)}>", f"</{tag_here}>")
        elif tag == "table":
            opening = f'<div class="scroll" tabindex="0"><table{self._attributes(given)}>'
            self._open(tag, opening, "</table></div>")
        elif tag in ("section", "aside", "nav", "picture", "figure"):
            # Landmarks and pictures belong to the page.
            self.outline.part = _identifier(given) if tag == "section" else ""
            self._open(tag, f"<div{self._attributes(given)}>", "</div>")
        else:
            self._open(tag, f"<{tag}{self._attributes(given)}>", f"</{tag}>")

    def handle_endtag(self, tag: str) -> None:
        """Close what the tag has become."""
        if tag in _VOID or not self.ends or self.ends[-1][0] != tag:
            return
        if tag == "pre" and self.code is not None:
            self.out.append(self.colours.code("".join(self.code), self.language))
            self.code = None
        if tag in HEADINGS:
            self.outline.end()
        end = self.ends.pop()[1]
        if tag == "a":
            self.links -= 1
            if end == "</a>" and self.out[-1].startswith("<a "):
                # An empty link, such as the anchor of a heading, is a stumbling block for ears.
                if self.out.pop().startswith('<a href="#'):
                    self.outline.unlink()
                return
        self.out.append(end)

    def handle_data(self, data: str) -> None:
        """Text; code is kept together, to be coloured whole."""
        if self.code is not None:
            self.code.append(data)
        else:
            self.outline.add(data)
            self.out.append(escape(data, quote=False))

    def close(self) -> None:
        """Close what the text left open."""
        super().close()
        while self.ends:
            self.handle_endtag(self.ends[-1][0])

    def _open(self, tag: str, opening: str, end: str) -> None:
        self.out.append(opening)
        self.ends.append((tag, end))

    def _link(self, given: dict[str, str]) -> None:
        href = given.get("href", "")
        attributes = self._attributes(given)
        self.links += 1
        if href.startswith("#") and len(href) > 1:
            self.outline.link(_prefixed(href[1:]))
            self._open("a", f'<a href="#{escape(_prefixed(href[1:]))}"{attributes}>', "</a>")
        elif is_foreign(href):
            rel = "nofollow noopener noreferrer"
            self._open("a", f'<a href="{escape(href)}" rel="{rel}"{attributes}>', "</a>")
        elif is_relative(href):
            self._open("a", *markers.link(href, attributes))
        else:
            self._open("a", f"<span{attributes}>", "</span>")

    def _image(self, given: dict[str, str]) -> str:
        """Pictures from elsewhere would tell their server who reads what: a link, if not wanted."""
        address = given.get("src", "")
        words = " ".join(given.get("alt", "").split())
        if not words or words == address:  # docutils takes the address when there are no words
            words = urlsplit(address).path.rpartition("/")[2] if is_foreign(address) else ""
        label = f'<span class="image">{escape(words[:200] or "image")}</span>'
        if is_relative(address):
            return markers.image(address, words[:200], label)
        is_web = is_foreign(address) and not address.lower().startswith("mailto:")
        if self.images == HIDE and is_web:
            return ""
        if self.images == LOAD and is_web:
            return (
                f'<img src="{escape(address)}" alt="{escape(words[:200])}" loading="lazy" '
                'referrerpolicy="no-referrer">'
            )
        if self.links or not is_foreign(address):
            return label
        return f'<a href="{escape(address)}" rel="nofollow noopener noreferrer">{label}</a>'

    def _attributes(self, given: dict[str, str]) -> str:
        kept = {name: value for name, value in given.items() if name in _ATTRIBUTES}
        classes = [word for word in given.get("class", "").split() if word in _CLASSES]
        if classes:
            kept["class"] = " ".join(classes)
        identifier = _identifier(given)
        if identifier and identifier not in self.ids:
            self.ids.add(identifier)
            kept["id"] = identifier
        return "".join(f' {name}="{escape(value)}"' for name, value in kept.items())


def _prefixed(identifier: str) -> str:
    return identifier if identifier.startswith(ID_PREFIX) else ID_PREFIX + identifier


def _identifier(given: dict[str, str]) -> str:
    return _prefixed("-".join(given["id"].split())) if given.get("id") else ""
