"""What time alone makes due."""

from chuangpei.background import Timer

from subsidy_svc.attachments.use_cases import sweep
from subsidy_svc.claims.use_cases import clear_due
from subsidy_svc.law.published import refresh
from subsidy_svc.notices.use_cases import settle_last_days
from subsidy_svc.platform_pushes.courier import Courier
from subsidy_svc.proposals.trial import try_due
from subsidy_svc.reconciliations.use_cases import reconcile_due
from subsidy_svc.registry_checks.use_cases import ask_due
from subsidy_svc.risk_signs.use_cases import look_due
from subsidy_svc.service import Service
from subsidy_svc.windows.reminders import remind
from subsidy_svc.windows.use_cases import close_elapsed_windows, correct_provisional_windows

# A calendar comes with a new version of the program or of its parameters: looking now and then is enough.
_HOUR_SECONDS = 3600.0
_RECONCILE_SECONDS = 600.0


def timers(service: Service) -> list[Timer]:
    """Windows whose last day is over, notices without an objection, registries to be asked again, trials."""

    async def close_windows() -> int:
        async with service.database.transaction() as tx:
            return await close_elapsed_windows(tx, service.clock.today(), service.clock)

    async def remind_holders() -> int:
        async with service.database.transaction() as tx:
            return await remind(tx, service)

    async def clear_claims() -> int:
        async with service.database.transaction() as tx:
            return await clear_due(tx, service)

    async def correct_last_days() -> int:
        async with service.database.transaction() as tx:
            await refresh(tx, service.law)
            settled = await settle_last_days(tx, service.law, service.clock)
            return settled + await correct_provisional_windows(tx, service.law)

    async def reconcile() -> int:
        # All districts of a day in one act: nothing is left to be asked for again at once.
        await reconcile_due(service)
        return 0

    async def sweep_attachments() -> int:
        async with service.database.transaction() as tx:
            return await sweep(tx, service)

    seconds = service.settings.timer_seconds
    platform = service.platform
    told = [] if platform is None else [Timer("tell the platform", Courier(service, platform).carry, seconds)]
    return [
        *told,
        Timer("close elapsed windows", close_windows, seconds),
        Timer("remind of windows that close", remind_holders, seconds),
        Timer("clear claims", clear_claims, seconds),
        Timer("ask registries again", lambda: ask_due(service), seconds),
        Timer("look for risk signs", lambda: look_due(service), seconds),
        Timer("try proposals", lambda: try_due(service), seconds),
        Timer("reconcile the day", reconcile, _RECONCILE_SECONDS),
        Timer("sweep attachments", sweep_attachments, _HOUR_SECONDS),
        Timer("correct provisional last days", correct_last_days, _HOUR_SECONDS),
    ]
