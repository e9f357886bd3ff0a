"""Runs the migrations of training-svc; see ``chuangpei.migrations``."""

from chuangpei.migrations import run
from training_svc.models import metadata

run(metadata)
