"""Content types of documentation: the same on every machine, whatever its own tables say."""

UNKNOWN = "application/octet-stream"

_TEXTS = {
    "text/html": "html htm",
    "text/css": "css",
    "text/javascript": "js mjs",
    "text/xml": "xml xsl rss atom",
    "text/csv": "csv",
    "text/plain": "txt rst md log py pyi toml cfg ini yml yaml sh c h cpp hpp rs diff patch",
}
_OTHERS = {
    "application/json": "json map ipynb webmanifest",
    "application/xhtml+xml": "xhtml",
    "application/wasm": "wasm",
    "application/pdf": "pdf",
    "application/epub+zip": "epub",
    "application/zip": "zip whl",
    "application/gzip": "gz tgz",
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/apng": "apng",
    "image/jpeg": "jpg jpeg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/bmp": "bmp",
    "image/x-icon": "ico",
    "font/woff": "woff",
    "font/woff2": "woff2",
    "font/ttf": "ttf",
    "font/otf": "otf",
    "application/vnd.ms-fontobject": "eot",
    "audio/mpeg": "mp3",
    "audio/ogg": "ogg",
    "audio/wav": "wav",
    "video/mp4": "mp4",
    "video/webm": "webm",
}
_BY_ENDING = {
    ending: f"{kind}; charset=utf-8"
    for kind, endings in _TEXTS.items()
    for ending in endings.split()
} | {ending: kind for kind, endings in _OTHERS.items() for ending in endings.split()}


def content_type(path: str) -> str:
    """By the last ending; texts are UTF-8.  What is unknown, ``objects.inv`` say, is bytes."""
    name, dot, ending = path.rpartition("/")[2].lower().rpartition(".")
    return _BY_ENDING.get(ending, UNKNOWN) if dot and name else UNKNOWN
