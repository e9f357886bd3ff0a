"""Looking for signs of risk, and noting what looking into one found (风险提示、核实): nothing is decided."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from chuangpei.amendments import NOTHING_AMENDED, amended
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.refusals import Finding, Refusal
from chuangpei.problems import NOT_FOUND, PRECONDITION_FAILED

from subsidy_svc.access import may_see_district
from subsidy_svc.claims.reviewers import own_claim
from subsidy_svc.claims.submit import finding_row
from subsidy_svc.law.published import refresh
from subsidy_svc.policy.risk import Kind, Pattern, signs
from subsidy_svc.risk_signs import repository
from subsidy_svc.risk_signs.schemas import Note, SignView, sign_view
from subsidy_svc.service import Service

_EVERY = timedelta(days=1)
_Approvals = dict[str, Counter[str]]
"""By district, the institutions' approvals."""


async def look_due(service: Service, most: int = 200) -> int:
    """Looks at claims in review for signs of risk: new ones at once, each again daily; returns how many.

    A new claim may make a sign of those in review that share its account, phone or enterprise: they are
    looked at with it.
    """
    now = service.clock.now()
    async with service.database.transaction() as tx:
        if not await repository.alone(tx):
            return 0
        ids = await repository.due(tx, now, most)
        if ids:
            around = await repository.related(tx, ids)
            await _look(tx, service, list({*ids, *around}), now)
            await repository.look_again(tx, ids, now + _EVERY)
    return len(ids)


async def _look(tx: Transaction, service: Service, ids: Sequence[UUID], now: datetime) -> None:
    await refresh(tx, service.law)
    approvals: dict[int, _Approvals] = {}
    found: list[dict[str, Any]] = []
    for row in await repository.patterns(tx, ids):
        law = service.law.on(row["issued_on"])
        days = law.risk.period_days
        if days not in approvals:
            approvals[days] = _by_district(await repository.approvals(tx, now - timedelta(days=days)))
        seen = signs(_pattern(row, approvals[days]), law)
        found += [_sign_row(row, kind, finding, now) for kind, finding in seen.items()]
    await repository.keep(tx, ids, found, now)


def _sign_row(row: Row, kind: Kind, finding: Finding, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "claim_id": row["id"],
        "kind": kind,
        "district": row["district"],
        "finding": finding_row(finding),
        "first_seen_at": now,
        "last_seen_at": now,
        "version": 1,
    }


def _by_district(rows: Sequence[Row]) -> _Approvals:
    counted: _Approvals = {}
    for row in rows:
        counted.setdefault(row["district"], Counter())[row["institution_credit_code"]] = row["approvals"]
    return counted


def _pattern(row: Row, approvals: _Approvals) -> Pattern:
    institution = row["institution_credit_code"]
    district = approvals.get(row["district"], Counter())
    others = {one: count for one, count in district.items() if one != institution}
    if not others:
        city = sum(approvals.values(), Counter())
        others = {one: count for one, count in city.items() if one != institution}
    return Pattern(
        people_of_account=row["people_of_account_key"],
        people_of_phone=row["people_of_phone_key"],
        people_of_enterprise=row["people_of_enterprise_credit_code"],
        approvals=district[institution],
        others=len(others),
        approvals_of_others=sum(others.values()),
    )


async def note(
    tx: Transaction, service: Service, officer: Principal, sign_id: UUID, version: int, body: Note
) -> SignView | Refusal:
    """An officer notes what looking into a sign found (核实); each note stays in the sign's history (S07)."""
    row = await repository.load_for_update(tx, sign_id)
    if row is None or not may_see_district(officer, row["district"]):
        return Refusal(NOT_FOUND)
    if refusal := own_claim(officer, row["person_key"]):
        return refusal
    if row["version"] != version:
        return Refusal(PRECONDITION_FAILED)
    now = service.clock.now()
    changed = await amended(
        tx,
        officer,
        at=now,
        object_type="risk_sign",
        object_id=sign_id,
        reason=body.note,
        before={"result": row["result"], "note": row["note"]},
        after={"result": body.result, "note": body.note},
    )
    if not changed:
        return Refusal(NOTHING_AMENDED)
    noted = {"result": body.result, "note": body.note, "noted_by": officer.subject, "noted_at": now}
    await repository.save_note(tx, sign_id, noted)
    return sign_view(dict(row) | noted | {"version": version + 1})
