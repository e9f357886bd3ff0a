"""The evidence of an objection (异议证据; S09): added by the receipt while none has decided."""

from uuid import UUID

from chuangpei.auth import Principal, Role
from chuangpei.database import Row

from subsidy_svc.attachments.repository import Home
from subsidy_svc.law.published import law_of
from subsidy_svc.service import Service


def objector(objection_id: UUID) -> Principal:
    """Whoever holds the receipt of an objection; who that is, is not known."""
    return Principal(f"objection:{objection_id}", Role.CITIZEN)


def home_of(objection_id: UUID) -> Home:
    """Where the evidence of an objection belongs."""
    return Home(objection_id=objection_id)


async def max_bytes(service: Service, objection: Row) -> int:
    """How large a file of evidence may be, by the law of the objection's claim."""
    return (await law_of(service.database, service, objection["issued_on"])).objections.evidence_max_bytes
