"""All tables together, for the migrations."""

from training_svc.activities import tables as activities
from training_svc.anomalies import tables as anomalies
from training_svc.appraisals import tables as appraisals
from training_svc.attendance import tables as attendance
from training_svc.brand_standings import tables as brand_standings
from training_svc.classes import tables as classes
from training_svc.complaints import tables as complaints
from training_svc.course_materials import tables as course_materials
from training_svc.courses import tables as courses
from training_svc.designations import tables as designations
from training_svc.enrolments import tables as enrolments
from training_svc.enterprises import tables as enterprises
from training_svc.exits import tables as exits
from training_svc.feedback import tables as feedback
from training_svc.follow_ups import tables as follow_ups
from training_svc.inspection_programmes import tables as inspection_programmes
from training_svc.inspections import tables as inspections
from training_svc.institutions import tables as institutions
from training_svc.instructors import tables as instructors
from training_svc.norms import tables as norms
from training_svc.periodic_evaluations import tables as periodic_evaluations
from training_svc.projects import tables as projects
from training_svc.qualifications import tables as qualifications
from training_svc.rankings import tables as rankings
from training_svc.results import tables as results
from training_svc.rosters import tables as rosters
from training_svc.sanctions import tables as sanctions
from training_svc.schema import metadata
from training_svc.sites import tables as sites
from training_svc.standards import tables as standards
from training_svc.studios import tables as studios
from training_svc.training_plans import tables as training_plans
from training_svc.working_mechanisms import tables as working_mechanisms

__all__ = [
    "activities",
    "anomalies",
    "appraisals",
    "attendance",
    "brand_standings",
    "classes",
    "complaints",
    "course_materials",
    "courses",
    "designations",
    "enrolments",
    "enterprises",
    "exits",
    "feedback",
    "follow_ups",
    "inspection_programmes",
    "inspections",
    "institutions",
    "instructors",
    "metadata",
    "norms",
    "periodic_evaluations",
    "projects",
    "qualifications",
    "rankings",
    "results",
    "rosters",
    "sanctions",
    "sites",
    "standards",
    "studios",
    "training_plans",
    "working_mechanisms",
]
