"""Budgets (预算)."""
