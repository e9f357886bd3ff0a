"""The cases of the process that an officer reads (S02, S03, S06–S11, D03–D06), done through the API."""

import re
from pathlib import Path

import pytest
import yaml

CASES = Path(__file__).with_name("cases")
LINES_OF_THE_LAW = {f"S{number:02}" for number in range(1, 12)} | {f"D{number:02}" for number in range(1, 7)}


def flat(steps):
    """The steps in order; a list among them is the steps of another case (YAML's ``*name``)."""
    return [one for step in steps for one in (step if isinstance(step, list) else [step])]


class Process:
    """One certificate and what people do with it; the last claim that was taken is the one they act on."""

    def __init__(self, office, certificate):
        self.office, self.certificate = office, certificate
        self.claim = self.batch = self.objection = None

    async def take(self, step):
        answer = await _DOES[step["do"]](self, step)
        if answer is not None:
            said = answer.json()["code"] if answer.is_error else None
            assert said == step.get("refused"), (step, answer.text)

    async def apply(self, _):
        return self.taken(await self.office.claim(self.certificate))

    async def apply_at_counter(self, step):
        body = self.office.claim_body(self.certificate)
        del body["certificate_id"]
        body |= {
            "certificate_number": self.certificate.number,
            "id_number": self.office.id_number("holder"),
        }
        return self.taken(await self.office.post("/claims/counter", self.officer(step), body))

    def taken(self, answer):
        if not answer.is_error:
            self.claim = answer.json()
        return answer

    async def decide(self, step):
        claim = await self.office.shown(self.claim)
        body = {"reason": "材料与登记不符"} if step["do"] == "reject" else None
        by = self.office.citizen() if step["do"] == "withdraw" else self.officer(step)
        return await self.office.post(f"/claims/{claim['id']}/{step['do']}", by, body, claim["version"])

    async def handle_objection(self, step):
        verb = _OF_OBJECTIONS[step["do"]]
        return await self.office.handle(self.objection, verb, step["by"])

    def officer(self, step):
        return self.office.officer(step["by"], step.get("district", "310115"))

    async def time_passes(self, step):
        self.office.clock.advance(days=step["days"])
        await self.office.clear_due()

    async def object(self, _):
        answer = await self.office.object_to(self.claim)
        self.objection = answer.json()
        return answer

    async def hand_over(self, _):
        self.batch = await self.office.received()

    async def bank_pays(self, _):
        lines = await self.office.export(self.batch)
        return await self.office.bank_answers(self.batch, self.office.bank_answer(lines))

    async def bank_refuses(self, _):
        lines = await self.office.export(self.batch)
        return await self.office.bank_answers(self.batch, self.office.bank_answer(lines, {"1": "E01"}))

    async def revoke(self, _):
        await self.office.revoke(self.certificate)

    async def end(self):
        shown = await self.office.shown(self.claim) if self.claim else {}
        places = await self.office.sql("SELECT 1 FROM reservations")
        recoveries = await self.office.sql("SELECT 1 FROM recoveries")
        return shown | {"places": len(places), "recoveries": len(recoveries)}


_OF_OBJECTIONS = {
    "accept objection": "accept",
    "not accept objection": "not-accept",
    "investigate": "investigate",
    "note": "notes",
    "dismiss": "dismiss",
    "uphold": "uphold",
}
_DOES = dict.fromkeys(_OF_OBJECTIONS, Process.handle_objection) | {
    "claim": Process.apply,
    "claim at counter": Process.apply_at_counter,
    "accept": Process.decide,
    "approve": Process.decide,
    "reject": Process.decide,
    "withdraw": Process.decide,
    "object": Process.object,
    "time passes": Process.time_passes,
    "batch": Process.hand_over,
    "bank pays": Process.bank_pays,
    "bank refuses": Process.bank_refuses,
    "revoke": Process.revoke,
}
found = yaml.safe_load((CASES / "process.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", found, ids=[case["case"] for case in found])
async def test_the_process_goes_as_the_case_says(office, case):
    process = Process(office, await office.certificate())
    for step in flat(case["steps"]):
        await process.take(step)
    end = await process.end()
    assert {name: end[name] for name in case["ends"]} == case["ends"]


def test_every_line_of_the_law_has_its_cases():
    text = "".join(path.read_text(encoding="utf-8") for path in CASES.glob("*.yaml"))
    assert LINES_OF_THE_LAW | {"D10"} <= set(re.findall(r"[SD]\d{2}", text))
