"""The city's platform (一网通办) in the story: one person applies there, and it is told each step (S06)."""

from functools import partial

from chuangpei_embedded.story.client import Actor, Json, eventually, expect
from chuangpei_embedded.story.play import Play

_STEPS = ["已提交", "已受理", "公示中", "待发放", "已发放"]


async def apply_there(play: Play, holder: Actor, application: Json) -> Json:
    """The platform hands the application in with its case number (办件编号); gives the claim."""
    filled = {"channel": "app", "application": application}
    claim = await holder.post("/simulators/platform/v1/applications", filled)
    expect(claim["channel"] == "app" and claim["case_number"], "a claim with a case number", claim)
    play.tell.done("经一网通办提交", "Handed in by the city's platform", f"{claim['case_number']} S06")
    return claim


async def was_told(play: Play, claim: Json) -> None:
    """The platform has been told every step of the claim, in order."""
    path = "/simulators/platform/v1/pushes"
    pushes = await eventually(
        "a push of every step",
        partial(play.public.read, path, case_number=claim["case_number"]),
        lambda found: len(found) == len(_STEPS),
    )
    told = [push["body"]["statusName"] for push in pushes]
    expect(told == _STEPS and all(push["signed"] for push in pushes), "each step, signed", pushes)
    play.tell.done("状态逐步推送至一网通办", "Each step pushed to the platform", "→".join(told))
