"""Chapters three and five: a brand is won in a round, and lost after a revocation (B03–B12, D06–D09)."""

from datetime import date, timedelta

from chuangpei.kernel.dates import add_years

from chuangpei_embedded.accounts import CITY_BUREAU, CITY_CENTRE, Account
from chuangpei_embedded.story.cast import Person
from chuangpei_embedded.story.client import Actor, Json, eventually, expect
from chuangpei_embedded.story.play import Play

_ROUND = 8
_MATERIALS = {
    "statement": "深耕创业培训，学员创业率与满意度居全区前列。",
    "figures": {
        "major_events": 4,
        "shared_courses": 6,
        "institutions_assisted": 2,
        "own_courses": 5,
        "dual_qualified_teachers": 8,
        "evening_classes": 10,
        "trainees": 2000,
        "highly_skilled": 300,
        "by_order": 600,
        "employed": 1500,
        "floor_area": 1200,
        "full_time_teachers": 20,
        "full_time_managers": 6,
    },
    "evidence": [
        {
            "dimension": "results",
            "title": "上年度培训与就业台账",
            "reference": "机构档案室 PX-031",
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        }
    ],
}
_REASON, _GROUND = "subsidy_fraud", "X2"


async def win_brand(play: Play) -> None:
    """Plays chapter three: a round in which the institution's brand is recognised in the district tier."""
    play.tell.chapter("三、品牌", "Brands")
    await play.until(play.at(_ROUND))
    opened = await _round_opened(play)
    application = await _applied(play, opened, play.cast.institution())
    await _recognised(play, opened, application)
    history = await play.public.get(f"/brand/v1/brands/{play.cast.credit_code}")
    expect(history["holds_brand"] is True, "a brand in force", history)
    play.tell.done("公布名单，认定品牌", "List published, brand recognised", "B08 B09")


async def lose_brand(play: Play, claims: dict[Person, Json]) -> None:
    """Plays chapter five: a certificate is revoked for fraud; recovery, exit case, revocation, ban."""
    play.tell.chapter("五、撤销与退出", "Revocation and exit")
    await play.later(days=3)
    revoked_person = next(iter(claims))
    await _certificate_revoked(play, claims[revoked_person])
    await _recovery_opened(play, claims[revoked_person])
    revoked_on = await _brand_revoked(play)
    await _barred(play, revoked_on)


async def _round_opened(play: Play) -> Json:
    centre = await play.actor(CITY_CENTRE)
    today = date.fromisoformat((await play.public.get("/dev/clock"))["today"])
    announced = await centre.post(
        "/brand/v1/rounds",
        {
            "name": f"培训优质品牌遴选 {today.isoformat()}",
            "opens_on": today.isoformat(),
            "closes_on": today.isoformat(),
            "review_until": (today + timedelta(days=15)).isoformat(),
            "deliberation_until": (today + timedelta(days=30)).isoformat(),
            "publication_on": (today + timedelta(days=40)).isoformat(),
        },
    )
    opened = await centre.post(f"/brand/v1/rounds/{announced['id']}/open", version=announced["version"])
    expect(opened["accepts_applications"] is True, "a round that takes applications", opened)
    play.tell.done("开启品牌遴选", "Round opened", f"{opened['opens_on']}…{opened['closes_on']} B05")
    return opened


async def _applied(play: Play, opened: Json, account: Account) -> Json:
    """B07: the institution applies to its district; the brand service knows it once its event has arrived."""
    own = await play.actor(account)
    path = f"/brand/v1/rounds/{opened['id']}/applications"
    draft = await eventually(
        "the registered institution known to the brand service",
        lambda: own.tried(path, _MATERIALS),
        lambda answer: answer.get("code") != "unknown_institution",
    )
    application = await own.post(f"/brand/v1/applications/{draft['id']}/submit", version=draft["version"])
    expect(application.get("state") == "submitted", "a submitted application", application)
    play.tell.done("机构申报品牌", "Institution applies", f"{account.credit_code} B07")
    return application


async def _recognised(play: Play, opened: Json, application: Json) -> None:
    """B07, B08: the district recommends, the city bureau deliberates and publishes."""
    officer, centre = await play.actor(play.officers.approves), await play.actor(CITY_CENTRE)
    recommended = await officer.post(
        f"/brand/v1/applications/{application['id']}/recommend",
        {"comment": "材料齐全，成效突出，同意推荐"},
        version=application["version"],
    )
    expect(recommended["state"] == "recommended", "a recommended application", recommended)
    path = f"/brand/v1/rounds/{opened['id']}"
    closed = await centre.post(f"{path}/close", version=opened["version"])
    bureau = await play.actor(CITY_BUREAU)
    chosen = {"recognised": [{"application_id": application["id"], "tier": "district"}]}
    listed = await bureau.post(f"{path}/deliberate", chosen, version=closed["version"])
    await bureau.post(f"{path}/publish", version=listed["version"])
    published = await play.public.get(path)
    expect(published["state"] == "published", "a published list", published)


async def _certificate_revoked(play: Play, claim: Json) -> None:
    """D06, D09: a certificate whose subsidy was paid is revoked, for a reason that matches X2."""
    centre = await play.actor(CITY_CENTRE)
    number = claim["certificate_number"]
    reasons: list[Json] = await play.public.read("/cert/v1/revocation-reasons")
    [reason] = [one for one in reasons if one["code"] == _REASON]
    expect(reason["exit_ground"] == _GROUND, f"a reason that matches {_GROUND}", reason)
    [certificate] = await centre.all("/cert/v1/certificates", number=number)
    revoked = await centre.post(
        f"/cert/v1/certificates/{number}/revoke",
        {"reason_code": _REASON, "note": "经查实，以骗取补贴为目的取得证书"},
        version=certificate["version"],
    )
    expect(revoked["status"] == "revoked", "a revoked certificate", revoked)
    shown = await play.public.get(f"/cert/v1/certificates/{number}")
    expect(shown["status"] == "revoked", "the revocation in the public check", shown)
    play.tell.done("撤销证书", "Certificate revoked", f"{number} {reason['zh']} {_GROUND}")


async def _recovery_opened(play: Play, claim: Json) -> None:
    """D06: the subsidy is paid already, so a recovery case opens; the claim stays paid."""
    officer = await play.actor(play.officers.accepts)
    recoveries = await eventually(
        "a recovery case for the paid claim",
        lambda: officer.all("/subsidy/v1/recoveries"),
        lambda found: any(one["claim_id"] == claim["id"] for one in found),
    )
    [recovery] = [one for one in recoveries if one["claim_id"] == claim["id"]]
    expect(recovery["amount_fen"] == claim["amount_fen"], "the whole amount to recover", recovery)
    amount = f"{recovery['amount_fen'] // 100}元"
    play.tell.done("已发放补贴，立案追回", "Paid already: recovery case opened", f"{amount} D06")


async def _brand_revoked(play: Play) -> date:
    """B11, D09: the revocation opened an exit case; the district verifies, the city bureau revokes."""
    officer, bureau = await play.actor(play.officers.approves), await play.actor(CITY_BUREAU)
    code = play.cast.credit_code
    [case] = await eventually(
        "an exit case for the brand's holder",
        lambda: officer.all("/brand/v1/exit-cases", credit_code=code),
        lambda found: len(found) == 1,
    )
    expect(case["ground"] == _GROUND and case["state"] == "opened", f"an open case on {_GROUND}", case)
    play.tell.done("开启退出核查", "Exit case opened", f"{_GROUND} D09")
    await play.later(days=2)
    path = f"/brand/v1/exit-cases/{case['id']}"
    heard = await _heard(play, officer, case)
    found = {"founded": True, "statement": "经核实，情况属实，报请市局处理"}
    verified = await officer.post(f"{path}/verify", found, version=heard["version"])
    expect(verified["state"] == "reported", "a case reported to the city", verified)
    play.tell.done("区核实并上报", "District verifies and reports", "B11")
    decision = {"reason": "情节属实，撤销品牌认定"}
    revoked = await bureau.post(f"{path}/revoke", decision, version=verified["version"])
    expect(revoked["state"] == "revoked", "a revoked brand", revoked)
    history = await play.public.get(f"/brand/v1/brands/{code}")
    expect(history["holds_brand"] is False, "no brand in force", history)
    play.tell.done("市局撤销品牌认定", "City bureau revokes the brand", f"{revoked['decided_on']} B11")
    return date.fromisoformat(revoked["decided_on"])


async def _heard(play: Play, officer: Actor, case: Json) -> Json:
    """B11: the institution is told what is to be found, and answers."""
    notice = {"notice": "拟认定你单位参与骗取培训补贴，属退出情形。请陈述申辩"}
    told = await officer.post(f"/brand/v1/exit-cases/{case['id']}/notify", notice, version=case["version"])
    play.tell.done("告知机构", "The institution is notified", f"≤ {told['answer_by']} B11")
    own = await play.actor(play.cast.institution())
    answer = {"answer": "相关学员由第三方招收，本单位已停止合作"}
    heard = await own.post(f"/brand/v1/my/exit-cases/{case['id']}/answer", answer, version=told["version"])
    expect(heard["state"] == "heard", "an answer", heard)
    play.tell.done("机构陈述申辩", "The institution answers", "B11")
    return heard


async def _barred(play: Play, revoked_on: date) -> None:
    """B12, D07: a new application inside 2 years is refused naming the day; another institution wins."""
    opened = await _round_opened(play)
    own = await play.actor(play.cast.institution())
    draft = await own.post(f"/brand/v1/rounds/{opened['id']}/applications", _MATERIALS)
    problem = await own.refused(f"/brand/v1/applications/{draft['id']}/submit", version=draft["version"])
    again = add_years(revoked_on, 2) + timedelta(days=1)
    bans = [one for one in problem["findings"] if one["rule"] == "B12" and one["outcome"] == "failed"]
    expect(len(bans) == 1 and again.isoformat() in bans[0]["en"], f"a refusal naming {again}", problem)
    play.tell.done("2年内不得重新申报", "Barred for 2 years", f"≥ {again} B12 D07")
    application = await _applied(play, opened, play.cast.rival())
    await _recognised(play, opened, application)
    play.tell.done("新一轮名单公布", "The next list is published", play.cast.rival_name)
