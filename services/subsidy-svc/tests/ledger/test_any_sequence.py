"""After any sequence of steps the ledger is balanced, and says what the claims say (O04)."""

import random

import pytest

SUBSIDY = 180_000
WHO = ("holder", "partner", "third")
ROUNDS = 7


class Walk:
    """Takes random steps that people and the bank might take; what is not allowed just then is refused."""

    def __init__(self, office, seed):
        self.office, self.chance = office, random.Random(seed)
        self.certificates, self.batches = [], []

    async def claim(self):
        who = self.chance.choice(WHO)
        certificate = await self.office.certificate(who=who, project=f"P{self.chance.randrange(3)}")
        self.certificates.append(certificate)
        answer = await self.office.claim(certificate, who)
        if answer.status_code == 201:
            await self.office.step(answer.json(), "accept", "acceptor")

    async def decide(self):
        for claim in await self.of_state("accepted"):
            action = self.chance.choice([*["approve"] * 6, "reject"])
            reason = {"reason": "材料不符"} if action == "reject" else None
            await self.office.step(claim, action, "approver", reason)

    async def withdraw(self):
        for claim in (await self.of_state("noticed"))[: self.chance.random() < 0.2]:
            path = f"/claims/{claim['id']}/withdraw"
            for who in WHO:
                await self.office.post(path, self.office.citizen(who), None, claim["version"])

    async def time(self):
        self.office.clock.advance(days=8)
        await self.office.clear_due()

    async def draft(self):
        await self.office.post("/batches", self.office.officer("releaser"), {})

    async def move(self):
        for batch in await self.batches_in("draft", "sealed", "handed_over"):
            action, by = self.chance.choice(
                {
                    "draft": [*[("seal", "district")] * 5, ("discard", "district")],
                    "sealed": [("hand-over", "district")],
                    "handed_over": [*[("receive", "city")] * 3, ("return", "city")],
                }[batch["state"]]
            )
            headers = self.office.city if by == "city" else self.office.officer("releaser")
            reason = {"reason": "账户待核实"} if action in ("discard", "return") else None
            await self.office.post(f"/batches/{batch['id']}/{action}", headers, reason, batch["version"])

    async def bank(self):
        for batch in await self.batches_in("received", "exported"):
            lines = await self.office.export(batch)
            waiting = (await self.office.get(f"/batches/{batch['id']}/lines", self.office.city))["items"]
            open_lines = {
                str(line["line_no"]) for line in waiting if line["status"] in ("pending", "unknown")
            }
            answered = [line for line in lines if line["line_no"] in open_lines]
            if not answered:
                continue
            failed = {line["line_no"]: "CLOSED" for line in answered if self.chance.random() < 0.3}
            content = self.office.bank_answer(answered, failed)
            if self.chance.random() < 0.2:
                content = content.replace(",settled,", ",unknown,")
            answer = await self.office.bank_answers(batch, content)
            assert answer.status_code == 201, answer.text

    async def revoke(self):
        if self.certificates and self.chance.random() < 0.2:
            await self.office.revoke(self.chance.choice(self.certificates))

    async def recover(self):
        listed = await self.office.get("/recoveries", self.office.city)
        for one in listed["items"]:
            path, officer = f"/recoveries/{one['id']}", self.office.officer()
            if one["state"] == "open":
                body = {"document": "责退1号", "due_on": "2030-01-01"}
                await self.office.post(f"{path}/demand", officer, body, one["version"])
            elif one["state"] == "demanded" and self.chance.random() < 0.3:
                await self.office.post(f"{path}/propose-waiver", officer, {"reason": "困难"}, one["version"])
            elif one["state"] == "demanded":
                body = {"amount_fen": self.chance.choice([50_000, 90_000, 180_000]), "reference": "国库1"}
                body["received_on"] = str(self.office.clock.today())
                await self.office.post(f"{path}/receipts", officer, body)
            elif one["state"] == "waiver_proposed":
                await self.office.post(f"{path}/approve-waiver", self.office.city, None, one["version"])

    async def of_state(self, state):
        return (await self.office.get("/claims", self.office.city, state=state))["items"]

    async def batches_in(self, *states):
        found = (await self.office.get("/batches", self.office.city))["items"]
        return [batch for batch in found if batch["state"] in states]

    async def go(self):
        """Each round goes down the road of the money, now and then missing a step."""
        steps = [self.claim, self.claim, self.decide, self.withdraw, self.time, self.draft, self.move]
        steps += [self.move, self.move, self.bank, self.bank, self.revoke, self.recover]
        for _ in range(ROUNDS):
            for step in steps:
                if self.chance.random() < 0.8:
                    await step()


@pytest.mark.parametrize("seed", [0, 1, 3])  # walks that go the whole way to the bank
async def test_the_ledger_is_balanced_and_agrees_with_claims_and_bank(office, seed):
    walk = Walk(office, seed)
    await walk.go()
    made = await office.post("/reconciliations", office.city, {"district": "310115"})
    found = (await office.get("/reconciliations/differences", office.city))["items"]
    assert (made.json()["differences"], found) == (0, []), made.text
    report = await office.get("/ledger/report", office.city)
    assert all(equation["holds"] for fund in report["funds"] for equation in fund["equations"])
    [[budgets]] = await office.sql("SELECT sum(drawn_fen)::bigint FROM budgets")
    assert report["total"]["payable_fen"] + report["total"]["paid_fen"] == budgets
    posted = {row["occasion"] for row in await office.sql("SELECT DISTINCT occasion FROM ledger_entries")}
    assert posted >= {"commit", "seal", "settle"}
    standing = await office.sql(
        "SELECT count(*) FROM claims WHERE state NOT IN ('withdrawn', 'rejected', 'stopped', 'not_accepted')"
    )
    [[places]] = await office.sql("SELECT count(*) FROM reservations")
    assert places == standing[0]["count"]
