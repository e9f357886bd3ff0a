"""Alembic's entry: runs the migrations of cert-svc."""

from cert_svc.models import metadata
from chuangpei.migrations import run

run(metadata)
