"""Files attached to claims (附件)."""
