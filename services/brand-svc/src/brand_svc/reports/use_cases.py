"""Verbs: receive, accept, decline, reopen, open what was said (B10)."""

from collections.abc import Callable
from secrets import token_hex
from uuid import UUID

from chuangpei.amendments import amended
from chuangpei.audit import record
from chuangpei.auth import Principal, Role
from chuangpei.database import Transaction
from chuangpei.kernel.identifiers import new_id
from chuangpei.kernel.masking import mask_name, mask_phone
from chuangpei.kernel.refusals import Refusal
from chuangpei.privacy import Privacy
from chuangpei.problems import NOT_FOUND

from brand_svc.exit_cases import taking
from brand_svc.institutions import repository as institutions
from brand_svc.policy.facts import ExitGround
from brand_svc.problems import UNKNOWN_INSTITUTION
from brand_svc.recording import record_step
from brand_svc.reports import repository
from brand_svc.reports.lifecycle import State
from brand_svc.reports.report import CONTENT, NAME, PHONE, Channel, Report, Reporter
from brand_svc.service import Service
from brand_svc.transitions import stale


async def receive(
    tx: Transaction,
    service: Service,
    principal: Principal,
    channel: Channel,
    credit_code: str,
    content: str,
    reporter: tuple[str, str] | None,
) -> Report | Refusal:
    """Takes a report down, named or anonymous, for the institution's district to look at (B10)."""
    institution = await institutions.find(tx, credit_code)
    if institution is None:
        return Refusal(UNKNOWN_INSTITUTION)
    report = Report(
        id=new_id(),
        receipt=token_hex(10),
        channel=channel,
        credit_code=credit_code,
        institution_name=institution.name,
        district=institution.district,
        content_encrypted=service.privacy.at_rest.encrypt(content, CONTENT),
        reporter=_sealed(service.privacy, *reporter) if reporter else None,
        state=State.RECEIVED,
        received_on=service.clock.today(),
        received_at=service.clock.now(),
        received_from=principal.subject,
    )
    await repository.add(tx, report)
    await record_step(tx, service, principal, "receive_report", report)
    return report


async def accept(
    tx: Transaction,
    service: Service,
    principal: Principal,
    report_id: UUID,
    version: int,
    ground: ExitGround,
    outcome: str,
) -> Report | Refusal:
    """The district accepts it on a ground: a signal from now on, which opens or joins a case (B11, D09)."""
    today = service.clock.today()
    report = await _stepped(
        tx,
        service,
        principal,
        report_id,
        version,
        "accept_report",
        lambda report: report.accept(ground, outcome, principal.subject, today),
    )
    if isinstance(report, Report):
        await taking.take(tx, service, [report.signal(service.clock.now())], principal)
    return report


async def decline(
    tx: Transaction, service: Service, principal: Principal, report_id: UUID, version: int, outcome: str
) -> Report | Refusal:
    """The district does not accept it, and says why (不予受理; B10)."""
    today = service.clock.today()
    return await _stepped(
        tx,
        service,
        principal,
        report_id,
        version,
        "decline_report",
        lambda report: report.decline(outcome, principal.subject, today),
    )


async def reopen(
    tx: Transaction, service: Service, principal: Principal, report_id: UUID, version: int, reason: str
) -> Report | Refusal:
    """A report declined by mistake is looked at anew; why it was declined is kept (更正; B10)."""
    known = await repository.find(tx, report_id)
    report = await _stepped(tx, service, principal, report_id, version, "reopen_report", Report.reopen)
    if isinstance(report, Report) and known is not None:
        await amended(
            tx,
            principal,
            at=service.clock.now(),
            object_type=Report.OBJECT_TYPE,
            object_id=report.id,
            reason=reason,
            before={"state": str(known.state), "outcome": known.outcome},
            after={"state": str(report.state), "outcome": None},
        )
    return report


async def disclose(
    tx: Transaction, service: Service, principal: Principal, report_id: UUID, reason: str
) -> Report | Refusal:
    """Opens what was said and by whom to who looks into it; each look is audited with its reason (B10)."""
    report = await repository.find(tx, report_id)
    if report is None or not in_reach(principal, report):
        return Refusal(NOT_FOUND)
    await record(
        tx,
        principal,
        at=service.clock.now(),
        action="disclose_report",
        object_type=Report.OBJECT_TYPE,
        object_id=report.id,
        reason=reason,
    )
    return report


def in_reach(principal: Principal, report: Report) -> bool:
    """Whether the report exists for the official: a district's own, for the city all."""
    return principal.role is not Role.DISTRICT_OFFICER or report.district == principal.district


async def _stepped(
    tx: Transaction,
    service: Service,
    principal: Principal,
    report_id: UUID,
    version: int,
    name: str,
    step: Callable[[Report], Refusal | None],
) -> Report | Refusal:
    report = await repository.load_for_update(tx, report_id)
    if report is None or not in_reach(principal, report):
        return Refusal(NOT_FOUND)
    before = report.state
    if refused := stale(report.version, version) or step(report):
        return refused
    await repository.save(tx, report)
    # Its outcome may name people, whom the log names nowhere.
    await record_step(tx, service, principal, name, report, from_state=before)
    return report


def _sealed(privacy: Privacy, name: str, phone: str) -> Reporter:
    return Reporter(
        masked_name=mask_name(name),
        masked_phone=mask_phone(phone),
        name_encrypted=privacy.at_rest.encrypt(name, NAME),
        phone_encrypted=privacy.at_rest.encrypt(phone, PHONE),
    )
