"""``python -m cert_svc api | worker | migrate``."""

from chuangpei.command_line import command_of, run


def main() -> None:
    """Does what the command line asks, and imports the service only once it asks for something."""
    command = command_of("cert_svc", port=8002)

    from cert_svc import app
    from cert_svc.settings import Settings

    run(command, Settings, app)


if __name__ == "__main__":
    main()
