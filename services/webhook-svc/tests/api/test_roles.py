"""Each role on each route: 401 without a token, 403 with the wrong role."""

from uuid import uuid4

import pytest
from chuangpei.auth import Role
from chuangpei.testing.api import ALL_ROLES, operations

CENTRE, BUREAU, AUDITOR, AGENCY = Role.CITY_CENTRE, Role.CITY_BUREAU, Role.AUDITOR, Role.AGENCY
PUBLIC = set(ALL_ROLES) | {None}
READERS = {CENTRE, AUDITOR, AGENCY}
V1 = "/webhook/v1"
ONE_AGENCY, ENDPOINT = f"{V1}/agencies/{{agency_id}}", f"{V1}/endpoints/{{endpoint_id}}"
PARKED = f"{V1}/operations/parked-messages"
MAY = {
    ("POST", f"{V1}/agencies"): {CENTRE},
    ("GET", f"{V1}/agencies"): {CENTRE, AUDITOR},
    ("GET", f"{V1}/agencies/export"): {CENTRE, AUDITOR},
    ("GET", f"{V1}/agency"): {AGENCY},
    ("GET", ONE_AGENCY): {CENTRE, AUDITOR},
    ("POST", f"{ONE_AGENCY}/amend"): {CENTRE},
    ("GET", f"{ONE_AGENCY}/amendments"): {CENTRE, AUDITOR},
    ("POST", f"{ONE_AGENCY}/suspend"): {CENTRE},
    ("POST", f"{ONE_AGENCY}/resume"): {CENTRE},
    ("POST", f"{V1}/endpoints"): {AGENCY},
    ("GET", f"{V1}/endpoints"): READERS,
    ("GET", ENDPOINT): READERS,
    ("POST", f"{ENDPOINT}/amend"): {AGENCY},
    ("POST", f"{ENDPOINT}/pause"): {AGENCY},
    ("POST", f"{ENDPOINT}/resume"): {AGENCY},
    ("POST", f"{ENDPOINT}/delete"): {AGENCY},
    ("POST", f"{ENDPOINT}/rotate"): {AGENCY},
    ("POST", f"{ENDPOINT}/test"): {AGENCY},
    ("GET", f"{ENDPOINT}/keys"): READERS,
    ("GET", f"{ENDPOINT}/jwks.json"): PUBLIC,
    ("GET", f"{ENDPOINT}/deliveries"): READERS,
    ("GET", f"{ENDPOINT}/attempts"): READERS,
    ("POST", f"{ENDPOINT}/deliveries/{{event_id}}/resend"): {AGENCY},
    ("POST", f"{ENDPOINT}/recover"): {AGENCY},
    ("POST", f"{ENDPOINT}/replay"): {AGENCY},
    ("GET", f"{V1}/events"): {AGENCY},
    ("GET", f"{V1}/event-types"): PUBLIC,
    ("GET", f"{V1}/event-types/{{event_type}}/schema"): PUBLIC,
    ("GET", PARKED): {CENTRE, BUREAU, AUDITOR},
    ("POST", f"{PARKED}/{{message_id}}/replay"): {CENTRE},
    ("POST", f"{PARKED}/{{message_id}}/discard"): {CENTRE},
    ("GET", "/webhook/healthz"): PUBLIC,
    ("GET", "/webhook/readyz"): PUBLIC,
}


async def test_every_route_is_in_the_table(hub):
    assert set(operations(hub.app)) == set(MAY)


@pytest.mark.parametrize("role", [None, *ALL_ROLES])
async def test_a_role_is_let_in_where_the_table_says_and_nowhere_else(hub, role):
    await hub.granted("market")
    claims = {
        Role.DISTRICT_OFFICER: {"district": "310115"},
        Role.INSTITUTION: {"credit_code": "91310115MA1K35J311"},
        Role.CITIZEN: {"id_number": "11010519491231002X"},
        Role.AGENCY: {"subject": "market"},
    }
    headers = {} if role is None else hub.as_(role, **claims.get(role, {}))
    for (method, path), allowed in MAY.items():
        ids = {"agency_id": uuid4(), "endpoint_id": uuid4(), "event_id": uuid4()}
        filled = path.format(**ids, event_type="one", message_id=1)
        answer = await hub.http.request(method, filled, headers=headers)
        refused = 401 if role is None else 403
        assert (answer.status_code == refused) == (role not in allowed), (method, path, answer.text)
