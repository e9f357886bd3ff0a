"""The lists of certificates and of their ledger, as one may see them."""

from datetime import date
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from chuangpei.auth import Principal, Role
from chuangpei.listing import Filter, Listing, Order, equal, since, until
from sqlalchemy import bindparam, select

from cert_svc.certificates.tables import certificate_editions, certificate_ledger, certificates

_columns, _ledger = certificates.c, certificate_ledger.c
_SCOPE = bindparam("scope", type_=sa.Text)


class Reach(StrEnum):
    """How far one sees certificates: one's own, those of the district, all."""

    OWN = "own"
    DISTRICT = "district"
    ALL = "all"


_REACHES: dict[Reach, sa.ColumnElement[bool] | None] = {
    Reach.OWN: _columns.person_key == _SCOPE,
    Reach.DISTRICT: _columns.district == _SCOPE,
    Reach.ALL: None,
}


def _ever_known_by(value: sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    """Certificates that have, or once had, the number or the identifier."""
    editions = certificate_editions.c
    known = select(editions.certificate_id).where(
        sa.or_(editions.number == value, editions.identifier == value)
    )
    return _columns.id.in_(known)


CERTIFICATES = Listing(
    select(certificates),
    key=Order(_columns.id, UUID),
    orders={"issued_on": Order(_columns.issued_on, date)},
    filters={
        "kind": equal(_columns.kind),
        "status": equal(_columns.state),
        "number": Filter(sa.Text(), _ever_known_by),
        "enrolment_id": equal(_columns.enrolment_id),
        "class_id": equal(_columns.class_id),
        "credit_code": equal(_columns.credit_code),
        "project_code": equal(_columns.project_code),
        "district": equal(_columns.district),
        "reissued": Filter(sa.Boolean(), lambda value: (_columns.edition > 1) == value),
        "issued_since": since(_columns.issued_on),
        "issued_until": until(_columns.issued_on),
        "reason_code": equal(_columns.reason_code),
    },
    reaches=_REACHES,
)
LEDGER = Listing(
    select(
        certificate_ledger,
        _columns.kind,
        _columns.district,
        _columns.institution_name,
        certificate_editions.c.masked_name,
    )
    .join(certificates, _columns.id == _ledger.certificate_id)
    .join(certificate_editions, certificate_editions.c.number == _ledger.number),
    key=Order(_ledger.id, int),
    filters={
        "entry": equal(_ledger.entry),
        "number": equal(_ledger.number),
        "certificate_id": equal(_ledger.certificate_id),
        "kind": equal(_columns.kind),
        "district": equal(_columns.district),
        "since": since(_ledger.on_day),
        "until": until(_ledger.on_day),
    },
    reaches=_REACHES,
)


def reach_of(principal: Principal) -> tuple[Reach, str | None]:
    """How far the principal sees (C06): a citizen their own, a district its own, the city all."""
    match principal.role:
        case Role.CITIZEN:
            return Reach.OWN, principal.person_key or ""
        case Role.DISTRICT_OFFICER:
            return Reach.DISTRICT, principal.district or ""
    return Reach.ALL, None
