"""Measurements of Chuangpei, each beside its peer: ``python -m bench`` writes ``bench/results.json``."""
