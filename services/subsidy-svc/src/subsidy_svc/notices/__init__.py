"""Public notices (公示)."""
