"""Whatever is done in whatever order, the service stands as the rules say, and no invariant breaks.

Steps are drawn at random and taken on the real service over PostgreSQL and on a small model beside it: what
the model forbids must be refused, and after each step both must say the same (S03, S04, S09, S10, D03, D05,
D06, O04). ``--hypothesis-profile=thorough`` walks longer and more often.
"""

import asyncio
from collections import defaultdict
from datetime import date, time
from itertools import product

import pytest
from chuangpei.auth import Role
from chuangpei.rate_limit import RateLimit
from chuangpei.testing.api import key
from chuangpei.testing.clock import FixedClock
from hypothesis import note, settings
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
    "refuse": REASON,
    "propose-waiver": REASON,
    "refuse-waiver": REASON,
    "reverse": REASON,
}
RULING = REASON | {"article": "沪人社规〔2025〕30号 一(二)"}
OBJECTION_BODIES = {
    "notes": {"text": "调取工商登记档案"},
    "dismiss": RULING,
    "not-accept": RULING,
    "uphold": RULING,
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
RESULTS = ("settled", "failed", "unknown")

which = st.integers(0, 999)


def one(several, at):
    return several[at % len(several)]


class AnyOrder(RuleBasedStateMachine):
    """Walks through the service; ``office``, ``loop``, ``new_model`` and ``law`` are given by the test."""

    def __init__(self):
        super().__init__()
        self.model, self.files = self.new_model(), 0
        self.run(self.emptied())
        self.office.clock.set(FixedClock.on(FIRST_DAY, time(9)).now())
        for district in (PUDONG, XUHUI):
            self.run(self.office.budget(district, 4 * SUBSIDY_FEN))
            self.model.budgets[district, 2026] = 4 * SUBSIDY_FEN

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

    def told(self, may, path, headers, body=None, version=None):
        """What the service answers; it does what the model allows, and refuses the rest with a reason."""
        answer = self.run(self.office.post(path, headers, body, version))
        assert answer.is_success == may, (path, may, answer.status_code, answer.text)
        assert may or answer.status_code in (409, 412, 422), answer.text
        return answer.json() if may else None

    @property
    def today(self):
        return self.office.clock.today()

    # How a walk goes

    @initialize(
        walks=st.lists(
            st.tuples(st.sampled_from(HOLDERS), st.sampled_from(PROJECTS)),
            min_size=2,
            max_size=4,
            unique=True,
        ),
        rounds=st.lists(st.lists(st.sampled_from(("settled", *RESULTS)), min_size=1), max_size=10),
    )
    def some_have_come_far(self, walks, rounds):
        """Claims of one district go together down the road, as far as the bank or any stop before."""
        for who, project in walks:
            self.issue(True, who, project, PUDONG)
            self.claim(True, self.model.certificates[-1], None)
        for results in rounds:
            self.all_goes_on(results)

    @rule(results=st.lists(st.sampled_from(("settled", *RESULTS, None)), min_size=1))
    def all_goes_on(self, results):
        """Each claim and batch takes its ordinary next step; the bank answers all, some or no lines."""
        noticed = [claim for claim in self.model.claims if claim.state == "noticed"]
        for claim in self.model.claims:
            if claim.state in MAIN_ROAD:
                steps = product([claim], [MAIN_ROAD[claim.state]], OFFICERS)
                for step in [one for one in steps if self.model.may(*one, self.today)][:1]:
                    self.take(True, *step)
        for batch in self.model.batches:
            self.goes_on(batch, results)
        if noticed:
            self.time_passes(9)
        for district in (PUDONG, XUHUI):
            self.draft_a_batch(self.model.may_draft(district), district)
        self.all_is_as_it_should_be()

    def goes_on(self, batch, results):
        if batch.state in MAIN_ROAD:
            step = MAIN_ROAD[batch.state]
            self.move(self.model.may_move(batch, step, "releaser"), batch, step, "releaser")
        elif batch.state == "received":
            self.export(True, batch)
        elif batch.state == "exported":
            answers = zip(batch.waiting, results * len(batch.waiting), strict=False)
            self.bank_answers(True, batch, {line: result for line, result in answers if result})

    @rule(steps=st.lists(st.tuples(which, which, st.sampled_from((False, False, False, True))), min_size=1))
    def some_steps_are_taken(self, steps):
        """Of any kind that is possible just now, or now and then of one that is not, to see it refused."""
        for kind, at, forbidden in steps:
            self.one_step_is_taken(kind, at, forbidden)
            self.all_is_as_it_should_be()

    def one_step_is_taken(self, kind, at, forbidden):
        kinds = defaultdict(list)
        for name, may, act, *things in self.steps():
            if may != forbidden:
                kinds[name].append((act, may, *things))
        name = one(sorted(kinds), kind)
        act, may, *things = one(kinds[name], at)
        note(f"{name}, allowed: {may}")
        act(may, *things)

    @precondition(lambda machine: machine.today < LAST_DAY)
    @rule(days=st.sampled_from((1, 3, 9, 9, 9, 30, 150)))
    def time_passes(self, days):
        """The timers run each morning."""
        self.office.clock.advance(days=days)
        self.run(ask_due(self.office.service, most=100))
        self.model.registries_answer()
        self.run(self.office.settle_last_days(self.law))
        self.run(self.office.clear_due())
        self.run(self.office.close_windows())
        self.model.day_begins(self.today)

    def issue(self, _, who, project, district):
        event = self.run(
            self.office.certificate(who=who, project=project, district=district, issued_on=self.today)
        )
        window = self.run(self.office.get(f"/windows/{event.certificate_id}", self.office.citizen(who)))
        self.model.issued(event, who, project, district, date.fromisoformat(window["last_day"]))

    def steps(self):
        """Every step that somebody might try: its kind, whether it is allowed, and how it is taken."""
        yield from self.steps_before_the_review()
        model, today = self.model, self.today
        for step in product(model.claims, CLAIM_STEPS, OFFICERS):
            yield f"{step[1]} a {step[0].state}", model.may(*step, today), self.take, *step
        for claim in model.claims:
            if claim.notice:
                yield "object", model.may_object(claim, today), self.object, claim
            rulings = product(("dismiss", "not-accept", "uphold"), (*OFFICERS, "releaser"))
            for how, by in rulings if claim.objections else ():
                yield f"objection: {how}", by != claim.approved_by, self.decide_an_objection, claim, how, by
        yield from self.steps_of_batches()
        yield from self.steps_after_payment()

    def steps_before_the_review(self):
        model, today = self.model, self.today
        if len(model.certificates) < MOST_CERTIFICATES:
            for given in product(HOLDERS, PROJECTS, (PUDONG, XUHUI)):
                yield "issue", True, self.issue, *given
        for certificate in model.certificates:
            may = model.may_claim(certificate, today)
            for by in (None, *OFFICERS):
                yield "claim" if by is None else "claim at a counter", may, self.claim, certificate, by
            yield "claim while a registry is away", may, self.claim_while_a_registry_is_away, certificate
            yield "keep a draft", certificate.draft is None, self.keep_a_draft, certificate
            if certificate.draft:
                yield "submit a draft", may, self.end_a_draft, certificate, "submit"
                yield "discard a draft", True, self.end_a_draft, certificate, "discard"
            yield "revoke", True, self.revoke, certificate

    def steps_of_batches(self):
        model = self.model
        for district, subsidies in product((PUDONG, XUHUI), range(7)):
            yield "draft a batch", model.may_draft(district), self.draft_a_batch, district
            fund, fen = (district, self.today.year), subsidies * SUBSIDY_FEN
            yield "set a budget", model.may_budget(fund, fen), self.set_a_budget, fund, fen
        for step in product(model.batches, BATCH_STEPS, ("releaser", *OFFICERS)):
            yield f"{step[1]} a batch", model.may_move(*step), self.move, *step
        for batch in model.batches:
            if batch.state in ("received", "exported", "settled"):
                yield "export", True, self.export, batch
            for line, result in product(batch.waiting if batch.state == "exported" else (), RESULTS):
                yield f"the bank says {result}", True, self.bank_answers, batch, {line: result}
                if line.status == "unknown":
                    may = result != "unknown" and line.finding is None
                    yield "find out", may, self.find_out, line, result
            for line in batch.lines:
                for alone, how in product((False, True), ("confirm", "refuse") if line.finding else ()):
                    may = how == "refuse" or not alone
                    yield f"{how} what was found", may, self.decide_what_was_found, line, how, alone

    def steps_after_payment(self):
        model = self.model
        for claim in (claim for claim in model.claims if claim.state == "paid"):
            for fault in ("person_fraud", "office_error"):
                yield f"report {fault}", claim.finding is None, self.report_a_fault, claim, fault
            if claim.finding and claim.finding["state"] == "reported":
                for how in ("confirm", "refuse"):
                    yield f"{how} a fault", True, self.decide_about_a_fault, claim, how
            for step, fen in product(RECOVERY_STEPS, (60_000, 180_000)) if claim.recovery else ():
                may = model.may_recover(claim.recovery, step, fen)
                yield f"{step} when {claim.recovery.state}", may, self.recover, claim, step, fen

    # Certificates, claims and the review

    def claim(self, may, certificate, by, *, waits=False):
        """Online, or at a counter where an officer files it; it waits for a registry that is away."""
        body = self.office.claim_body(certificate.event)
        path, headers = "/claims", self.office.citizen(certificate.who)
        if by is not None:
            path, headers = "/claims/counter", self.office.officer(by, XUHUI)
            body["certificate_number"] = certificate.event.number
            body["id_number"] = self.office.id_number(certificate.who)
            del body["certificate_id"]
        told = self.told(may, path, headers, body)
        if told is not None:
            self.model.claimed(told["id"], certificate, by, waits=waits)

    def claim_while_a_registry_is_away(self, may, certificate):
        self.office.registry.away = True
        self.claim(may, certificate, None, waits=True)
        self.office.registry.away = False

    def keep_a_draft(self, may, certificate):
        headers, body = self.office.citizen(certificate.who), self.office.claim_body(certificate.event)
        certificate.draft = self.told(may, "/claim-drafts", headers, body) or certificate.draft

    def end_a_draft(self, may, certificate, how):
        path, headers = f"/claim-drafts/{certificate.draft['id']}/{how}", self.office.citizen(certificate.who)
        told = self.told(may, path, headers | key(), None, certificate.draft["version"])
        if told is not None:
            certificate.draft = None
            if how == "submit":
                self.model.claimed(told["id"], certificate, None)

    def revoke(self, _, certificate):
        """Also twice; whatever became of the claim meanwhile (D06)."""
        self.run(self.office.revoke(certificate.event))
        self.model.revoke(certificate)

    def take(self, may, claim, step, by):
        headers = self.office.officer(by, claim.certificate.district)
        if step in BY_THE_PERSON:
            headers = self.office.citizen(claim.certificate.who)
        told = self.told(may, f"/claims/{claim.id}/{step}", headers, BODIES.get(step), claim.version)
        if told is None:
            return
        claim.version = told["version"]
        self.model.took(claim, step, by, self.today)
        if step == "ask-supplement":
            claim.due_on = date.fromisoformat(told["due_on"])
        if step == "approve":
            notice = self.run(self.office.notice_of(told))
            days = (date.fromisoformat(notice[day]) for day in ("first_day", "last_day"))
            claim.notice = (notice["id"], *days)

    def object(self, may, claim):
        path = f"/notices/{claim.notice[0]}/objections"
        told = self.told(may, path, {}, {"text": "该企业未实际经营"})
        if told is not None:
            claim.objections.append(told["id"])
            claim.state = "held"

    def decide_an_objection(self, may, claim, how, by):
        """Looked into by one, decided by another, and never by who approved the claim (S09, D05)."""
        objection = claim.objections[-1]
        for verb in ("accept", "investigate", "notes") if may and how != "not-accept" else ():
            self.handle(True, claim, objection, verb, "third")
        self.handle(may, claim, objection, how, by)
        if not may:
            return
        claim.objections.pop()
        if how == "uphold":
            self.model.stop(claim)
        elif not claim.objections:
            claim.state = "noticed"
            self.model.day_begins(self.today)

    def handle(self, may, claim, objection, verb, by):
        """The officer takes a step with the objection as it stands."""
        version = None
        if verb != "notes":
            version = self.run(self.office.objection({"id": objection}))["version"]
        headers = self.office.officer(by, claim.certificate.district)
        self.told(may, f"/objections/{objection}/{verb}", headers, OBJECTION_BODIES.get(verb), version)

    # Batches, the bank and budgets

    def draft_a_batch(self, may, district):
        claims = sorted(self.model.to_draft(district), key=lambda claim: claim.id)
        told = self.told(may, "/batches", self.office.officer("releaser", district), {})
        if told is not None:
            self.model.drafted(told["id"], district, claims)

    def move(self, may, batch, step, by):
        headers = self.office.city if step in BY_THE_CITY else self.office.officer(by, batch.district)
        told = self.told(may, f"/batches/{batch.id}/{step}", headers, BODIES.get(step), batch.version)
        if told is not None:
            assert step != "seal" or not any(line.claim.certificate.revoked for line in batch.lines)
            batch.version = told["version"]
            self.model.moved(batch, step)

    def export(self, _, batch):
        """As often as wanted: the file stays what it was, but for lines held out before the first."""
        lines = self.run(self.office.export(batch.shown))
        if batch.state == "received":
            self.model.moved(batch, "export")
            batch.file = lines
        assert lines == batch.file

    def bank_answers(self, _, batch, answers):
        """A file for all, some or none of the lines that wait; the same file again changes nothing."""
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
        exported = {int(line["line_no"]): line for line in batch.file}
        self.files += 1
        rows = [",".join([*batch.file[0], "result", "bank_code"])]
        for line, result in answers.items():
            code = "" if result == "settled" else f"CODE{self.files}"
            rows.append(",".join([*exported[line.number].values(), result, code]))
        return "\r\n".join(rows)

    def find_out(self, may, line, result):
        body = {"result": result, "evidence": "经银行查复"}
        body |= {"bank_code": "NO_ENTRY"} if result == "failed" else {}
        path = f"/batches/{line.batch.id}/lines/{line.number}/findings"
        line.finding = self.told(may, path, self.office.city, body) or line.finding

    def decide_what_was_found(self, may, line, how, alone):
        """Another person of the city confirms; who found it may take it back."""
        headers = self.office.as_(Role.CITY_CENTRE, subject="city" if alone else "city-b")
        path = f"/batches/{line.batch.id}/findings/{line.finding['id']}/{how}"
        if self.told(may, path, headers, BODIES.get(how), line.finding["version"]) is None:
            return
        result, line.finding = line.finding["result"], None
        if how == "confirm":
            self.model.answered(line, result)
            self.model.settle(line.batch)

    def set_a_budget(self, may, fund, fen):
        """For the first time or another amount; never less than is payable or paid (O04)."""
        found = self.run(
            self.office.sql("SELECT id, version FROM budgets WHERE district = $1 AND fund_year = $2", *fund)
        )
        self.files += 1
        body = {"amount_fen": fen, "document_number": f"沪财社{self.files}号", "reason": "预算调整"}
        if found:
            path, version = f"/budgets/{found[0]['id']}/amend", found[0]["version"]
        else:
            path, version = "/budgets", None
            body |= {"district": fund[0], "fund_year": fund[1]}
        if self.told(may, path, self.office.city, body, version) is not None:
            self.model.budgets[fund] = fen

    # Findings of fault and recoveries

    def report_a_fault(self, may, claim, fault):
        body = {"claim_id": claim.id, "fault": fault, "institution_took_part": False, "statement": "经查属实"}
        headers = self.office.officer("acceptor", claim.certificate.district)
        claim.finding = self.told(may, "/fault-findings", headers, body) or claim.finding

    def decide_about_a_fault(self, may, claim, how):
        path = f"/fault-findings/{claim.finding['id']}/{how}"
        told = self.told(may, path, self.office.city, BODIES.get(how), claim.finding["version"])
        claim.finding = told if how == "confirm" else None
        if how == "confirm":
            self.model.at_fault(claim, told["fault"])

    def recover(self, may, claim, step, fen):
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
            receipt = min(recovery.receipts, default=None)
            if receipt is None:
                return
            path, fen = f"receipts/{receipt}/reverse", recovery.receipts[receipt]
        if self.told(may, f"/recoveries/{recovery.id}/{path}", headers, body, version) is not None:
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
        for thing in [*self.model.claims, *self.model.batches]:
            thing.version = versions[thing.id]
        recoveries = {str(row["claim_id"]): row for row in found["recoveries"]}
        recovered = [claim for claim in self.model.claims if claim.recovery]
        assert recoveries.keys() == {claim.id for claim in recovered}
        for claim in recovered:
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
            claim.id: claim.state for claim in self.model.claims
        }
        assert {str(row["id"]): row["state"] for row in found["batches"]} == {
            batch.id: batch.state for batch in self.model.batches
        }
        assert {(str(row["batch_id"]), str(row["claim_id"])): row["status"] for row in found["lines"]} == {
            (batch.id, line.claim.id): line.status for batch in self.model.batches for line in batch.lines
        }

    def no_cap_is_passed(self, found):
        """Each place is owned by the claim that counts for it, and each such claim has one (D03)."""
        owned = {
            (self.office.person_key(claim.certificate.who), claim.certificate.project, claim.id)
            for claim in self.model.claims
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
            told = self.told(True, "/reconciliations", self.office.city, body)
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
async def test_in_any_order_the_service_stands_as_the_rules_say(office, new_model, tmp_path):
    object.__setattr__(office.service, "public", RateLimit(1_000_000))
    # By then the holidays of the years to come are known, as far as anybody here looks.
    law = office.law_knowing(tmp_path, date(2027, 1, 1), date(2028, 12, 31))
    given = {"office": office, "loop": asyncio.get_running_loop(), "new_model": new_model, "law": law}
    machine = type("AnyOrder", (AnyOrder,), given)
    walks = settings()
    if settings.get_current_profile_name() != "thorough":
        walks = settings(max_examples=25, stateful_step_count=15)
    await asyncio.to_thread(run_state_machine_as_test, machine, settings=walks)
