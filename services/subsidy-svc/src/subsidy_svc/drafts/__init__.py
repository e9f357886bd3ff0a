"""Drafts of claims (草稿)."""
