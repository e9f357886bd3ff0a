"""The store of files keeps one promise, in a folder and in a bucket of an S3-speaking server."""

import socket
import threading

import pytest
from chuangpei.kernel.refusals import Refusal
from chuangpei.testing.settings import test_settings
from subsidy_svc.ports.files import StoredFiles
from subsidy_svc.settings import Settings


def settings_of(url, **given):
    return test_settings(
        Settings, "postgresql://unused", registry_url="", accounts_url="", attachments_url=url, **given
    )


@pytest.fixture(scope="module")
def s3():
    """A server that speaks S3, with one bucket."""
    import httpx
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    authorization = "AWS4-HMAC-SHA256 Credential=key/20260601/us-east-1/s3/aws4_request, Signature=x"
    made = httpx.put(f"{endpoint}/claims-of-subsidy", headers={"authorization": authorization})
    assert made.status_code == 200, made.text
    yield endpoint
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(params=["folder", "bucket"])
def files(request, tmp_path):
    if request.param == "folder":
        return StoredFiles.of(settings_of(f"file://{tmp_path}/files"))
    return StoredFiles.of(
        settings_of(
            "s3://claims-of-subsidy/attachments",
            attachments_s3_endpoint=request.getfixturevalue("s3"),
            attachments_s3_region="us-east-1",
            attachments_s3_key_id="key",
            attachments_s3_secret="secret",
        )
    )


async def test_a_file_is_read_as_it_was_written(files):
    content = bytes(range(256)) * 4096
    assert await files.put("claims/one", content) is None
    assert await files.get("claims/one") == content


async def test_what_was_never_written_is_not_there(files):
    assert await files.get("claims/none") is None


async def test_a_file_is_deleted_whether_it_is_there_or_not(files):
    await files.put("claims/two", b"x")
    assert [await files.delete("claims/two") for _ in range(2)] == [None, None]
    assert await files.get("claims/two") is None


async def test_a_store_that_cannot_be_reached_refuses():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # nobody listens
        files = StoredFiles.of(
            settings_of(
                "s3://bucket",
                attachments_s3_endpoint=f"http://127.0.0.1:{taken.getsockname()[1]}",
                attachments_s3_key_id="key",
                attachments_s3_secret="secret",
                port_timeout_seconds=1,
            )
        )
        for answer in (await files.put("a", b"x"), await files.get("a"), await files.delete("a")):
            assert isinstance(answer, Refusal)
            assert (answer.problem.status, answer.retry_after_seconds) == (503, 30)


def test_a_place_that_is_neither_is_refused():
    with pytest.raises(ValueError, match="file:// or s3://"):
        StoredFiles.of(settings_of("ftp://somewhere"))
