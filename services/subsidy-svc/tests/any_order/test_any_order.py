"""Whatever is done in whatever order, the service stands as the rules say, and no invariant breaks.

Steps are drawn at random and taken on the real service over PostgreSQL and on a small model beside it: what
the model forbids must be refused, and after each step both must say the same (S03, S04, S09, S10, D03, D05,
D06, O04). ``--hypothesis-profile=thorough`` walks longer and more often.
"""

import asyncio
from datetime import date, time
from itertools import product

import pytest
from chuangpei.auth import Role
from chuangpei.testing.api import key
from chuangpei.testing.clock import FixedClock
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from subsidy_svc.reconciliations.comparison import DIFFERENCES
from subsidy_svc.registry_checks.use_cases import ask_due

PUDONG, XUHUI = "310115", "310104"
FIRST_DAY, LAST_DAY = date(2026, 6, 1), date(2028, 6, 1)
HOLDERS = ("holder", "partner")
PROJECTS = ("P1", "P2", "P3", "P4")
OFFICERS = ("acceptor", "approver")
MOST_CERTIFICATES = 7
SUBSIDY_FEN = 180_000
REASON = {"reason": "经核实，认定有误"}
BODIES = {
    "ask-supplement": {"missing": [{"field": "account", "text": "请补充开户证明"}]},
    "give-supplement": {"answers": [{"field": "account", "text": "开户证明见附件"}]},
    "not-accept": REASON | {"article": "沪人社规〔2025〕30号 一(二)"},
    "reject": REASON,
    "undo": REASON,
    "refuse-account": REASON,
    "account": {"account": {"kind": "social_security_card"}},
    "return": REASON,
    "discard": REASON,
    "propose-waiver": REASON,
    "refuse-waiver": REASON,
    "reverse": REASON,
}
BY_THE_PERSON = ("withdraw", "give-supplement", "account")
BY_THE_CITY = ("receive", "return", "approve-waiver", "refuse-waiver")
MAIN_ROAD = {
    "submitted": "accept",
    "supplement_asked": "give-supplement",
    "accepted": "approve",
    "payment_failed": "account",
    "account_changed": "confirm-account",
    "draft": "seal",
    "sealed": "hand-over",
    "handed_over": "receive",
    "open": "demand",
}
CLAIM_STEPS = (
    "accept",
    "ask-supplement",
    "give-supplement",
    "not-accept",
    "approve",
    "reject",
    "undo",
    "withdraw",
    "account",
    "confirm-account",
    "refuse-account",
)
BATCH_STEPS = ("discard", "seal", "hand-over", "receive", "return")
RECOVERY_STEPS = ("demand", "receipts", "reverse", "propose-waiver", "approve-waiver", "refuse-waiver")

which = st.integers(0, 999)
by_whom = st.sampled_from(OFFICERS)
results = st.lists(
    st.sampled_from(("settled", "settled", "settled", "failed", "unknown", None)), min_size=1, max_size=4
)


def only_with(name):
    """The step needs something of that name."""
    return precondition(lambda machine: bool(getattr(machine, name)))


def one(several, at):
    return several[at % len(several)]


class AnyOrder(RuleBasedStateMachine):
    """Walks through the service; ``office``, ``loop`` and ``new_model`` are given by the test."""

    def __init__(self):
        super().__init__()
        self.model = self.new_model()
        self.run(self.emptied())
        self.office.clock.set(FixedClock.on(FIRST_DAY, time(9)).now())
        for district in (PUDONG, XUHUI):
            self.run(self.office.budget(district, 4 * SUBSIDY_FEN))
            self.model.budgets[district, 2026] = 4 * SUBSIDY_FEN

    # How steps are taken

    def run(self, coroutine):
        """Waits for what the event loop of the test does."""
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    async def emptied(self):
        """Nothing has happened yet: the database of the walk before is used again."""
        async with self.office.service.database.transaction() as tx:
            await tx.connection.execute("SET LOCAL session_replication_role = replica")
            tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            for (table,) in await tx.connection.fetch(f"{tables} AND tablename <> 'alembic_version'"):
                await tx.connection.execute(f"DELETE FROM {table}")  # noqa: S608  # our own tables

    def told(self, path, headers, body, version, may):
        """What the service answers; it does what the model allows, and refuses the rest with a reason."""
        answer = self.run(self.office.post(path, headers, body, version))
        assert answer.is_success == may, (path, may, answer.status_code, answer.text)
        assert may or answer.status_code in (409, 412, 422, 503), answer.text
        return answer.json() if may else None

    @staticmethod
    def mostly(several, at, able):
        """One to which it can be done; now and then any, to see it refused."""
        return one([each for each in several if able(each)] * (at % 4 < 3) or several, at)

    @property
    def today(self):
        return self.office.clock.today()

    @property
    def second_of_the_city(self):
        return self.office.as_(Role.CITY_CENTRE, subject="city-b")

    # Certificates and claims

    @initialize(
        walks=st.lists(
            st.tuples(st.sampled_from(HOLDERS), st.sampled_from(PROJECTS)),
            min_size=2,
            max_size=4,
            unique=True,
        ),
        rounds=st.lists(results, max_size=10),
    )
    def some_have_come_far(self, walks, rounds):
        """Claims of one district go together down the road, as far as the bank or any stop before."""
        for who, project in walks:
            self.issue(who, project, PUDONG)
            self.claim(len(self.model.certificates) - 1, by=None, away=False)
        for answers in rounds:
            self.all_goes_on(answers)

    @rule(answers=results)
    def all_goes_on(self, answers):
        """Each claim and each batch takes its ordinary next step; the bank answers what waits for it."""
        noticed = [claim for claim in self.claims if claim.state == "noticed"]
        for claim in self.claims:
            if claim.state in MAIN_ROAD:
                step = MAIN_ROAD[claim.state]
                able = [by for by in OFFICERS if self.model.may(claim, step, by, self.today)]
                self.take(claim, step, (able or OFFICERS)[0])
        for batch in self.batches:
            self.goes_on(batch, answers)
        if noticed:
            self.time_passes(9)
        for district in (PUDONG, XUHUI):
            if self.model.to_draft(district):
                self.draft_a_batch(district)
        self.all_is_as_it_should_be()

    def goes_on(self, batch, answers):
        if batch.state in MAIN_ROAD:
            self.move(batch, MAIN_ROAD[batch.state])
        elif batch.state == "received":
            self.export(self.at_the_city.index(batch))
        elif batch.state == "exported":
            self.the_bank_answers(self.at_the_bank.index(batch), answers)

    @precondition(lambda machine: len(machine.model.certificates) < MOST_CERTIFICATES)
    @rule(
        who=st.sampled_from(HOLDERS),
        project=st.sampled_from(PROJECTS),
        district=st.sampled_from((PUDONG, XUHUI)),
    )
    def issue(self, who, project, district):
        event = self.run(
            self.office.certificate(who=who, project=project, district=district, issued_on=self.today)
        )
        window = self.run(self.office.get(f"/windows/{event.certificate_id}", self.office.citizen(who)))
        self.model.issued(event, who, project, district, date.fromisoformat(window["last_day"]))

    @rule(at=which, by=st.sampled_from((None, *OFFICERS)), away=st.sampled_from((False, False, False, True)))
    def claim(self, at, by, away):
        """Online, or at a counter where an officer files it; while a registry is away the claim waits."""
        may_claim = self.model.may_claim
        certificate = self.mostly(self.model.certificates, at, lambda one: may_claim(one, self.today))
        body = self.office.claim_body(certificate.event)
        path, headers = "/claims", self.office.citizen(certificate.who)
        if by is not None:
            path, headers = "/claims/counter", self.office.officer(by, XUHUI)
            body |= {
                "certificate_number": certificate.event.number,
                "id_number": self.office.id_number(certificate.who),
            }
            del body["certificate_id"]
        self.office.registry.away = away
        told = self.told(path, headers, body, None, may_claim(certificate, self.today))
        self.office.registry.away = False
        if told is not None:
            self.model.claimed(told["id"], certificate, by, waits=away)

    @precondition(lambda machine: not all(one.draft for one in machine.model.certificates))
    @rule(at=which)
    def keep_a_draft(self, at):
        certificate = self.mostly(
            self.model.certificates,
            at,
            lambda one: one.draft is None and self.model.may_claim(one, self.today),
        )
        headers, body = self.office.citizen(certificate.who), self.office.claim_body(certificate.event)
        told = self.told("/claim-drafts", headers, body, None, certificate.draft is None)
        certificate.draft = certificate.draft or told

    @property
    def drafted(self):
        return [certificate for certificate in self.model.certificates if certificate.draft]

    @only_with("drafted")
    @rule(at=which, how=st.sampled_from(("submit", "discard")))
    def end_a_draft(self, at, how):
        certificate = one(self.drafted, at)
        may = how == "discard" or self.model.may_claim(certificate, self.today)
        path, headers = f"/claim-drafts/{certificate.draft['id']}/{how}", self.office.citizen(certificate.who)
        told = self.told(path, headers | key(), None, certificate.draft["version"], may)
        if told is not None:
            certificate.draft = None
            if how == "submit":
                self.model.claimed(told["id"], certificate, None)

    @rule(at=which)
    def revoke(self, at):
        """Also twice; whatever became of the claim meanwhile (D06)."""
        claimed = {claim.certificate for claim in self.claims}
        certificate = self.mostly(self.model.certificates, at, lambda one: one in claimed and not one.revoked)
        self.run(self.office.revoke(certificate.event))
        self.model.revoke(certificate)

    # The review

    def take(self, claim, step, by):
        certificate = claim.certificate
        headers = self.office.officer(by, certificate.district)
        if step in BY_THE_PERSON:
            headers = self.office.citizen(certificate.who)
        may = self.model.may(claim, step, by, self.today)
        told = self.told(f"/claims/{claim.id}/{step}", headers, BODIES.get(step), claim.version, may)
        if told is None:
            return
        claim.version = told["version"]
        self.model.took(claim, step, by, self.today)
        if step == "ask-supplement":
            claim.due_on = date.fromisoformat(told["due_on"])
        if step == "approve":
            notice = self.run(self.office.notice_of(told))
            claim.notice = (
                notice["id"],
                *(date.fromisoformat(notice[day]) for day in ("first_day", "last_day")),
            )

    @property
    def claims(self):
        return self.model.claims

    @only_with("claims")
    @rule(at=which)
    def a_step_of_a_claim(self, at):
        steps = list(product(self.claims, CLAIM_STEPS, OFFICERS))
        self.take(*self.mostly(steps, at, lambda one: self.model.may(*one, self.today)))

    # Time, notices and objections

    @precondition(lambda machine: machine.today < LAST_DAY)
    @rule(days=st.sampled_from((1, 3, 9, 9, 9, 30, 150)))
    def time_passes(self, days):
        """The timers run each morning."""
        self.office.clock.advance(days=days)
        self.run(ask_due(self.office.service, most=100))
        self.model.registries_answer()
        self.run(self.office.clear_due())
        self.run(self.office.close_windows())
        self.model.day_begins(self.today)

    @property
    def noticed(self):
        return [claim for claim in self.claims if claim.notice is not None]

    @only_with("noticed")
    @rule(at=which)
    def object(self, at):
        claim = self.mostly(self.noticed, at, lambda one: self.model.may_object(one, self.today))
        may = self.model.may_object(claim, self.today)
        path = f"/notices/{claim.notice[0]}/objections"
        told = self.told(path, {}, {"text": "该企业未实际经营"}, None, may)
        if told is not None:
            claim.objections.append(told["id"])
            claim.state = "held"

    @property
    def held(self):
        return [claim for claim in self.claims if claim.objections]

    @only_with("held")
    @rule(at=which, how=st.sampled_from(("dismiss", "dismiss", "uphold")), by=by_whom)
    def decide_an_objection(self, at, how, by):
        claim = one(self.held, at)
        objection = one(claim.objections, at)
        headers = self.office.officer(by, claim.certificate.district)
        self.told(f"/objections/{objection}/{how}", headers, REASON, 1, may=True)
        claim.objections.remove(objection)
        if how == "uphold":
            self.model.stop(claim)
        elif not claim.objections:
            claim.state = "noticed"
            self.model.day_begins(self.today)

    # Batches

    def district(self, batch_or_claim):
        return self.office.officer("releaser", batch_or_claim.district)

    @property
    def cleared(self):
        return [claim for claim in self.claims if claim.state == "cleared"]

    @only_with("cleared")
    @rule(district=st.sampled_from((PUDONG, PUDONG, XUHUI)))
    def draft_a_batch(self, district):
        claims, drafts = self.model.to_draft(district), self.model.drafts(district)
        may = bool(claims) and not any(batch.lines for batch in drafts)
        told = self.told("/batches", self.office.officer("releaser", district), {}, None, may)
        if told is not None:
            self.model.drafted(told["id"], district, sorted(claims, key=lambda claim: claim.id))

    def move(self, batch, step, by="releaser"):
        headers = self.office.city if step in BY_THE_CITY else self.office.officer(by, batch.district)
        may = self.model.may_move(batch, step, by)
        if may and step == "seal":
            assert not any(line.claim.certificate.revoked for line in batch.lines)
        path = f"/batches/{batch.id}/{step}"
        told = self.told(path, headers, BODIES.get(step), batch.version, may)
        if told is not None:
            batch.version = told["version"]
            self.model.moved(batch, step)

    @property
    def batches(self):
        return self.model.batches

    @only_with("batches")
    @rule(at=which)
    def a_step_of_a_batch(self, at):
        steps = list(product(self.batches, BATCH_STEPS, ("releaser", *OFFICERS)))
        self.move(*self.mostly(steps, at, lambda one: self.model.may_move(*one)))

    @property
    def at_the_city(self):
        return [batch for batch in self.batches if batch.state in ("received", "exported", "settled")]

    @only_with("at_the_city")
    @rule(at=which)
    def export(self, at):
        batch = one(self.at_the_city, at)
        lines = self.run(self.office.export(batch.shown))
        if batch.state == "received":
            self.model.moved(batch, "export")
            batch.file = lines
        assert lines == batch.file

    @property
    def at_the_bank(self):
        return [batch for batch in self.batches if batch.state == "exported"]

    @only_with("at_the_bank")
    @rule(at=which, results=results)
    def the_bank_answers(self, at, results):
        """A file for all, some or none of the lines that wait; the same file again changes nothing."""
        batch = one(self.at_the_bank, at)
        waiting = zip(batch.waiting, results * len(batch.waiting), strict=False)
        answers = {line: result for line, result in waiting if result is not None}
        if not answers:
            return
        content = self.bank_file(batch, answers)
        for _ in range(2):
            answer = self.run(self.office.bank_answers(batch.shown, content))
            assert answer.status_code == 201, answer.text
        for line, result in answers.items():
            self.model.answered(line, result)
        self.model.settle(batch)

    def bank_file(self, batch, answers):
        by_number = {int(line["line_no"]): line for line in batch.file}
        self.files = getattr(self, "files", 0) + 1
        rows = [",".join([*batch.file[0], "result", "bank_code"])]
        for line, result in answers.items():
            code = "" if result == "settled" else f"CODE{self.files}"
            rows.append(",".join([*by_number[line.number].values(), result, code]))
        return "\r\n".join(rows)

    @property
    def unknown(self):
        lines = [line for batch in self.batches for line in batch.lines]
        return [line for line in lines if line.status == "unknown"]

    @only_with("unknown")
    @rule(at=which, result=st.sampled_from(("settled", "failed")))
    def find_out_about_a_line(self, at, result):
        line = one(self.unknown, at)
        body = {"result": result, "evidence": "经银行查复"}
        body |= {"bank_code": "NO_ENTRY"} if result == "failed" else {}
        path = f"/batches/{line.batch.id}/lines/{line.number}/findings"
        told = self.told(path, self.office.city, body, None, line.finding is None)
        line.finding = line.finding or told

    @property
    def found_out(self):
        return [line for line in self.unknown if line.finding]

    @only_with("found_out")
    @rule(at=which, how=st.sampled_from(("confirm", "confirm", "refuse")), alone=st.booleans())
    def decide_what_was_found_out(self, at, how, alone):
        line = one(self.found_out, at)
        headers = self.office.city if alone else self.second_of_the_city
        path, reason = f"/batches/{line.batch.id}/findings/{line.finding['id']}/{how}", None
        may = how == "refuse" or not alone
        if how == "refuse":
            reason = REASON
        if self.told(path, headers, reason, line.finding["version"], may) is None:
            return
        if how == "confirm":
            self.model.answered(line, line.finding["result"])
            self.model.settle(line.batch)
        line.finding = None

    @only_with("cleared")
    @rule(district=st.sampled_from((PUDONG, XUHUI)), subsidies=st.integers(0, 6))
    def set_a_budget(self, district, subsidies):
        """The year's, for the first time or another amount; never less than is payable or paid (O04)."""
        fund, fen = (district, self.today.year), subsidies * SUBSIDY_FEN
        budget = self.budget_of(fund)
        body = {"amount_fen": fen, "document_number": "沪财社〔2026〕9号", "reason": "预算调整"}
        if budget is None:
            body |= {"district": district, "fund_year": self.today.year}
            done = self.told("/budgets", self.office.city, body, None, fen > 0)
        else:
            same = (fen, body["document_number"]) == (budget["amount_fen"], budget["document_number"])
            may = fen >= self.model.drawn(fund) and not same
            path = f"/budgets/{budget['id']}/amend"
            done = self.told(path, self.office.city, body, budget["version"], may)
        if done is not None:
            self.model.budgets[fund] = fen

    def budget_of(self, fund):
        rows = self.run(
            self.office.sql("SELECT * FROM budgets WHERE district = $1 AND fund_year = $2", *fund)
        )
        return rows[0] if rows else None

    # Recoveries and findings of fault

    @property
    def paid(self):
        return [claim for claim in self.claims if claim.state == "paid"]

    @precondition(lambda machine: not all(claim.finding for claim in machine.paid))
    @rule(at=which, fault=st.sampled_from(("person_fraud", "office_error")))
    def report_a_fault(self, at, fault):
        claim = self.mostly(self.paid, at, lambda one: one.finding is None)
        body = {"claim_id": claim.id, "fault": fault, "institution_took_part": False, "statement": "经查属实"}
        headers = self.office.officer("acceptor", claim.certificate.district)
        told = self.told("/fault-findings", headers, body, None, claim.finding is None)
        claim.finding = claim.finding or told

    @property
    def reported(self):
        return [claim for claim in self.paid if claim.finding and claim.finding["state"] == "reported"]

    @only_with("reported")
    @rule(at=which, how=st.sampled_from(("confirm", "confirm", "refuse")))
    def decide_about_a_fault(self, at, how):
        claim = one(self.reported, at)
        path = f"/fault-findings/{claim.finding['id']}/{how}"
        reason = REASON if how == "refuse" else None
        told = self.told(path, self.office.city, reason, claim.finding["version"], may=True)
        claim.finding = told if how == "confirm" else None
        if how == "confirm":
            self.model.at_fault(claim, told["fault"])

    @property
    def recovered(self):
        return [claim for claim in self.paid if claim.recovery]

    @only_with("recovered")
    @rule(at=which, fen=st.sampled_from((60_000, 120_000, 180_000)))
    def a_step_of_a_recovery(self, at, fen):
        steps = list(product(self.recovered, RECOVERY_STEPS))
        able = lambda one: self.model.may_recover(one[0].recovery, one[1], fen)  # noqa: E731
        claim, step = self.mostly(steps, at, able)
        recovery, headers = claim.recovery, self.office.officer("acceptor", claim.certificate.district)
        if step in BY_THE_CITY:
            headers = self.office.city
        path, body, version = step, BODIES.get(step), recovery.version
        if step == "demand":
            body = {"document": "责退1号", "due_on": str(self.today)}
        elif step == "receipts":
            body = {"amount_fen": fen, "received_on": str(self.today), "reference": "国库1"}
            version = None
        elif step == "reverse":
            receipt = one(sorted(recovery.receipts) or [recovery.id], at)
            path, fen = f"receipts/{receipt}/reverse", recovery.receipts.get(receipt)
        may = self.model.may_recover(recovery, step, fen)
        if self.told(f"/recoveries/{recovery.id}/{path}", headers, body, version, may) is not None:
            self.model.recovered(recovery, step, fen)

    # What must hold after every step

    async def read(self):
        """Each statement's rows, all as of one moment."""
        async with self.office.service.database.transaction() as tx:
            await tx.connection.execute("SET LOCAL TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            return {name: await tx.connection.fetch(text) for name, text in READ.items()} | {
                district: await tx.connection.fetch(DIFFERENCES, district) for district in (PUDONG, XUHUI)
            }

    @invariant()
    def all_is_as_it_should_be(self):
        found = self.run(self.read())
        self.follow(found)
        self.claims_stand_as_they_should(found)
        self.no_cap_is_passed(found)
        self.money_is_where_it_should_be(found)

    def follow(self, found):
        """The versions that the next steps need, and the ids of what the service opened by itself."""
        versions = {str(row["id"]): row["version"] for row in found["claims"] + found["batches"]}
        for thing in [*self.claims, *self.batches]:
            thing.version = versions[thing.id]
        recoveries = {str(row["claim_id"]): row for row in found["recoveries"]}
        assert recoveries.keys() == {claim.id for claim in self.claims if claim.recovery}
        for claim in self.recovered:
            row, recovery = recoveries[claim.id], claim.recovery
            recovery.id, recovery.version = str(row["id"]), row["version"]
            standing = [one for one in found["receipts"] if one["recovery_id"] == row["id"]]
            recovery.receipts = {str(one["id"]): one["amount_fen"] for one in standing}
            assert (row["state"], row["received_fen"], row["waived_fen"]) == (
                recovery.state,
                recovery.received,
                recovery.waived,
            )

    def claims_stand_as_they_should(self, found):
        assert {str(row["id"]): row["state"] for row in found["claims"]} == {
            claim.id: claim.state for claim in self.claims
        }
        assert {str(row["id"]): row["state"] for row in found["batches"]} == {
            batch.id: batch.state for batch in self.batches
        }
        assert {(str(row["batch_id"]), str(row["claim_id"])): row["status"] for row in found["lines"]} == {
            (batch.id, line.claim.id): line.status for batch in self.batches for line in batch.lines
        }

    def no_cap_is_passed(self, found):
        """Each place is owned by the claim that counts for it, and each such claim has one (D03)."""
        owned = {
            (self.office.person_key(claim.certificate.who), claim.certificate.project, claim.id)
            for claim in self.claims
            if claim.place
        }
        rows = found["places"]
        assert sorted(
            (one["person_key"], one["project_code"], str(one["claim_id"])) for one in rows
        ) == sorted(owned)
        for row in found["paid"]:
            assert row["of_project"] <= 1, "one subsidy a person and project"
            assert row["of_person"] <= 3, "three a person"

    def money_is_where_it_should_be(self, found):
        """The ledger says what the claims say, and what the bank paid is what is paid (S10, O04)."""
        held = {
            ((row["district"], row["fund_year"]), row["account"]): row["fen"] for row in found["accounts"]
        }
        expected = self.model.accounts()
        assert {one: fen for one, fen in held.items() if fen} == {
            one: fen for one, fen in expected.items() if fen
        }
        for fund in {fund for fund, _ in held}:
            of = {account: fen for (one, account), fen in held.items() if one == fund}
            spread = sum(of.get(name, 0) for name in ("available", "committed", "payable", "paid"))
            back = sum(of.get(name, 0) for name in ("receivable", "recovered", "waived"))
            assert (of.get("budget", 0), of.get("claimed_back", 0)) == (spread, back)
        [[bank]] = found["bank"]
        assert bank == sum(fen for (_, account), fen in held.items() if account == "paid")
        assert found[PUDONG] == found[XUHUI] == [], "the daily reconciliation finds no difference"

    def teardown(self):
        """The city's own reconciliation agrees too."""
        for district in (PUDONG, XUHUI):
            body = {"district": district}
            told = self.told("/reconciliations", self.office.city, body, None, may=True)
            assert told["differences"] == 0


READ = {
    "claims": "SELECT id, state, version FROM claims",
    "batches": "SELECT id, state, version FROM payment_batches",
    "lines": "SELECT batch_id, claim_id, status FROM payment_lines",
    "recoveries": "SELECT id, claim_id, state, version, received_fen, waived_fen FROM recoveries",
    "receipts": "SELECT id, recovery_id, amount_fen FROM recovery_receipts r WHERE reverses IS NULL"
    " AND NOT EXISTS (SELECT FROM recovery_receipts m WHERE m.reverses = r.id)",
    "places": "SELECT person_key, project_code, claim_id FROM reservations",
    # What was paid by the office's error is claimed back and does not count (D03).
    "paid": "SELECT count(*) OVER (PARTITION BY person_key, project_code) AS of_project,"
    " count(*) OVER (PARTITION BY person_key) AS of_person FROM claims c WHERE state = 'paid' AND NOT EXISTS"
    " (SELECT FROM fault_findings f WHERE f.claim_id = c.id AND f.state = 'confirmed'"
    " AND f.fault = 'office_error')",
    "accounts": "SELECT district, fund_year, account, sum(fen)::bigint AS fen FROM ledger_entries,"
    " LATERAL (VALUES (debit, CASE WHEN debit IN ('budget', 'claimed_back') THEN -amount_fen"
    " ELSE amount_fen END), (credit, CASE WHEN credit IN ('budget', 'claimed_back') THEN amount_fen"
    " ELSE -amount_fen END)) AS side (account, fen) GROUP BY 1, 2, 3",
    "bank": "SELECT coalesce(sum(amount_fen), 0)::bigint FROM payment_lines WHERE status = 'settled'",
}


@pytest.mark.timeout(3_600)
async def test_in_any_order_the_service_stands_as_the_rules_say(office, new_model):
    given = {"office": office, "loop": asyncio.get_running_loop(), "new_model": new_model}
    machine = type("AnyOrder", (AnyOrder,), given)
    walks = settings()
    if settings.get_current_profile_name() != "thorough":
        walks = settings(max_examples=25, stateful_step_count=40)
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=walks)
