"""Proposals of changed parameters (政策调整): tried on past claims, published by two people."""
