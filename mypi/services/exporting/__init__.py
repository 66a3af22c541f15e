"""Take everything out, for whoever wants it: as a documented neutral format, or as static pages.

``format`` says what the neutral format is, ``describing`` makes its documents, ``neutral`` and
``static`` write the two trees, ``stepping`` a part of one at a time; ``reading`` and ``verifying``
read the neutral format again.
"""
