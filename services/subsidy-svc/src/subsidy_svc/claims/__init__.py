"""Subsidy claims (补贴申领)."""
