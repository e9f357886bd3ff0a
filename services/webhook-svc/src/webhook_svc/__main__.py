"""``python -m webhook_svc api | worker | migrate``."""

from chuangpei.command_line import command_of, run


def main() -> None:
    """Does what the command line asks, and imports the service only once it asks for something."""
    command = command_of("webhook_svc", port=8005)

    from webhook_svc import app
    from webhook_svc.settings import Settings

    run(command, Settings, app)


if __name__ == "__main__":
    main()
