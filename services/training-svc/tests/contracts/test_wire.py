"""What goes out on the wire: types, keys and order, and no clear personal data."""

from datetime import timedelta
from pathlib import Path

import orjson
import training_svc
from chuangpei.events.registry import TRAINING_EVENTS
from chuangpei.events.training import (
    AnomalyFound,
    CompletionRevoked,
    CourseRecognised,
    CourseRetired,
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
        {"type": TrainingCompleted.TYPE, "key": enrolment["id"]},
    ]
    wire = await world.count("SELECT string_agg(convert_from(value, 'UTF8'), ' ') FROM outbox")
    assert not any(clear in wire for clear in trainee.values())


def test_every_event_of_the_contract_is_made_somewhere():
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    assert [event.__name__ for event in TRAINING_EVENTS if f"{event.__name__}(" not in code] == []
async def test_every_event_of_the_service_is_one_it_emits(world):
    assert set(TRAINING_EVENTS) == {
        InstitutionRegistered,
        QualificationApproved,
        TrainingCompleted,
        CourseRecognised,
        CourseRetired,
        CompletionRevoked,
        InstructorAppraisalDue,
        InstructorExited,
        InstructorReinstated,
        AnomalyFound,
    }


async def test_dates_on_the_wire_are_civil_dates_of_shanghai(world):
    world.clock.set(world.at(0, 0) - timedelta(minutes=1))
    await world.institution()
    world.clock.advance(minutes=1)
    await world.institution()
    values = await world.count("SELECT array_agg(value ORDER BY id) FROM outbox")
    assert [orjson.loads(value)["registered_on"] for value in values] == ["2026-03-01", "2026-03-02"]


async def test_an_event_continues_the_trace_of_its_request(world):
    trace = "0af7651916cd43dd8448eb211c80319c"
    body = world.institution_body()
    headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    await world.post("/institutions", body, by=world.officer(), headers=headers)
    assert (await world.count("SELECT traceparent FROM outbox")).split("-")[1] == trace
