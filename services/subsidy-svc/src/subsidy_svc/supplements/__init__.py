"""Supplements to claims (补正)."""
