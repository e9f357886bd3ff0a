"""Decisions run again (重新审核): the same facts under the law of any day."""
