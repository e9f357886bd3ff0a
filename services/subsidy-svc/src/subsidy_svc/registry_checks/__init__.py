"""Checks of a claim against the registries of other agencies (登记核查)."""
