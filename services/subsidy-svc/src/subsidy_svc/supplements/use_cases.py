"""Supplements: the reviewing officer asks for what is missing, the person gives it (补正; S07)."""

from collections.abc import Sequence
from uuid import UUID

import orjson
from chuangpei.auth import Principal
from chuangpei.database import Row, Transaction
from chuangpei.kernel.refusals import FieldError, Refusal, Text
from chuangpei.problems import INVALID_INPUT

from subsidy_svc.claims import repository as claims
from subsidy_svc.claims.lifecycle import Action
from subsidy_svc.claims.schemas import ClaimView, claim_view
from subsidy_svc.claims.use_cases import changeable, keep
from subsidy_svc.law.published import law_of
from subsidy_svc.policy.review import due_day
from subsidy_svc.problems import SUPPLEMENTS_USED_UP
from subsidy_svc.service import Service
from subsidy_svc.supplements import repository
from subsidy_svc.supplements.schemas import Answer, Missing, SupplementView

_PURPOSE = "subsidy.supplement"


async def ask(
    tx: Transaction,
    service: Service,
    officer: Principal,
    claim_id: UUID,
    version: int,
    missing: Sequence[Missing],
) -> ClaimView | Refusal:
    """Tells the person all that is missing and until when it may come (补正告知; S07)."""
    row = await changeable(tx, officer, claim_id, version)
    if isinstance(row, Refusal):
        return row
    claim, today = claims.claim_from(row), service.clock.today()
    law = await law_of(tx, service, row["issued_on"])
    due_on = due_day(today, law.review.supplement_working_days, law.calendar)
    fields = sorted({one.field for one in missing})
    change = claim.ask_supplement(officer, today, due_on, fields)
    if isinstance(change, Refusal):
        return change
    asked = await repository.count(tx, claim_id)
    if asked >= law.review.supplements_per_claim:
        return Refusal(SUPPLEMENTS_USED_UP)
    values = {
        "claim_id": claim_id,
        "number": asked + 1,
        "missing": [one.model_dump() for one in missing],
        "asked_at": service.clock.now(),
        "asked_by": officer.subject,
        "due_on": due_on,
    }
    await repository.ask(tx, values)
    reason = "；".join(one.text for one in missing)
    await keep(tx, service, officer, row, claim, change, Action.ASK_SUPPLEMENT, reason=reason)
    return claim_view(claim, row)


async def give(
    tx: Transaction,
    service: Service,
    person: Principal,
    claim_id: UUID,
    version: int,
    answers: Sequence[Answer],
) -> ClaimView | Refusal:
    """The person gives what was asked for; the review goes on, with a fresh due day (补正; S07)."""
    row = await changeable(tx, person, claim_id, version)
    if isinstance(row, Refusal):
        return row
    claim, today = claims.claim_from(row), service.clock.today()
    law = await law_of(tx, service, row["issued_on"])
    change = claim.give_supplement(today, due_day(today, law.review.acceptance_working_days, law.calendar))
    if isinstance(change, Refusal):
        return change
    if refusal := _unanswered(await repository.awaited(tx, claim_id), answers):
        return refusal
    sealed = service.privacy.at_rest.encrypt(
        orjson.dumps([one.model_dump() for one in answers]).decode(), _PURPOSE
    )
    await repository.give(tx, claim_id, sealed, service.clock.now())
    await keep(tx, service, person, row, claim, change, Action.GIVE_SUPPLEMENT)
    return claim_view(claim, row)


async def of_claim(service: Service, claim_id: UUID) -> list[SupplementView]:
    """Every supplement of a claim, opened for those who may see it."""
    return [_view(service, row) for row in await repository.of_claim(service.database, claim_id)]


def _unanswered(awaited: Row, answers: Sequence[Answer]) -> Refusal | None:
    """Each thing that was asked for needs an answer: all that lack one are named."""
    given = {one.field for one in answers}
    lacking = sorted({one["field"] for one in awaited["missing"]} - given)
    errors = tuple(
        FieldError("/answers", "missing", Text(f"缺少对“{name}”的补正", f"Nothing is given for {name}"))
        for name in lacking
    )
    return Refusal(INVALID_INPUT, errors=errors) if errors else None


def _view(service: Service, row: Row) -> SupplementView:
    sealed = row["answers_encrypted"]
    answers = orjson.loads(service.privacy.at_rest.decrypt(sealed, _PURPOSE)) if sealed else []
    return SupplementView(
        number=row["number"],
        missing=[Missing(**one) for one in row["missing"]],
        asked_at=row["asked_at"],
        due_on=row["due_on"],
        answers=[Answer(**one) for one in answers],
        given_at=row["given_at"],
        overdue=row["given_at"] is None and row["due_on"] < service.clock.today(),
    )
