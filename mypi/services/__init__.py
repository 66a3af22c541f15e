"""The verbs: what mypi does, in plain values and nouns; no request, no commit, no log."""
