"""``http.claim_submit``: an application with everything that belongs to it, durable when it is answered."""

from collections.abc import AsyncIterator, Iterator
from itertools import islice

import subsidy_svc.app

from bench import ours as our_services
from bench.ground import Ground, Server, serving
from bench.load import request
from bench.measure import Row, Target, in_turn
from bench.people import PROJECTS, Wish, citizens, wishes

_WARM_UP = 1


class Claimants:
    """The people of one server's database, whose claims are sent stretch by stretch."""

    def __init__(
        self, server: Server, path: str, requests: Iterator[Wish], most: int, signs_in: bool
    ) -> None:
        self.server = server
        self._path = path
        self._wishes = requests
        self._most = most
        self._signs_in = signs_in

    async def submit(self) -> float:
        """Claims a second of the next stretch. People look at windows first, so ours knows each token."""
        taken = list(islice(self._wishes, self._most))
        assert len(taken) == self._most, "too few people"
        if self._signs_in:
            tokens = {wish.citizen.token for wish in taken}
            looks = [
                request("GET", "/subsidy/v1/windows", {"authorization": f"Bearer {one}"}) for one in tokens
            ]
            await self.server.drive(looks, counts=False)
        return (await self.server.drive([one.request(self._path) for one in taken], expected=201)).per_second


async def claimants(
    ground: Ground, server: Server, dsn: str, path: str, *, signs_in: bool, rounds: int
) -> Claimants:
    """People enough for the rounds."""
    most = ground.scale.submissions
    count = -(-most * (rounds + _WARM_UP) // len(PROJECTS))
    service = our_services.subsidy_service(dsn, dsn, str(ground.key_file))
    people = await citizens(dsn, service.privacy, ground.issuer, count)
    return Claimants(server, path, iter(wishes(people)), most, signs_in)


async def rows(ground: Ground) -> AsyncIterator[Row]:
    """Ours against asyncpg by hand, then against the ORM; each on a database of its own."""
    rounds = ground.scale.rounds
    dsns = [
        await ground.database(f"bench_{one}", subsidy_svc.app.MIGRATIONS)
        for one in ("claims", "by_hand", "orm")
    ]
    bus = await ground.bus_url()
    async with (
        serving("bench.ours:subsidy", dsn=dsns[0], bus=bus, key_file=str(ground.key_file)) as our_server,
        serving("bench.peers.claim_submit:create", dsn=dsns[1]) as by_hand_server,
        serving("bench.peers.claim_submit_orm:create", dsn=dsns[2]) as orm_server,
    ):
        ours = await claimants(
            ground, our_server, dsns[0], "/subsidy/v1/claims", signs_in=True, rounds=2 * rounds + 1
        )
        by_hand = await claimants(ground, by_hand_server, dsns[1], "/claims", signs_in=False, rounds=rounds)
        orm = await claimants(ground, orm_server, dsns[2], "/claims", signs_in=False, rounds=rounds)
        for peer, row_name, target, against in (
            (by_hand, "http.claim_submit", 0.60, "FastAPI and raw asyncpg, the same statements by hand"),
            (
                orm,
                "http.claim_submit_vs_orm",
                4.0,
                "FastAPI and the ORM session of SQLAlchemy, as most would",
            ),
        ):
            await in_turn(ours.submit, peer.submit, _WARM_UP)
            our_server.forget()
            peer.server.forget()
            pairs = await in_turn(ours.submit, peer.submit, rounds)
            yield pairs.row(
                row_name,
                "claims/s",
                Target("at least", target),
                against,
                f"tokens seen before; processor time a claim: ours {our_server.microseconds:.0f} µs,"
                f" peer {peer.server.microseconds:.0f} µs",
            )
