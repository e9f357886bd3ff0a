"""Every table of the service, for migrations: importing this module fills the metadata."""

from cert_svc.candidates import tables as candidate_tables
from cert_svc.certificates import tables as certificate_tables
from cert_svc.completions import tables as completion_tables
from cert_svc.confirmations import tables as confirmation_tables
from cert_svc.credentials import tables as credential_tables
from cert_svc.evaluation_bodies import tables as body_tables
from cert_svc.evaluations import tables as evaluation_tables
from cert_svc.evaluators import tables as evaluator_tables
from cert_svc.norms import tables as norm_tables
from cert_svc.recheck_draws import tables as recheck_draw_tables
from cert_svc.rechecks import tables as recheck_tables
from cert_svc.schema import metadata
from cert_svc.sessions import tables as session_tables
from cert_svc.stock import tables as stock_tables

__all__ = [
    "body_tables",
    "candidate_tables",
    "certificate_tables",
    "completion_tables",
    "confirmation_tables",
    "credential_tables",
    "evaluation_tables",
    "evaluator_tables",
    "metadata",
    "norm_tables",
    "recheck_draw_tables",
    "recheck_tables",
    "session_tables",
    "stock_tables",
]
