"""The migrated database is what the models say, and refuses what must never happen."""

import re
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from chuangpei.listing import Asked
from chuangpei.migrations import differences, is_current
from chuangpei.testing.contracts import unmatched_checks
from subsidy_svc.app import MIGRATIONS
from subsidy_svc.attachments import repository as attachments
from subsidy_svc.claims import repository as claims
from subsidy_svc.claims import submission
from subsidy_svc.law import published
from subsidy_svc.models import metadata
from subsidy_svc.notices import repository as notices
from subsidy_svc.notices.tables import Standing
from subsidy_svc.objections import repository as objections
from subsidy_svc.platform_pushes import repository as pushes
from subsidy_svc.proposals import repository as proposals
from subsidy_svc.registry_checks import repository as registry_checks
from subsidy_svc.risk_signs import repository as risk_signs
from subsidy_svc.windows import repository as windows


async def test_migrations_match_the_models(make_database):
    dsn = await make_database(MIGRATIONS)
    assert await is_current(dsn, MIGRATIONS)
    assert await differences(dsn, metadata) == []


async def test_every_check_of_the_models_is_in_the_database(make_database):
    assert await unmatched_checks(await make_database(MIGRATIONS), metadata) == set()


PLANS = {
    "a claim's page": (
        claims._DETAIL,
        {"id": UUID(int=1)},
        {"pk_claims", "uq_payment_lines_claim", "ix_payment_lines_ended", "uq_notices_claim_id"},
    ),
    "a person's standing": (
        submission._STANDING,
        {"certificate_id": UUID(int=1), "person_key": "x"},
        {"ix_windows_person", "uq_reservations_person_key_project_code"},
    ),
    "a district's claims in a state": (
        claims.LIST.statement(Asked("district", "310115", "-id", {"state": "submitted"}, {})),
        {"scope": "310115", "of_state": "submitted", "most": 50},
        {"ix_claims_district_state"},
    ),
    "a person's claims": (
        claims.LIST.statement(Asked("person", "x", "-id", {}, {})),
        {"scope": "x", "most": 50},
        {"ix_claims_person"},
    ),
    "the claim of a case number": (
        claims.LIST.statement(Asked("all", "", "-id", {"case_number": "SH00FW20260601000123"}, {})),
        {"scope": "", "of_case_number": "SH00FW20260601000123", "most": 50},
        {"uq_claims_case_number"},
    ),
    "a district's queue by due day": (
        claims.QUEUE.statement(Asked("district", "310115", "due_on", {}, {}), first_page=False),
        {
            "scope": "310115",
            "today": date(2026, 6, 1),
            "place_0": date(2026, 6, 1),
            "place_1": UUID(int=1),
            "most": 50,
        },
        {"ix_claims_queue"},
    ),
    "pushes that are due": (
        pushes._TAKE_DUE,
        {"most": 16, "seconds": 60.0},
        {"ix_platform_pushes_due", "ix_platform_pushes_holding_back"},
    ),
    "pushes that were given up, the newest first": (
        pushes.LIST.statement(Asked(None, None, "-changed_at", {"state": "given_up"}, {})),
        {"of_state": "given_up", "most": 50},
        {"ix_platform_pushes_state"},
    ),
    "claims due for clearing": (
        claims._DUE,
        {"today": date(2026, 6, 1), "most": 500},
        {"ix_claims_notice_due"},
    ),
    "claims whose registries are to be asked again": (
        claims._TO_ASK_AGAIN,
        {"now": datetime(2026, 6, 1, tzinfo=UTC), "most": 20},
        {"ix_claims_ask_again"},
    ),
    "what the registries last answered of a claim": (
        registry_checks._CASE,
        {"id": UUID(int=1)},
        {"pk_claims", "ix_registry_checks_claim"},
    ),
    "claims to be looked at for signs of risk": (
        risk_signs._DUE,
        {"now": datetime(2026, 6, 1, tzinfo=UTC), "most": 200},
        {"ix_claims_signs_due"},
    ),
    "how many share a claim's account, phone and enterprise": (
        risk_signs._PATTERNS,
        {"ids": [UUID(int=1)]},
        {"ix_claims_account_key", "ix_claims_phone_key", "ix_claims_enterprise"},
    ),
    "an institution's approvals of late": (
        risk_signs._APPROVALS,
        {"since": datetime(2026, 6, 1, tzinfo=UTC)},
        {"ix_claims_approved"},
    ),
    "a district's signs of risk": (
        risk_signs.LIST.statement(Asked("district", "310115", "-id", {}, {})),
        {"scope": "310115", "most": 50},
        {"ix_risk_signs_district"},
    ),
    "windows due for closing": (
        windows._CLOSE_ELAPSED,
        {"today": date(2026, 6, 1), "most": 500},
        {"ix_windows_due"},
    ),
    "windows to remind of": (
        windows._TO_REMIND,
        {"today": date(2026, 6, 1), "most": 500},
        {"ix_windows_remind", "ix_claims_standing"},
    ),
    "the last publication of the law": (published._NEWEST, {}, {"uq_proposals_number"}),
    "the next claims of a trial": (
        proposals._STRETCH,
        {"reached": UUID(int=0), "last_claim": UUID(int=1), "most": 200},
        {"pk_claims"},
    ),
    "a claim's files": (
        attachments._LISTED["claim"],
        {"claim_id": UUID(int=1)},
        {"ix_attachments_claim", "ix_attachments_draft", "uq_claim_drafts_claim_id"},
    ),
    "the files of discarded drafts": (attachments._DISCARDED, {"most": 100}, {"ix_attachments_discarded"}),
    "the claims of a revoked certificate": (
        claims._STANDING_OF_CERTIFICATE,
        {"certificate_id": UUID(int=1)},
        {"ix_claims_standing"},
    ),
    "a district's notices": (
        notices.LIST.statement(Asked(None, None, "-id", {"district": "310115"}, {}), first_page=False),
        {"of_district": "310115", "place_0": UUID(int=1), "most": 50, "today": date(2026, 6, 1)},
        {"ix_notices_district"},
    ),
    "the notices that run": (
        notices.LIST.statement(Asked(Standing.CURRENT, None, "-id", {}, {})),
        {"most": 50, "today": date(2026, 6, 1)},
        {"ix_claims_on_notice", "uq_notices_claim_id"},
    ),
    "notices whose last day is provisional": (notices._PROVISIONAL, {}, {"ix_notices_provisional"}),
    "a district's objections by due day": (
        objections.LIST.statement(Asked("district", "310115", "due_on", {}, {})),
        {"scope": "310115", "today": date(2026, 6, 1), "most": 50},
        {"ix_objections_due"},
    ),
    "the objection of a receipt": (
        objections._BY_RECEIPT,
        {"digest": b"x"},
        {"uq_objections_receipt_digest"},
    ),
    "the undecided objections of a claim": (
        objections._UNDECIDED_OF_CLAIM,
        {"claim_id": UUID(int=1)},
        {"ix_objections_claim"},
    ),
    "the evidence of an objection": (
        attachments._LISTED["objection"],
        {"objection_id": UUID(int=1)},
        {"ix_attachments_objection"},
    ),
}


@pytest.mark.parametrize("name", PLANS)
async def test_what_is_asked_often_is_answered_by_an_index(office, name):
    statement, values, indexes = PLANS[name]
    async with office.service.database.transaction() as tx:
        # An empty table is read whole, whatever its indexes; a generic plan must do as well as the first.
        await tx.connection.execute("SET LOCAL enable_seqscan = off")
        await tx.connection.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        plan = await tx.connection.fetch(f"EXPLAIN {statement.sql}", *statement.arguments(values))
    text = "\n".join(row[0] for row in plan)
    assert indexes <= set(re.findall(r"(?:using|on) ((?:pk|ix|uq)_\w+)", text)), text
