"""The simplest model of the whole path: what should stand after each step, as the rules say it.

It is written from the rules and calls nothing of the service, so that the two can disagree.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import pytest

SUBSIDY_FEN = 180_000
MOST_SUBSIDIES, MOST_SUPPLEMENTS = 3, 2
ENDED = {"withdrawn", "not_accepted", "rejected", "stopped"}
IN_REVIEW = {"submitted", "supplement_asked", "accepted"}
AFTER = {
    ("submitted", "accept"): "accepted",
    ("submitted", "ask-supplement"): "supplement_asked",
    ("submitted", "not-accept"): "not_accepted",
    ("submitted", "withdraw"): "withdrawn",
    ("supplement_asked", "give-supplement"): "submitted",
    ("supplement_asked", "not-accept"): "not_accepted",
    ("supplement_asked", "withdraw"): "withdrawn",
    ("not_accepted", "undo"): "submitted",
    ("accepted", "approve"): "noticed",
    ("accepted", "reject"): "rejected",
    ("accepted", "undo"): "submitted",
    ("accepted", "withdraw"): "withdrawn",
    ("rejected", "undo"): "accepted",
    ("noticed", "withdraw"): "withdrawn",
    ("held", "withdraw"): "withdrawn",
    ("submitted", "account"): "submitted",
    ("accepted", "account"): "accepted",
    ("payment_failed", "account"): "account_changed",
    ("payment_failed", "withdraw"): "withdrawn",
    ("account_changed", "confirm-account"): "cleared",
    ("account_changed", "refuse-account"): "payment_failed",
    ("account_changed", "withdraw"): "withdrawn",
}
"""What a person or the district may do with a claim; it stands as the diagram in the README shows it."""
BATCH_AFTER = {
    ("draft", "discard"): "discarded",
    ("draft", "seal"): "sealed",
    ("sealed", "hand-over"): "handed_over",
    ("handed_over", "receive"): "received",
    ("handed_over", "return"): "returned",
    ("received", "export"): "exported",
}
RECOVERY_AFTER = {
    ("open", "demand"): "demanded",
    ("demanded", "receipts"): "demanded",
    ("demanded", "reverse"): "demanded",
    ("recovered", "reverse"): "demanded",
    ("demanded", "propose-waiver"): "waiver_proposed",
    ("waiver_proposed", "approve-waiver"): "waived",
    ("waiver_proposed", "refuse-waiver"): "demanded",
}


@dataclass(eq=False, kw_only=True)
class Certificate:
    """What entitles its holder to claim once, until its last day or its revocation."""

    event: object
    who: str
    project: str
    district: str
    last_day: date
    revoked: bool = False
    draft: dict | None = None


@dataclass(eq=False, kw_only=True)
class Claim:
    """A claim: ``place`` while it counts against the caps, ``line`` while a batch has it.

    ``waits`` for a registry that was away when it was made.
    """

    id: str
    certificate: Certificate
    version: int = 1
    state: str = "submitted"
    waits: bool = False
    place: bool = True
    filed_by: str | None = None
    accepted_by: str | None = None
    approved_by: str | None = None
    decided_by: str | None = None
    supplements: int = 0
    due_on: date | None = None
    notice: tuple[str, date, date] | None = None
    objections: list[str] = field(default_factory=list)
    year: int | None = None
    line: "Line | None" = None
    recovery: "Recovery | None" = None
    finding: dict | None = None


@dataclass(eq=False, kw_only=True)
class Line:
    """A claim's place in a batch, and what became of it."""

    claim: Claim
    batch: "Batch"
    number: int
    status: str = "pending"
    recalled: bool = False
    finding: dict | None = None

    @property
    def waits(self) -> bool:
        return self.status in ("pending", "unknown")


@dataclass(eq=False, kw_only=True)
class Batch:
    """A district's claims to be paid together; ``file`` is what the bank was given."""

    id: str
    district: str
    version: int = 1
    state: str = "draft"
    lines: list[Line] = field(default_factory=list)
    approvers: set[str] = field(default_factory=set)
    file: list[dict] = field(default_factory=list)

    @property
    def shown(self) -> dict:
        return {"id": self.id, "district": self.district, "version": self.version}

    @property
    def waiting(self) -> list[Line]:
        return [line for line in self.lines if line.waits]


@dataclass(eq=False, kw_only=True)
class Recovery:
    """A paid subsidy to be got back; ``receipts`` are those that were not reversed."""

    id: str = ""
    version: int = 1
    state: str = "open"
    receipts: dict[str, int] = field(default_factory=dict)
    received: int = 0
    waived: int = 0

    @property
    def owed(self) -> int:
        return SUBSIDY_FEN - self.received - self.waived


class Model:
    """All that was issued, claimed, batched and paid, and what may be done next."""

    def __init__(self) -> None:
        self.certificates: list[Certificate] = []
        self.claims: list[Claim] = []
        self.batches: list[Batch] = []
        self.budgets: Counter[tuple[str, int]] = Counter()

    # Claims

    def issued(self, event: object, who: str, project: str, district: str, last_day: date) -> None:
        self.certificates.append(
            Certificate(event=event, who=who, project=project, district=district, last_day=last_day)
        )

    def claimed(
        self, claim_id: str, certificate: Certificate, filed_by: str | None, *, waits: bool = False
    ) -> None:
        self.claims.append(Claim(id=claim_id, certificate=certificate, filed_by=filed_by, waits=waits))

    def may_take_place(self, certificate: Certificate) -> bool:
        """Once a project, three a person, and never without the certificate (S03, S04, D06)."""
        counted = [
            one.certificate for one in self.claims if one.place and one.certificate.who == certificate.who
        ]
        again = any(one.project == certificate.project for one in counted)
        return not certificate.revoked and not again and len(counted) < MOST_SUBSIDIES

    def may_claim(self, certificate: Certificate, today: date) -> bool:
        return self.may_take_place(certificate) and today <= certificate.last_day

    def may(self, claim: Claim, step: str, by: str, today: date) -> bool:
        """Whether the step is allowed now, to this officer (S07, D03, D05)."""
        if (claim.state, step) not in AFTER:
            return False
        if step == "approve":
            return not claim.waits and by not in (claim.accepted_by, claim.filed_by)
        if step == "ask-supplement":
            return claim.supplements < MOST_SUPPLEMENTS
        if step == "not-accept" and claim.state == "supplement_asked":
            return today > claim.due_on
        if step == "undo":
            decider = claim.accepted_by if claim.state == "accepted" else claim.decided_by
            return by != decider and (claim.place or self.may_take_place(claim.certificate))
        return True

    def took(self, claim: Claim, step: str, by: str, today: date) -> None:
        """The step was taken."""
        claim.state = AFTER[claim.state, step]
        claim.place = claim.state not in ENDED
        claim.supplements += step == "ask-supplement"
        if step == "accept":
            claim.accepted_by = by
        elif step in ("not-accept", "reject"):
            claim.decided_by = by
        elif step == "approve":
            claim.approved_by, claim.year = by, today.year
        if claim.state in ENDED:
            claim.objections.clear()

    def may_object(self, claim: Claim, today: date) -> bool:
        """Anyone may, on the days of the notice (S09)."""
        _, first_day, last_day = claim.notice
        return claim.state in ("noticed", "held") and first_day <= today <= last_day

    def stop(self, claim: Claim) -> None:
        claim.state, claim.place = "stopped", False
        claim.objections.clear()

    def registries_answer(self) -> None:
        """Claims in review that waited for one go on."""
        for claim in self.claims:
            if claim.waits and claim.state in IN_REVIEW:
                claim.waits, claim.version = False, claim.version + 1

    def day_begins(self, today: date) -> None:
        """Notices that closed without an objection clear their claims (S09)."""
        for claim in self.claims:
            if claim.state == "noticed" and claim.notice[2] < today:
                claim.state = "cleared"

    def revoke(self, certificate: Certificate) -> None:
        """What a revoked certificate does to its claims, wherever they are (D06)."""
        if certificate.revoked:
            return
        certificate.revoked = True
        for claim in self.claims:
            if claim.certificate is not certificate or claim.state in ENDED:
                continue
            line = claim.line
            if claim.state == "paid":
                claim.recovery = claim.recovery or Recovery()
            elif line is not None and line.batch.state == "exported":
                line.recalled = True
            else:
                if line is not None and line.batch.state == "draft":
                    line.batch.lines.remove(line)
                elif line is not None:
                    line.status = "held_out"
                claim.line = None
                self.stop(claim)

    # Payment

    def to_draft(self, district: str) -> list[Claim]:
        return [
            one
            for one in self.claims
            if one.state == "cleared" and one.line is None and one.certificate.district == district
        ]

    def needs(self, batch: Batch) -> Counter[tuple[str, int]]:
        """The fen that the batch draws on each fund (O04)."""
        needs: Counter[tuple[str, int]] = Counter()
        for line in batch.lines:
            needs[batch.district, line.claim.year] += SUBSIDY_FEN
        return needs

    def may_draft(self, district: str) -> bool:
        return bool(self.to_draft(district)) and not any(one.lines for one in self.drafts(district))

    def may_budget(self, fund: tuple[str, int], fen: int) -> bool:
        """Never less than is payable or paid, and something at first (O04)."""
        return fen >= self.drawn(fund) and (fund in self.budgets or fen > 0)

    def drafts(self, district: str) -> list[Batch]:
        return [one for one in self.batches if one.state == "draft" and one.district == district]

    def drafted(self, batch_id: str, district: str, claims: list[Claim]) -> None:
        """All cleared claims are in it; a draft that was emptied is filled anew."""
        drafts = self.drafts(district)
        batch = drafts[0] if drafts else Batch(id=batch_id, district=district)
        if not drafts:
            self.batches.append(batch)
        for number, claim in enumerate(claims, 1):
            claim.line = Line(claim=claim, batch=batch, number=number)
            batch.lines.append(claim.line)
        batch.approvers = {claim.approved_by for claim in claims}

    def drawn(self, fund: tuple[str, int]) -> int:
        accounts = self.accounts()
        return accounts[fund, "payable"] + accounts[fund, "paid"]

    def may_move(self, batch: Batch, step: str, by: str) -> bool:
        """Nobody releases what they approved, nor more than the budget has left (S10, D05, O04)."""
        if (batch.state, step) not in BATCH_AFTER:
            return False
        if step in ("seal", "hand-over") and by in batch.approvers:
            return False
        needs = self.needs(batch).items()
        return step != "seal" or (
            bool(batch.lines) and all(fen + self.drawn(fund) <= self.budgets[fund] for fund, fen in needs)
        )

    def moved(self, batch: Batch, step: str) -> None:
        """The batch took a step: given up or returned, its claims are free again (S10)."""
        batch.state = BATCH_AFTER[batch.state, step]
        if batch.state in ("discarded", "returned"):
            for line in batch.waiting:
                line.claim.line, line.status = None, "returned"
        if batch.state == "discarded":
            batch.lines.clear()
        self.settle(batch)

    def answered(self, line: Line, result: str) -> None:
        """The bank, or two people, told what became of a line (S10)."""
        line.status, claim = result, line.claim
        if result == "unknown":
            return
        line.finding = None
        if result == "settled":
            claim.state = "paid"
            claim.recovery = Recovery() if line.recalled else None
            return
        claim.line = None
        if line.recalled:
            self.stop(claim)
        else:
            claim.state = "payment_failed"

    def settle(self, batch: Batch) -> None:
        if batch.state == "exported" and not batch.waiting:
            batch.state = "settled"

    # Recoveries

    def at_fault(self, claim: Claim, fault: str) -> None:
        """It is claimed back whoever was at fault; after the office's error the place is free (D03)."""
        claim.recovery = claim.recovery or Recovery()
        claim.place = fault != "office_error"

    def may_recover(self, recovery: Recovery, step: str, fen: int) -> bool:
        if step == "reverse" and not recovery.receipts:
            return False
        return (recovery.state, step) in RECOVERY_AFTER and (step != "receipts" or fen <= recovery.owed)

    def recovered(self, recovery: Recovery, step: str, fen: int) -> None:
        recovery.state = RECOVERY_AFTER[recovery.state, step]
        recovery.received += {"receipts": fen, "reverse": -fen}.get(step, 0)
        if step == "receipts" and recovery.owed == 0:
            recovery.state = "recovered"
        if step == "approve-waiver":
            recovery.waived = recovery.owed

    # What follows from all that

    def accounts(self) -> Counter[tuple[tuple[str, int], str]]:
        """What each account of each fund should hold, in fen (O04)."""
        held: Counter[tuple[tuple[str, int], str]] = Counter()
        for fund, fen in self.budgets.items():
            held[fund, "budget"] = held[fund, "available"] = fen
        for claim in self.claims:
            fund, account = (claim.certificate.district, claim.year), self._account(claim)
            if account is not None:
                held[fund, account] += SUBSIDY_FEN
                held[fund, "available"] -= SUBSIDY_FEN
            if claim.recovery is not None:
                held[fund, "claimed_back"] += SUBSIDY_FEN
                held[fund, "receivable"] += claim.recovery.owed
                held[fund, "recovered"] += claim.recovery.received
                held[fund, "waived"] += claim.recovery.waived
        return held

    @staticmethod
    def _account(claim: Claim) -> str | None:
        if claim.state == "paid":
            return "paid"
        if claim.state in ("noticed", "held", "payment_failed", "account_changed", "cleared"):
            sealed = claim.line is not None and claim.line.batch.state != "draft"
            return "payable" if sealed else "committed"
        return None


@pytest.fixture
def new_model() -> type[Model]:
    """Makes a model of a service to which nothing has happened."""
    return Model
