"""The city's platform over HTTP: its shape, checked at the start; TLS; what its answers mean."""

import asyncio
import json
import ssl
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from uuid import UUID

import pytest
import yaml
from chuangpei.service import RefusedToStart
from chuangpei.testing.clock import FixedClock
from chuangpei.testing.settings import test_settings
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from subsidy_svc.claims.lifecycle import State
from subsidy_svc.claims.origin import Channel
from subsidy_svc.ports.http_platform import HttpPlatform
from subsidy_svc.ports.platform import NotTaken, Push, Taken
from subsidy_svc.ports.platform_mapping import DEFAULT, Keys, Mapping
from subsidy_svc.settings import Settings

KEYS = Keys(token="t0ken", secret=b"secret")
AT = datetime(2026, 6, 1, 1, 0, 30, tzinfo=UTC)
PUSH = Push(
    message_id=UUID(int=7),
    number=3,
    case_number="SH00FW20260601000123",
    channel=Channel.APP,
    claim_id=UUID(int=8),
    state=State.REJECTED,
    changed_at=datetime(2026, 5, 31, 23, 0, tzinfo=UTC),
    reason="企业登记已满三年",
    article="沪人社规〔2025〕30号 一(二)",
    due_on=None,
    notice_last_day=None,
    district="310115",
    certificate_number="SH2026H56SDTZKS60A",
    holder="张*",
    institution_name="浦东创业学院",
    project_name="项目GYB",
    amount_fen=180_000,
)


@pytest.fixture
def file(tmp_path):
    """Writes the packaged mapping with changes; ``...`` takes a key away."""

    def file(**changes):
        content = yaml.safe_load(DEFAULT.read_text(encoding="utf-8")) | changes
        path = tmp_path / "mapping.yaml"
        path.write_text(
            yaml.safe_dump({key: value for key, value in content.items() if value is not ...}),
            encoding="utf-8",
        )
        return path

    return file


def words_without(*states):
    words = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))["states"]
    return {state: told for state, told in words.items() if state not in states}


def test_the_packaged_shape_tells_every_state_and_nothing_of_the_person():
    mapping = Mapping.load(None, KEYS)
    told = json.loads(mapping.shaped(PUSH, AT).content)
    assert told == {
        "messageId": str(PUSH.message_id),
        "sequence": 3,
        "caseNumber": PUSH.case_number,
        "statusCode": "92",
        "statusName": "审核不通过",
        "statusText": "申请审核不通过。",
        "changedAt": "2026-06-01 07:00:00",
        "office": "浦东新区",
        "reason": PUSH.reason,
        "basis": PUSH.article,
    }


def test_another_shape_has_names_codes_and_headers_of_its_own(file):
    path = file(
        body={
            "data": [{"sblsh": "${case_number}", "bljg": {"$eval": "amount_fen"}, "sj": "${changed_at}"}],
            "ms": {"$eval": "changed_at_ms"},
            "zt": "${told.code}/${state}/${holder}",
        },
        headers={"authorization": "Bearer ${token}", "x-signature": "${signature_hex}"},
        signed="${timestamp}${body}",
        taken={"when": "answer.success", "example": {"success": True}},
    )
    mapping = Mapping.load(path, KEYS)
    message = mapping.shaped(PUSH, AT)
    assert json.loads(message.content) == {
        "data": [{"sblsh": PUSH.case_number, "bljg": 180000, "sj": "2026-05-31T23:00:00+00:00"}],
        "ms": 1780268400000,
        "zt": "92/rejected/张*",
    }
    assert message.headers["authorization"] == "Bearer t0ken"
    assert len(message.headers["x-signature"]) == 64
    assert mapping.is_taken(200, {"success": True})
    assert not mapping.is_taken(200, {"success": "yes"})


def test_the_signature_is_that_of_the_text_the_mapping_names(file):
    # printf '1780275630' | openssl dgst -sha256 -hmac secret
    path = file(headers={"x-signature": "${signature_hex}"}, signed="${timestamp}")
    known = "7faca6193f5eca929d9cf7f996b7c784fe6354e1ef88c9749ad9705e2f07fb02"
    assert Mapping.load(path, KEYS).shaped(PUSH, AT).headers["x-signature"] == known


BAD = {
    "a state is missing": (
        {"states": words_without("paid", "held")},
        ["states.held: missing", "states.paid: missing"],
    ),
    "a state is unknown": ({"states": words_without() | {"lost": {}}}, ["states.lost"]),
    "a part is missing": ({"taken": ...}, ["taken: Field required"]),
    "a part is unknown": ({"bodies": {}}, ["bodies: Extra inputs are not permitted"]),
    "a name is unknown": (
        {"body": {"a": {"b": "${caseno}"}}},
        ["template.a.b: unknown context value caseno"],
    ),
    "a word is missing": ({"body": {"a": "${told.colour}"}}, ['object has no property "colour"']),
    "a template is broken": ({"body": {"a": {"$eval": "1 +"}}}, ["template.a"]),
    "a header is no header": ({"headers": {"x-office": "区"}}, ["headers.x-office: not one line of ASCII"]),
    "a header tells of the claim": ({"headers": {"x": "${holder}"}}, ["unknown context value holder"]),
    "the answer is misunderstood": (
        {"taken": {"when": "answer.code == '0'", "example": {"code": "1"}}},
        ["taken.when"],
    ),
    "every answer is taken": ({"taken": {"when": "true", "example": {}}}, ["taken.when"]),
}


@pytest.mark.parametrize("way", BAD)
def test_a_mapping_that_cannot_be_used_is_refused_at_the_start_with_what_is_wrong(file, way):
    changes, said = BAD[way]
    path = file(**changes)
    with pytest.raises(RefusedToStart) as refused:
        Mapping.load(path, KEYS)
    assert str(path) in str(refused.value)
    for one in said:
        assert one in str(refused.value)


@pytest.mark.parametrize("content", ["a: [", "- 1", ""])
def test_a_file_that_is_no_mapping_is_refused(tmp_path, content):
    path = tmp_path / "mapping.yaml"
    path.write_text(content)
    with pytest.raises(RefusedToStart):
        Mapping.load(path, KEYS)
    with pytest.raises(RefusedToStart):
        Mapping.load(tmp_path / "absent.yaml", KEYS)


def test_a_key_that_the_headers_need_is_asked_for_by_the_name_of_its_setting(file):
    with pytest.raises(RefusedToStart, match="set platform_secret"):
        Mapping.load(None, Keys())
    with pytest.raises(RefusedToStart, match="set platform_token"):
        Mapping.load(file(headers={"authorization": "Bearer ${token}"}), Keys())


def settings(**given):
    places = {
        "registry_url": "http://127.0.0.1:9",
        "accounts_url": "http://127.0.0.1:9",
        "attachments_url": "file:///tmp",
    }
    return test_settings(Settings, "postgresql://unused", platform_secret="secret", **places, **given)


def test_without_an_address_there_is_no_platform():
    assert HttpPlatform.of(settings(), FixedClock.on(date(2026, 6, 1))) is None


@pytest.mark.parametrize(
    "url", ["http://platform.example/pushes", "ftp://platform.example/", "https://", "x"]
)
def test_outside_the_embedded_run_the_platform_is_asked_by_tls_alone(url):
    with pytest.raises(RefusedToStart, match="platform_url"):
        HttpPlatform.of(settings(platform_url=url, environment="production"), FixedClock.on(date(2026, 6, 1)))


@pytest.fixture
async def over_tls(tmp_path):
    """A platform on loopback whose certificate no authority of the system vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "platform")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "platform.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        body = b'{"code": "0"}'
        writer.write(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/pushes", pem
    server.close()
    await server.wait_closed()


async def test_the_platforms_certificate_is_checked_by_the_authorities_that_are_named(over_tls):
    url, pem = over_tls
    clock = FixedClock.on(date(2026, 6, 1))
    trusting = HttpPlatform.of(settings(platform_url=url, platform_ca=pem), clock)
    assert await trusting.tell(PUSH) == Taken()
    await trusting.close()
    doubting = HttpPlatform.of(settings(platform_url=url), clock)
    assert await doubting.tell(PUSH) == NotTaken("ConnectError", away=True)
    await doubting.close()
