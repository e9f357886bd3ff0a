"""Chuangpei (创培): mechanisms and event contracts shared by all services. No business rules here."""
