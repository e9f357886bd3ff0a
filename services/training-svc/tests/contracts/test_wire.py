"""What goes out on the wire: types, keys and order, and no clear personal data."""

from pathlib import Path

import training_svc
from chuangpei.events.registry import TRAINING_EVENTS
from chuangpei.events.training import (
    ClassFiled,
    InstitutionRegistered,
    QualificationApproved,
    StandardPublished,
    TrainingCompleted,
)

SOURCE = Path(training_svc.__file__).parent
COLUMNS = "SELECT json_agg(json_build_object('type', type, 'key', key) ORDER BY id) FROM outbox"


async def test_the_whole_path_emits_each_event_once_under_its_key(world):
    institution = await world.qualified()
    (standard,) = (await world.get("/standards", world.centre)).json()["items"]
    filed = await world.filed(institution)
    trainee = world.trainee(name="司马相如")
    enrolment = await world.enrolled(institution, filed, **trainee)
    await world.attended(institution, filed, enrolment, 4)
    by = world.of_institution(institution)
    await world.made(f"/enrolments/{enrolment['id']}/complete", None, by, enrolment["version"])
    assert await world.count(COLUMNS) == [
        {"type": StandardPublished.TYPE, "key": standard["id"]},
        {"type": InstitutionRegistered.TYPE, "key": institution["credit_code"]},
        {"type": QualificationApproved.TYPE, "key": institution["credit_code"]},
        {"type": ClassFiled.TYPE, "key": filed["id"]},
        {"type": TrainingCompleted.TYPE, "key": enrolment["id"]},
    ]
    wire = await world.count("SELECT string_agg(convert_from(value, 'UTF8'), ' ') FROM outbox")
    assert not any(clear in wire for clear in trainee.values())


def test_every_event_of_the_contract_is_made_somewhere():
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    assert [event.__name__ for event in TRAINING_EVENTS if f"{event.__name__}(" not in code] == []
