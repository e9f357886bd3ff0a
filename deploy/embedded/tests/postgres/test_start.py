"""The embedded PostgreSQL in good days: start, stop, databases, ports, and who may come in."""

import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import pytest
from chuangpei_embedded.postgres import PostgresError, PostgresServer
from chuangpei_embedded.postgres_process import processes_in

MakeServer = Callable[..., PostgresServer]
Query = Callable[..., Awaitable[object]]


def data_of(folder: Path) -> Path:
    return (folder / "data").resolve()


async def test_a_first_start_makes_a_database_and_a_second_finds_it_again(
    folder: Path, programs: Path | None, make_server: MakeServer, query: Query
) -> None:
    first = make_server(folder, bin_dir=programs, durable=True)
    first.start()
    first.start()
    await query(first, "CREATE TABLE kept AS SELECT 7 AS n")
    port, dsn = first.port, first.dsn()
    first.stop()
    first.stop()

    second = make_server(folder, bin_dir=programs, durable=True)
    second.start()

    assert await query(second, "SELECT n FROM kept") == 7
    assert (second.port, second.dsn()) == (port, dsn)
    assert (
        await query(second, "SELECT current_setting('fsync') || current_setting('data_checksums')") == "onon"
    )
    assert await query(second, "SELECT current_setting('server_encoding')") == "UTF8"


async def test_only_loopback_is_listened_on_and_no_socket_file_is_made(
    folder: Path, programs: Path | None, make_server: MakeServer, query: Query
) -> None:
    server = make_server(folder, bin_dir=programs)
    server.start()

    assert await query(server, "SELECT current_setting('listen_addresses')") == "127.0.0.1"
    assert await query(server, "SELECT current_setting('unix_socket_directories')") == ""
    trusting = "SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'"
    assert await query(server, trusting) == 0


async def test_a_wrong_password_is_refused(folder: Path, make_server: MakeServer) -> None:
    server = make_server(folder)
    server.start()

    for wrong in ("guess", ""):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(
                host="127.0.0.1",
                port=server.port,
                user="chuangpei",
                password=wrong,
                database="postgres",
                ssl=False,
            )
    assert (folder / "password").stat().st_mode & 0o777 == 0o600


async def test_databases_are_created_copied_and_dropped_any_number_of_times(
    folder: Path, programs: Path | None, make_server: MakeServer
) -> None:
    server = make_server(folder, bin_dir=programs)
    server.start()

    for _ in range(2):
        server.create_database('odd "name"')
        server.create_database("copy", template='odd "name"')
    assert server.database_exists('odd "name"')
    assert server.database_exists("copy")
    connection = await asyncpg.connect(server.dsn('odd "name"'), ssl=False)
    for _ in range(2):
        server.drop_database('odd "name"')
    assert not server.database_exists('odd "name"')
    connection.terminate()
    with pytest.raises(PostgresError, match="does not exist"):
        server.create_database("another", template="absent")
    with pytest.raises(ValueError, match="not a name"):
        server.create_database("n" * 64)


async def test_stopping_ends_open_sessions_and_leaves_no_process(
    folder: Path, make_server: MakeServer
) -> None:
    server = make_server(folder)
    server.start()
    connection = await asyncpg.connect(server.dsn(), ssl=False)
    assert len(processes_in(data_of(folder))) > 1

    server.stop()

    assert processes_in(data_of(folder)) == []
    assert server.pid is None
    connection.terminate()


def test_a_demanded_port_that_is_taken_is_named(folder: Path, make_server: MakeServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = make_server(folder, port=port)
        with pytest.raises(PostgresError, match=f"port {port} .* taken"):
            server.start()
    server.start()
    assert server.port == port


async def test_another_port_is_chosen_when_the_last_one_was_taken_meanwhile(
    folder: Path, make_server: MakeServer, query: Query
) -> None:
    server = make_server(folder)
    server.start()
    last = server.port
    server.kill()

    with socket.create_server(("127.0.0.1", last)):
        server.start()

        assert server.port != last
        assert await query(server, "SELECT 1") == 1


def test_a_second_launcher_on_the_folder_is_refused(folder: Path, make_server: MakeServer) -> None:
    make_server(folder).start()

    with pytest.raises(PostgresError, match="another launcher"):
        make_server(folder).start()


def test_what_the_launcher_decides_itself_cannot_be_set(folder: Path) -> None:
    with pytest.raises(ValueError, match="listen_addresses"):
        PostgresServer(folder, settings={"listen_addresses": "*"})


def test_a_setting_the_server_refuses_is_reported_in_its_words(folder: Path, make_server: MakeServer) -> None:
    server = make_server(folder, settings={"no_such_setting": "1"})

    with pytest.raises(PostgresError, match='unrecognized configuration parameter "no_such_setting"'):
        server.start()
    assert processes_in(data_of(folder)) == []
