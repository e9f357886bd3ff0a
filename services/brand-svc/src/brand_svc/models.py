"""Every table of brand-svc, for migrations."""

from brand_svc.applications.tables import applications
from brand_svc.assessments.tables import assessments
from brand_svc.assessors.tables import assessors, ties
from brand_svc.assignments.tables import assignments, scores
from brand_svc.brands.tables import brands
from brand_svc.exit_cases.tables import exit_cases, recusals
from brand_svc.indicators.tables import indicator_counts, indicator_facts
from brand_svc.institutions.tables import classes, inactivities, institutions, qualifications, sanctions
from brand_svc.rankings.tables import ranking_entries, rankings
from brand_svc.reports.tables import reports
from brand_svc.risk.tables import signal_tallies
from brand_svc.rounds.tables import overdue_steps, recognitions, rounds
from brand_svc.rubrics.tables import round_rubrics, rubrics
from brand_svc.schema import metadata
from brand_svc.scorings.tables import moderations, scorings
from brand_svc.signals.tables import signals
from brand_svc.standing.tables import bans, standings

__all__ = [
    "applications",
    "assessments",
    "assessors",
    "assignments",
    "bans",
    "brands",
    "classes",
    "exit_cases",
    "inactivities",
    "indicator_counts",
    "indicator_facts",
    "institutions",
    "metadata",
    "moderations",
    "overdue_steps",
    "qualifications",
    "ranking_entries",
    "rankings",
    "recognitions",
    "recusals",
    "reports",
    "round_rubrics",
    "rounds",
    "rubrics",
    "sanctions",
    "scores",
    "scorings",
    "signal_tallies",
    "signals",
    "standings",
    "ties",
]
