"""The development issuer: signs tokens for the embedded run and for tests; refused everywhere else."""

import time
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, KeySetSerialization

from chuangpei.auth import Role
from chuangpei.service import DEVELOPMENT_ISSUER


class DevelopmentIssuer:
    """An ES256 key and what it signs. ``key_file`` keeps the key (mode 0600) for later runs."""

    def __init__(self, key_file: Path | None = None, audience: str = "chuangpei") -> None:
        self._audience = audience
        self._key = _kept_key(key_file) if key_file else _new_key()

    def jwks(self) -> KeySetSerialization:
        """The public keys, as ``/dev/jwks.json`` serves them."""
        return KeySet([self._key]).as_dict(private=False)

    def token(
        self,
        role: Role,
        *,
        subject: str | None = None,
        district: str | None = None,
        credit_code: str | None = None,
        id_number: str | None = None,
        name: str | None = None,
        seconds: int = 3600,
    ) -> str:
        """A bearer token for a role, good for ``seconds`` of real time."""
        claims: dict[str, object] = {
            "iss": DEVELOPMENT_ISSUER,
            "aud": self._audience,
            "sub": subject or f"dev-{role}-{district or credit_code or 'one'}",
            "role": str(role),
            "iat": int(time.time()),
            "exp": int(time.time()) + seconds,
        }
        given = {"district": district, "credit_code": credit_code, "id_number": id_number, "name": name}
        claims.update({claim: value for claim, value in given.items() if value is not None})
        return jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key)


def _new_key() -> ECKey:
    return ECKey.generate_key("P-256", {"use": "sig", "alg": "ES256"}, auto_kid=True)


def _kept_key(key_file: Path) -> ECKey:
    if not key_file.exists():
        key_file.touch(mode=0o600)
        key_file.write_bytes(_new_key().as_pem(private=True))
    key = ECKey.import_key(key_file.read_bytes(), {"use": "sig", "alg": "ES256"})
    key.ensure_kid()  # the file has none; made from the key itself, it is the same in every process
    return key
