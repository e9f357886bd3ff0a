"""The queue of claims in review (待办)."""
