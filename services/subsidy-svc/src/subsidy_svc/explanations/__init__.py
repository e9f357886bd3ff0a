"""Explanations (办理说明): a claim in plain words, what was decided, by which article, what comes next."""
