"""``tools``: the development tools and simulators alone, for services in processes of their own."""

import asyncio
from pathlib import Path

from chuangpei.service import RefusedToStart

from chuangpei_embedded.commands import Failed, until_told
from chuangpei_embedded.dev.app import create_dev_app
from chuangpei_embedded.gateway import Gateway, PortTaken, listening, serving
from chuangpei_embedded.keys import kept_secrets
from chuangpei_embedded.simulators.app import create_simulators


def serve_tools(folder: Path, port: int, environment: str, subsidy: str) -> int:
    """Serves until told to stop; raises ``Failed`` outside the embedded environment or on a taken port."""
    try:
        tools = create_dev_app(folder, environment)
        simulators = create_simulators(
            folder / "simulators",
            environment,
            subsidy=subsidy,
            platform_secret=kept_secrets(folder).platform_secret,
        )
        gateway = Gateway({"dev": tools, "": simulators})
        listener = listening(port)
    except (RefusedToStart, PortTaken) as error:
        raise Failed(str(error)) from None

    async def serve() -> None:
        async with serving(gateway, listener):
            await asyncio.Event().wait()

    return until_told(serve)
