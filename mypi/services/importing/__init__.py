"""Bring in what another index has: many files a transaction, with their times and yanks.

A source (``folder``, ``simple``, ``devpi``) tells what there is, one entry a file; ``batch`` takes
entries into an index.  Nothing here decides what is allowed: that is what every upload passes.
"""
