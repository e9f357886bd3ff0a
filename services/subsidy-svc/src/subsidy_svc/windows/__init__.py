"""Claim windows (申领期)."""
