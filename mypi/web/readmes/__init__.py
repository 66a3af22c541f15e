"""READMEs to HTML, for pages: ``rendering`` has a child do it, ``readme`` is what the child does.

No page's package: what is scanned for views is imported, and the server needs neither docutils nor
the rest of what renders.
"""
