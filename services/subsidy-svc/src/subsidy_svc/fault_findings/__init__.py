"""Findings of whose fault a wrong payment was (责任认定)."""
