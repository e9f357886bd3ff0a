"""The payment of cleared claims: batch, seal, hand-over, bank, settlement (S10, S11, D05)."""

from collections.abc import Sequence

from chuangpei_embedded.accounts import CITY_CENTRE
from chuangpei_embedded.simulators.bank import pay_all
from chuangpei_embedded.story.cast import Person
from chuangpei_embedded.story.client import Json, expect
from chuangpei_embedded.story.play import Play

_AMOUNT_FEN = 180_000
_BUDGET_FEN = 1_000 * _AMOUNT_FEN


async def set_budget(play: Play, year: int) -> None:
    """O04: without a budget of the year nothing is paid; the city centre sets the district's."""
    centre = await play.actor(CITY_CENTRE)
    budget = {"district": play.cast.district, "fund_year": year, "amount_fen": _BUDGET_FEN}
    budget |= {"document_number": f"沪财社〔{year}〕8号", "reason": "年初预算下达"}
    answer = await centre.tried("/subsidy/v1/budgets", budget)
    known = answer.get("code") == "budget_set"  # by an earlier telling in the same district
    expect(known or answer["left_fen"] == _BUDGET_FEN, "a budget of which all is left", answer)
    play.tell.done("下达预算", "Budget set", f"{year} {_BUDGET_FEN // 100}元 O04")


async def pay_batch(play: Play, claims: dict[Person, Json], paid: Sequence[Person]) -> None:
    """The district drafts and seals a batch of what it has cleared; the city pays it and settles every line.

    The claims of ``paid`` must be among them.
    """
    officer, centre = await play.actor(play.officers.pays), await play.actor(CITY_CENTRE)
    drafted = await officer.post("/subsidy/v1/batches", {})
    path = f"/subsidy/v1/batches/{drafted['id']}"
    sealed = await officer.post(f"{path}/seal", version=drafted["version"])
    expect(
        sealed["state"] == "sealed"
        and sealed["lines"] >= len(paid)
        and sealed["total_fen"] == sealed["lines"] * _AMOUNT_FEN
        and len(sealed["sha256"]) == 64,
        "a sealed batch with its control totals",
        sealed,
    )
    fact = f"{sealed['number']} {sealed['lines']}×1800元 SHA-256 {sealed['sha256'][:12]}…"
    play.tell.done("支付批次封存", "Batch sealed", f"{fact} S10")
    handed = await officer.post(f"{path}/hand-over", version=sealed["version"])
    received = await centre.post(f"{path}/receive", version=handed["version"])
    expect(received["state"] == "received", "a batch received by the city", received)
    play.tell.done("区移交，市接收", "Handed over and received", received["number"])
    await centre.post(f"{path}/bank-results", pay_all(await centre.text(f"{path}/export.csv")))
    settled = await centre.get(path)
    expect(settled["state"] == "settled", "a settled batch", settled)
    for person in paid:
        holder = await play.actor(person.account())
        claims[person] = await holder.get(f"/subsidy/v1/claims/{claims[person]['id']}")
        expect(claims[person]["state"] == "paid", "a paid claim", claims[person])
    play.tell.done("银行回盘，逐笔结算", "Bank's result imported, line by line", f"{len(paid)} S10 S11")
