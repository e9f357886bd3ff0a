"""The map of training-svc: what it consists of and how it comes alive."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from chuangpei.auth import TokenVerifier
from chuangpei.background import Job
from chuangpei.bus.port import Bus
from chuangpei.documents import Documents
from chuangpei.kernel.clock import Clock
from chuangpei.kernel.refusals import Text
from chuangpei.operations import operations_router
from chuangpei.passes import Passes
from chuangpei.ports.registry import HttpRegistry, Registry
from chuangpei.service import (
    alive,
    background_of,
    bus_of,
    clock_of,
    database_of,
    remote_wake_of,
    verifier_of,
)
from chuangpei.web import create_app
from fastapi import FastAPI

from training_svc.activities.routes import router as activities
from training_svc.anomalies.routes import router as anomalies
from training_svc.appraisals.routes import router as appraisals
from training_svc.attendance.lists import router as attendance_lists
from training_svc.attendance.routes import router as attendance
from training_svc.checkins.routes import router as checkins
from training_svc.classes.routes import router as classes
from training_svc.complaints.routes import router as complaints
from training_svc.completions.routes import router as completions
from training_svc.consumers import HANDLERS
from training_svc.course_materials.routes import router as course_materials
from training_svc.courses.assessment_routes import router as course_assessments
from training_svc.courses.catalogue import router as course_catalogue
from training_svc.courses.routes import router as courses
from training_svc.designations.routes import router as designations
from training_svc.enrolments.routes import router as enrolments
from training_svc.exits.routes import router as exits
from training_svc.feedback.result_routes import router as feedback_results
from training_svc.feedback.routes import router as feedback
from training_svc.follow_ups.list_routes import router as follow_up_lists
from training_svc.follow_ups.routes import router as follow_ups
from training_svc.inspection_programmes.routes import router as inspection_programmes
from training_svc.inspections.list_routes import router as inspection_lists
from training_svc.inspections.routes import router as inspections
from training_svc.institutions.routes import router as institutions
from training_svc.instructors.decision_routes import router as instructor_decisions
from training_svc.instructors.routes import router as instructors
from training_svc.norms.routes import router as norms
from training_svc.periodic_evaluations.routes import router as periodic_evaluations
from training_svc.policy.parameters import load_law
from training_svc.projects.routes import router as projects
from training_svc.qualifications.decision_routes import router as qualification_decisions
from training_svc.qualifications.routes import router as qualifications
from training_svc.rankings.routes import router as rankings
from training_svc.results.routes import router as results
from training_svc.rosters.routes import router as rosters
from training_svc.sanctions.routes import router as sanctions
from training_svc.service import Service
from training_svc.settings import Settings
from training_svc.sites.routes import router as sites
from training_svc.standards.routes import router as standards
from training_svc.student_files.routes import router as student_files
from training_svc.studios.routes import router as studios
from training_svc.teacher_files.routes import router as teacher_files
from training_svc.timers import timers
from training_svc.training_plans.routes import router as training_plans
from training_svc.working_mechanisms.routes import router as working_mechanisms

NAME = "training"
MIGRATIONS = Path(__file__).parents[2] / "migrations"
ROUTERS = (
    projects,
    standards,
    norms,
    institutions,
    sites,
    sanctions,
    complaints,
    results,
    rankings,
    designations,
    qualifications,
    qualification_decisions,
    classes,
    enrolments,
    rosters,
    courses,
    course_assessments,
    course_materials,
    course_catalogue,
    completions,
    attendance,
    attendance_lists,
    checkins,
    working_mechanisms,
    training_plans,
    instructors,
    instructor_decisions,
    # Lists first: their paths would be taken for the id of one.
    follow_up_lists,
    follow_ups,
    student_files,
    appraisals,
    exits,
    studios,
    activities,
    teacher_files,
    feedback,
    feedback_results,
    anomalies,
    inspection_programmes,
    inspection_lists,
    inspections,
    periodic_evaluations,
)


def assemble(
    settings: Settings,
    *,
    clock: Clock | None = None,
    bus: Bus | None = None,
    verifier: TokenVerifier | None = None,
    registry: Registry | None = None,
) -> Service:
    """The service with its parts; nothing is connected yet."""
    privacy = settings.privacy()
    return Service(
        settings=settings,
        clock=clock or clock_of(settings),
        database=database_of(settings, NAME),
        bus=bus or bus_of(settings),
        privacy=privacy,
        verifier=verifier or verifier_of(settings),
        law=load_law(),
        codes=Passes(privacy.at_rest, "training.attendance.code"),
        documents=Documents(),
        registry=registry or HttpRegistry(settings.registry_url, settings.port_timeout_seconds),
    )


def create_api(service: Service, *, with_work: bool = False) -> FastAPI:
    """The HTTP face; ``with_work`` makes the same process do the background work too."""
    database = service.database

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        work = jobs(service) if with_work else remote_wake_of(database)
        async with alive(database, service.bus, work):
            try:
                yield
            finally:
                await service.registry.close()

    return create_app(
        name=NAME,
        title=Text("创培 · 培训服务", "Chuangpei training"),
        description="机构、资质、班级、实名报名、考勤与结业 · Institutions, classes, attendance, completion",
        state=service,
        verifier=service.verifier,
        routers=(*ROUTERS, operations_router(NAME, database, service.clock)),
        is_ready=database.is_ready,
        lifespan=lifespan,
        max_body_bytes=service.settings.max_body_bytes,
    )


def jobs(service: Service) -> list[Job]:
    """The background work: the relay, what cert-svc tells of results, and what time makes due."""
    return background_of(
        service.settings,
        service.database,
        service.bus,
        name=NAME,
        handlers=HANDLERS,
        timers=timers(service),
    )
