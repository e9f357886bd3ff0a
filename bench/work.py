"""One worker process: ``python -m bench.work subsidy '{json}'`` runs its relay, consumer and timers."""

import json
import sys

import cert_svc.app
import subsidy_svc.app
from chuangpei.service import work

from bench import ours


def main() -> None:
    """Works until told to stop."""
    given = json.loads(sys.argv[2])
    if sys.argv[1] == "cert":
        cert = ours.cert_service(**given)
        work(cert.database, cert.bus, cert_svc.app.jobs(cert))
    else:
        subsidy = ours.subsidy_service(**given)
        work(subsidy.database, subsidy.bus, subsidy_svc.app.jobs(subsidy))


if __name__ == "__main__":
    main()
