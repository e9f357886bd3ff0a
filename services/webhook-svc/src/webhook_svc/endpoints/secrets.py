"""What an endpoint holds in secret: custom headers, an OAuth2 client, a TLS client certificate."""

import re
import ssl
import tempfile
from pathlib import Path

from chuangpei.input_errors import InvalidText
from chuangpei.kernel.refusals import Text
from chuangpei.web import Body
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import Field, field_validator, model_validator

PURPOSE = "endpoint.secrets"
"""What the encrypted secrets of an endpoint are bound to."""

_NAME = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$"
_OURS = ("webhook-", "content-", "transfer-", "proxy-", "ce-")
_KEPT_FOR_US = frozenset(
    {"host", "connection", "te", "trailer", "upgrade", "expect", "traceparent", "user-agent"}
)
_RESERVED = Text("该请求头由平台填写", "The platform sets this header itself")
_BAD_HEADER = Text("请求头无效", "This is no valid header")
_BAD_CERTIFICATE = Text("证书或私钥无效", "The certificate or the private key is not valid")
_NOT_A_PAIR = Text("私钥与证书不匹配", "The private key is not that of the certificate")


class OAuthClient(Body):
    """A client-credentials grant (RFC 6749, 4.4) whose token goes with each delivery."""

    token_url: str = Field(max_length=2_000, examples=["https://login.example.gov.cn/token"])
    client_id: str = Field(min_length=1, max_length=200)
    client_secret: str = Field(min_length=1, max_length=500)
    scope: str | None = Field(default=None, max_length=500)


class TlsClient(Body):
    """The certificate and key by which we show ourselves to the receiver (mTLS), as PEM."""

    certificate: str = Field(max_length=50_000)
    private_key: str = Field(max_length=20_000)

    @model_validator(mode="after")
    def _belong_together(self) -> "TlsClient":
        try:
            certificate = x509.load_pem_x509_certificate(self.certificate.encode())
            key = load_pem_private_key(self.private_key.encode(), None)
        except (ValueError, TypeError):
            raise InvalidText(_BAD_CERTIFICATE) from None
        if certificate.public_key() != key.public_key():
            raise InvalidText(_NOT_A_PAIR)
        return self

    def context(self) -> ssl.SSLContext:
        """A context that trusts whom we trust and shows this certificate."""
        context = ssl.create_default_context()
        with tempfile.TemporaryDirectory() as folder:  # the standard library reads files only
            file = Path(folder) / "client.pem"
            file.touch(mode=0o600)
            file.write_text(f"{self.private_key}\n{self.certificate}")
            context.load_cert_chain(file)
        return context


class Secrets(Body):
    """What is sent along: none of it is shown again, but for the names of the headers."""

    headers: dict[str, str] = Field(default_factory=dict, max_length=20, examples=[{"x-api-key": "…"}])
    oauth: OAuthClient | None = None
    tls: TlsClient | None = None

    @field_validator("headers")
    @classmethod
    def _may_be_sent(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if (
                not re.fullmatch(_NAME, name)
                or len(value) > 2_000
                or not value.isprintable()
                or not value.isascii()
            ):
                raise InvalidText(_BAD_HEADER)
            if name.lower().startswith(_OURS) or name.lower() in _KEPT_FOR_US:
                raise InvalidText(_RESERVED)
        return {name.lower(): value for name, value in headers.items()}
