"""Every table of this service, for its migrations."""

from subsidy_svc.attachments import tables as attachments
from subsidy_svc.budgets import tables as budgets
from subsidy_svc.claims import tables as claims
from subsidy_svc.drafts import tables as drafts
from subsidy_svc.fault_findings import tables as fault_findings
from subsidy_svc.ledger import tables as ledger
from subsidy_svc.notices import tables as notices
from subsidy_svc.objections import tables as objections
from subsidy_svc.payments import tables as payments
from subsidy_svc.platform_pushes import tables as platform_pushes
from subsidy_svc.proposals import tables as proposals
from subsidy_svc.reconciliations import tables as reconciliations
from subsidy_svc.recoveries import tables as recoveries
from subsidy_svc.registry_checks import tables as registry_checks
from subsidy_svc.risk_signs import tables as risk_signs
from subsidy_svc.schema import metadata
from subsidy_svc.supplements import tables as supplements
from subsidy_svc.windows import tables as windows

__all__ = [
    "attachments",
    "budgets",
    "claims",
    "drafts",
    "fault_findings",
    "ledger",
    "metadata",
    "notices",
    "objections",
    "payments",
    "platform_pushes",
    "proposals",
    "reconciliations",
    "recoveries",
    "registry_checks",
    "risk_signs",
    "supplements",
    "windows",
]
