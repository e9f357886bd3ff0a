"""Recoveries (追回)."""
