"""Stand-ins for what other agencies own, served over HTTP like the real ones; for the embedded run only."""

from pathlib import Path

from fastapi import FastAPI

from chuangpei_embedded.dev.app import LoopbackOnly, refuse_outside_embedded
from chuangpei_embedded.simulators.accounts import accounts_router
from chuangpei_embedded.simulators.platform import platform_router
from chuangpei_embedded.simulators.registry import registry_router


def create_simulators(
    folder: Path, environment: str, *, subsidy: str = "", platform_secret: str = ""
) -> FastAPI:
    """Registries and platform over their files in ``folder``; raises ``RefusedToStart`` outside ``embedded``.

    The platform hands applications to the service at the origin ``subsidy``, which signs what it tells with
    ``platform_secret``.
    """
    refuse_outside_embedded(environment)
    app = FastAPI(
        title="外部系统模拟 · Simulated systems of others",
        docs_url=None,
        redoc_url=None,
        openapi_url="/simulators/openapi.json",
    )
    app.include_router(registry_router(folder / "registry.json"))
    app.include_router(accounts_router(folder / "accounts.json"))
    app.include_router(platform_router(folder / "platform.json", platform_secret, subsidy))
    app.add_middleware(LoopbackOnly)
    return app
