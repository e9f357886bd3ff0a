"""Alembic's entry: runs this service's migrations."""

from chuangpei.migrations import run
from subsidy_svc.models import metadata

run(metadata)
