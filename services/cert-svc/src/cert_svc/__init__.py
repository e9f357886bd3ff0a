"""Evaluation of trainees and the certificates it gives (考核评价与证书)."""
