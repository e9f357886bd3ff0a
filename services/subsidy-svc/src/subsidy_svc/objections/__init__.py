"""Objections to public notices (公示异议)."""
