"""One API process of subsidy-svc for the test that kills it; the registries of others answer at once."""

import json
import sys
from datetime import date

from chuangpei.auth import TokenVerifier
from chuangpei.kernel.enterprises import Enterprise
from chuangpei.service import DEVELOPMENT_ISSUER, serve
from chuangpei.testing.clock import FixedClock
from chuangpei.testing.settings import test_settings
from subsidy_svc.app import assemble, create_api
from subsidy_svc.ports.accounts import BankAccount
from subsidy_svc.settings import Settings


class EverybodysFirm:
    """Everybody is the legal representative of a firm registered in time."""

    async def relation(self, credit_code, id_number, on):
        role = frozenset({"legal_representative"})
        return Enterprise(credit_code, "上海申创科技有限公司", date(2024, 5, 10), "31", "active", role)

    async def close(self): ...


class EverybodysAccount:
    """Everybody has an account of their own, linked to their card."""

    async def of_person(self, id_number, name):
        return (BankAccount("中国银行", "6222021001122334455", name, linked_to_card=True, status="active"),)

    async def close(self): ...


def main():
    """``killed_api.py {"dsn": …, "jwks": …, "port": …, "today": …}``"""
    given = json.loads(sys.argv[1])
    settings = test_settings(
        Settings,
        given["dsn"],
        registry_url="http://127.0.0.1:9/unused",
        accounts_url="http://127.0.0.1:9/unused",
        attachments_url=f"file://{given['folder']}",
    )

    async def keys():
        return given["jwks"]

    service = assemble(
        settings,
        clock=FixedClock.on(date.fromisoformat(given["today"])),
        verifier=TokenVerifier(DEVELOPMENT_ISSUER, "chuangpei", keys, settings.privacy().person_key),
        registry=EverybodysFirm(),
        accounts=EverybodysAccount(),
    )
    serve(create_api(service), "127.0.0.1", given["port"])


if __name__ == "__main__":
    main()
