"""How the city's platform is told (推送样式): JSON-e templates of a file, tried at the start."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import jsone
import orjson
import yaml
from chuangpei.kernel.clock import SHANGHAI
from chuangpei.kernel.districts import DISTRICTS
from chuangpei.kernel.money import Fen, yuan
from chuangpei.service import RefusedToStart
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from subsidy_svc.claims.lifecycle import State
from subsidy_svc.claims.origin import Channel
from subsidy_svc.claims.tables import STORED_STATES
from subsidy_svc.ports.platform import Push
from subsidy_svc.settings import Settings

_SETTINGS = {"signature": "platform_secret", "token": "platform_token"}
"""The setting that each key of the headers comes from."""
DEFAULT = Path(__file__).with_name("platform_mapping.yaml")
Context = dict[str, Any]


class NotShaped(Exception):  # noqa: N818  # reads as what happened
    """A push that the templates cannot be filled with."""


class Keys(NamedTuple):
    """What proves to the platform who we are: a token, or the secret of a keyed hash."""

    token: str | None = None
    secret: bytes | None = None

    @classmethod
    def of(cls, settings: Settings) -> "Keys":
        """The keys of the settings."""
        token, secret = settings.platform_token, settings.platform_secret
        return cls(
            token.get_secret_value() if token else None,
            secret.get_secret_value().encode() if secret else None,
        )


@dataclass(frozen=True, slots=True)
class Message:
    """A push as it goes over the wire."""

    content: bytes
    headers: dict[str, str]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _TakenWhen(_Part):
    when: str
    example: dict[str, Any]


class _File(_Part):
    states: dict[State, dict[str, str]]
    body: dict[str, Any]
    signed: str
    headers: dict[str, str] = Field(min_length=1)
    taken: _TakenWhen


class Mapping:
    """The templates of one file; :data:`DEFAULT` tells what each part is for."""

    def __init__(self, file: _File, keys: Keys) -> None:
        self._file = file
        self._keys = keys

    @classmethod
    def load(cls, path: Path | None, keys: Keys) -> "Mapping":
        """The mapping of the file, or our own; raises :class:`RefusedToStart` naming all that is wrong.

        Each state is tried with all its facts and with those alone that a push always has.
        """
        path = path or DEFAULT
        try:
            mapping = cls(_File.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))), keys)
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise RefusedToStart(f"platform mapping {path}: {error}") from error
        except ValidationError as error:
            faults = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
            raise RefusedToStart(f"platform mapping {path}: {'; '.join(faults)}") from error
        if faults := list(mapping._faults()):
            raise RefusedToStart(f"platform mapping {path}: {'; '.join(faults)}")
        return mapping

    def shaped(self, push: Push, at: datetime) -> Message:
        """The message that tells the push, signed at the instant; raises :class:`NotShaped`."""
        try:
            facts = _facts(push)
            facts["told"] = jsone.render(self._file.states[push.state], facts)
            content = orjson.dumps(jsone.render(self._file.body, facts))
            headers = jsone.render(self._file.headers, self._proof(push, content, at))
        except (jsone.JSONTemplateError, TypeError, ValueError) as error:
            raise NotShaped(str(error)) from error
        return Message(content, {"content-type": "application/json"} | headers)

    def is_taken(self, status: int, answer: Any) -> bool:
        """Whether an answer says that the platform has the message; what cannot be told from it, has not."""
        told = {"status": status, "answer": answer if isinstance(answer, dict) else {}}
        try:
            return jsone.render({"$eval": self._file.taken.when}, told) is True
        except (jsone.JSONTemplateError, TypeError, ValueError):
            return False

    def _proof(self, push: Push, content: bytes, at: datetime) -> Context:
        """What headers are made of; a key that is not set has no name here."""
        known: Context = {
            "message_id": str(push.message_id),
            "case_number": push.case_number,
            "timestamp": int(at.timestamp()),
        }
        if self._keys.token is not None:
            known["token"] = self._keys.token
        if self._keys.secret is not None:
            signed = jsone.render(self._file.signed, known | {"body": content.decode()})
            digest = hmac.new(self._keys.secret, signed.encode(), hashlib.sha256)
            known["signature"] = base64.b64encode(digest.digest()).decode()
            known["signature_hex"] = digest.hexdigest()
        return known

    def _faults(self) -> Iterator[str]:
        for state in STORED_STATES:
            if state not in self._file.states:
                yield f"states.{state}: missing"
                continue
            for push in (replace(_SAMPLE, state=state), replace(_BARE_SAMPLE, state=state)):
                if fault := self._fault_of(push):
                    yield f"{state}: {fault}"
                    break
        if not self.is_taken(200, self._file.taken.example) or self.is_taken(500, {}):
            yield "taken.when: must hold for status 200 with the example, and not for status 500"

    def _fault_of(self, push: Push) -> str | None:
        try:
            headers = self.shaped(push, push.changed_at).headers
        except NotShaped as error:
            needs = [one for name, one in _SETTINGS.items() if f"context value {name}" in str(error)]
            return f"{error} (set {needs[0]})" if needs else str(error)
        faulty = [name for name, value in headers.items() if not (value.isascii() and value.isprintable())]
        return f"headers.{faulty[0]}: not one line of ASCII" if faulty else None


def _facts(push: Push) -> Context:
    """The names that the body's templates may use."""
    district = DISTRICTS.get(push.district)
    return {
        "message_id": str(push.message_id),
        "number": push.number,
        "case_number": push.case_number,
        "channel": str(push.channel),
        "claim_id": str(push.claim_id),
        "state": str(push.state),
        "changed_at": push.changed_at.astimezone(UTC).isoformat(timespec="seconds"),
        "changed_at_local": push.changed_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S"),
        "changed_at_ms": int(push.changed_at.timestamp() * 1000),
        "reason": push.reason,
        "article": push.article,
        "due_on": push.due_on.isoformat() if push.due_on else None,
        "notice_last_day": push.notice_last_day.isoformat() if push.notice_last_day else None,
        "district": push.district,
        "district_name": district.zh if district else push.district,
        "certificate_number": push.certificate_number,
        "holder": push.holder,
        "institution_name": push.institution_name,
        "project_name": push.project_name,
        "amount_fen": push.amount_fen,
        "amount_yuan": yuan(Fen(push.amount_fen)),
    }


_SAMPLE = Push(
    message_id=UUID(int=1),
    number=1,
    case_number="SH00FW20260601000123",
    channel=Channel.APP,
    claim_id=UUID(int=2),
    state=State.SUBMITTED,
    changed_at=datetime(2026, 6, 1, 1, tzinfo=UTC),
    reason="材料不符",
    article="沪人社规〔2025〕30号 一(二)",
    due_on=date(2026, 6, 8),
    notice_last_day=date(2026, 6, 12),
    district="310115",
    certificate_number="SH2026H56SDTZKS60A",
    holder="张*",
    institution_name="浦东创业学院",
    project_name="创业初创期培训",
    amount_fen=180_000,
)
_BARE_SAMPLE = replace(_SAMPLE, reason=None, article=None, due_on=None, notice_last_day=None)
