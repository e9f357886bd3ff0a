"""One file for each kind of measurement; every function yields rows of ``results.json``."""
