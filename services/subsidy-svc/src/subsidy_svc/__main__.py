"""``python -m subsidy_svc api | worker | migrate``."""

from chuangpei.command_line import command_of, run


def main() -> None:
    """Does what the command line asks, and imports the service only once it asks for something."""
    command = command_of("subsidy_svc", port=8003)

    from subsidy_svc import app
    from subsidy_svc.settings import Settings

    run(command, Settings, app)


if __name__ == "__main__":
    main()
