"""Eligibility checks (资格预审): what the rules would find, before a person applies."""
