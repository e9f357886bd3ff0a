"""Chapter four: the holders claim, the district decides in public, the money is paid (S01–S11, D01–D05)."""

import asyncio
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial

from chuangpei.kernel.dates import add_months

from chuangpei_embedded.story.cast import OWNS_AN_OLD_FIRM, Person
from chuangpei_embedded.story.certificates import Certificates
from chuangpei_embedded.story.client import Actor, Json, eventually, expect
from chuangpei_embedded.story.one_network import apply_there, was_told
from chuangpei_embedded.story.payment import pay_batch, set_budget
from chuangpei_embedded.story.play import Play, morning

AMOUNT_FEN = 180_000
_CLAIMANTS = 6
_CLAIMED, _APPROVED, _OBJECTED = 9, 10, 11

Claims = dict[Person, Json]
"""Each claimant's claim as it was last seen."""


async def pay(play: Play, certificates: Certificates) -> Claims:
    """Plays the chapter. One more asks in vain, for the firm is too old; one claim is objected to."""
    play.tell.chapter("四、补贴", "Subsidy")
    await play.until(play.at(_CLAIMED))
    claimants = list(certificates)[:_CLAIMANTS]
    too_old = play.cast.trainees[OWNS_AN_OLD_FIRM]
    await _windows_opened(play, {one: certificates[one] for one in [*claimants, too_old]})
    await _known_to_the_registries(play, [*claimants, too_old])
    claims = await _claimed(play, {one: certificates[one] for one in claimants})
    fact = await _refused(play, too_old, certificates[too_old], {"S01", "D02"})
    play.tell.done("创业已满3年，不予受理", "Firm older than 3 years: refused", fact)
    fact = await _refused(play, claimants[0], certificates[claimants[0]], {"S03"})
    play.tell.done("同一项目再次申领，不予受理", "Claimed once more: refused", fact)
    await _accepted(play, claims)
    await _approved(play, claims)
    held = await _objected(play, claims)
    await _notice_ended(play, claims, held)
    await set_budget(play, play.at(_APPROVED).year)
    await pay_batch(play, claims, [one for one in claimants if one is not held])
    await was_told(play, claims[claimants[0]])
    await _objection_dismissed(play, claims, held)
    await pay_batch(play, claims, [held])
    return claims


async def _windows_opened(play: Play, certificates: Certificates) -> None:
    """S05, D01: each 合格证书 opens its holder's window of 12 months."""
    for person, certificate in certificates.items():
        holder = await play.actor(person.account())
        [window] = await eventually(
            "a claim window for each certificate",
            partial(_windows_of, holder, certificate["id"]),
            lambda found: len(found) == 1,
        )
        earliest = add_months(date.fromisoformat(certificate["issued_on"]), 12)
        last_day = date.fromisoformat(window["last_day"])
        expect(
            window["state"] == "open" and earliest <= last_day < earliest + timedelta(days=15),
            f"an open window to {earliest} or the next working day",
            window,
        )
    play.tell.done("开启12个月申领期", "Claim windows of 12 months open", f"≤ {last_day} S05 D01")


async def _windows_of(holder: Actor, certificate_id: str) -> list[Json]:
    windows = await holder.all("/subsidy/v1/windows")
    return [one for one in windows if one["certificate_id"] == certificate_id]


async def _known_to_the_registries(play: Play, people: list[Person]) -> None:
    """What the business registry and the card accounts know, put into their simulators."""
    for person in people:
        relation = {
            "id_number": person.id_number,
            "role": "legal_representative",
            "from": person.enterprise_registered_on.isoformat(),
            "to": None,
            "shareholding_percent": "60.00",
        }
        enterprise = {
            "credit_code": person.enterprise_credit_code,
            "name": person.enterprise_name,
            "registered_on": person.enterprise_registered_on.isoformat(),
            "province_code": "31",
            "district": play.cast.district,
            "status": "active",
            "relations": [relation],
        }
        await play.public.post("/simulators/registry/v1/enterprises", enterprise)
        account = {
            "id_number": person.id_number,
            "name": person.name,
            "bank": person.bank,
            "account_number": person.account_number,
        }
        await play.public.post("/simulators/accounts/v1/accounts", account)


async def _claimed(play: Play, certificates: Certificates) -> Claims:
    claims: Claims = {}
    for person, certificate in certificates.items():
        holder, application = await play.actor(person.account()), _application(person, certificate)
        if claims:
            claims[person] = await holder.post("/subsidy/v1/claims", application)
        else:  # the first by the city's platform, the others by themselves
            claims[person] = await apply_there(play, holder, application)
        expect(
            claims[person]["state"] == "submitted" and claims[person]["amount_fen"] == AMOUNT_FEN,
            "a submitted claim of 1800 yuan",
            claims[person],
        )
    play.tell.done("申领补贴", "Holders claim", f"{len(claims)}×1800元 S01 S02 S06")
    return claims


def _application(person: Person, certificate: Json) -> Json:
    return {
        "certificate_id": certificate["id"],
        "enterprise_credit_code": person.enterprise_credit_code,
        "account": {"kind": "social_security_card"},
    }


async def _refused(play: Play, person: Person, certificate: Json, rules: set[str]) -> str:
    """The eligibility decision refuses with every finding: rule, fact used, value required."""
    holder = await play.actor(person.account())
    problem = await holder.refused("/subsidy/v1/claims", _application(person, certificate))
    failing = [one for one in problem["findings"] if one["outcome"] == "failed"]
    named = [one for one in failing if one["rule"] in rules]
    expect(bool(named), f"a refusal by {' or '.join(sorted(rules))}", problem)
    return f"{named[0]['fact']}; {named[0]['required']} {named[0]['rule']}"


async def _accepted(play: Play, claims: Claims) -> None:
    officer = await play.actor(play.officers.accepts)
    for person, claim in claims.items():
        path = f"/subsidy/v1/claims/{claim['id']}/accept"
        claims[person] = await officer.post(path, version=claim["version"])
        expect(claims[person]["state"] == "accepted", "an accepted claim", claims[person])
    play.tell.done("区受理", "District accepts", f"{play.officers.accepts.name} S07")


async def _approved(play: Play, claims: Claims) -> None:
    """D05: who accepted may not approve; the notice of 5 working days begins with the approval (S08, D04)."""
    await play.until(play.at(_APPROVED))
    accepts, approves = await play.actor(play.officers.accepts), await play.actor(play.officers.approves)
    some = next(iter(claims.values()))
    problem = await accepts.refused(f"/subsidy/v1/claims/{some['id']}/approve", version=some["version"])
    expect(problem["code"] == "four_eyes", "another person to approve", problem)
    for person, claim in claims.items():
        approved = await approves.post(f"/subsidy/v1/claims/{claim['id']}/approve", version=claim["version"])
        expect(approved["state"] == "noticed", "a noticed claim", approved)
        claims[person] = await approves.get(f"/subsidy/v1/claims/{claim['id']}")
    play.tell.done("另一人审核通过", "Another person approves", f"{play.officers.approves.name} D05")
    shown = await play.public.get(f"/subsidy/v1/notices/{claims[person]['notice']['id']}")
    clear = str(shown)
    expect(person.name not in clear and person.account_number not in clear, "a masked notice", shown)
    fact = f"{shown['first_day']}…{shown['last_day']} {shown['name']} D04 D13"
    play.tell.done("公示5个工作日", "Public notice of 5 working days", fact)


async def _objected(play: Play, claims: Claims) -> Person:
    """S09: an objection holds that claim alone."""
    await play.until(play.at(_OBJECTED))
    held = list(claims)[-1]
    notice = claims[held]["notice"]["id"]
    objection = {"text": "据了解该学员未实际经营企业，请核实。"}
    await play.public.post(f"/subsidy/v1/notices/{notice}/objections", objection)
    officer = await play.actor(play.officers.accepts)
    for person, claim in claims.items():
        seen = await officer.get(f"/subsidy/v1/claims/{claim['id']}")
        wanted = "held" if person is held else "noticed"
        expect(seen["state"] == wanted, f"a {wanted} claim", seen)
    fact = f"{claims[held]['holder']} S09"
    play.tell.done("匿名异议，仅暂缓该笔", "An objection holds that claim alone", fact)
    return held


async def _notice_ended(play: Play, claims: Claims, held: Person) -> None:
    """S09: when the notice has closed, every claim without a standing objection is cleared."""
    last_day = max(date.fromisoformat(claim["notice_last_day"]) for claim in claims.values())
    clock = await play.until(morning(last_day + timedelta(days=1)))
    play.tell.done("时钟拨至公示期后", "Clock moved past the notice", clock["today"])
    officer = await play.actor(play.officers.accepts)
    free = [person for person in claims if person is not held]
    claims.update(await states(officer, claims, free, "cleared"))
    seen = await officer.get(f"/subsidy/v1/claims/{claims[held]['id']}")
    expect(seen["state"] == "held", "the held claim still held", seen)
    play.tell.done("公示无异议", "Cleared without objection", f"{len(free)} S09")


async def _objection_dismissed(play: Play, claims: Claims, held: Person) -> None:
    """S09, D05: one officer investigates, another decides; neither approved the claim."""
    investigates, decides = await play.actor(play.officers.accepts), await play.actor(play.officers.pays)
    objections = await investigates.all("/subsidy/v1/objections")
    [objection] = [one for one in objections if one["claim_id"] == claims[held]["id"]]
    path = f"/subsidy/v1/objections/{objection['id']}"
    for step in ("accept", "investigate"):
        objection = await investigates.post(f"{path}/{step}", version=objection["version"])
    await investigates.post(f"{path}/notes", {"text": "实地走访经营场所，企业正常经营"})
    decision = {"reason": "经实地核实，企业正常经营，异议不成立", "article": "沪人社规〔2025〕30号 一(二)"}
    problem = await investigates.refused(f"{path}/dismiss", decision, version=objection["version"])
    expect(problem["code"] == "four_eyes", "another person to decide", problem)
    await decides.post(f"{path}/dismiss", decision, version=objection["version"])
    claims.update(await states(decides, claims, [held], "cleared"))
    fact = f"{claims[held]['holder']} {play.officers.pays.name} D05"
    play.tell.done("核查后由另一人决定：异议不成立", "Investigated; another person dismisses it", fact)


async def states(officer: Actor, claims: Claims, people: list[Person], state: str) -> Mapping[Person, Json]:
    """The claims of these people once all are in the state."""

    async def read() -> list[Json]:
        paths = (f"/subsidy/v1/claims/{claims[one]['id']}" for one in people)
        return list(await asyncio.gather(*map(officer.get, paths)))

    seen = await eventually(
        f"claims that are {state}", read, lambda found: all(claim["state"] == state for claim in found)
    )
    return dict(zip(people, seen, strict=True))
