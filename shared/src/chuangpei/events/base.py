"""What every event contract is: a frozen pydantic model with a CloudEvents type and a key.

Within a version only additions are made: readers ignore fields they do not know. A change that
would break a reader is a new type (``.v2``) beside the old one.
"""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

TYPE_PREFIX = "cn.sh.chuangpei"
ExitGround = Literal["X1", "X2", "X3", "X4", "X5"]


class Part(BaseModel):
    """A group of fields inside an event."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Part):
    """A fact that one service tells the others.

    ``TYPE`` is ``cn.sh.chuangpei.<entity>.<event>.v<n>``; ``KEY`` names the field that orders events:
    all events of one key reach a reader in the order in which they happened.
    """

    TYPE: ClassVar[str]
    KEY: ClassVar[str]

    @property
    def key(self) -> str:
        """The id of the aggregate, by which events are ordered and partitioned."""
        return str(getattr(self, self.KEY))


def topic_of(event_type: str) -> str:
    """The topic of a type, one an entity: ``cn.sh.chuangpei.certificate`` for its ``issued.v1``."""
    return event_type.rsplit(".", 2)[0]


class InstitutionRef(Part):
    """A training institution (培训机构) to other services; its district is frozen on the class (S07)."""

    credit_code: str
    name: str
    district: str


class ProjectRef(Part):
    """A training project (培训项目) and its stage 1 to 4 (T01)."""

    code: str
    name: str
    stage: Literal[1, 2, 3, 4]


class PersonRef(Part):
    """A person without clear personal data.

    ``person_key`` is the keyed hash of the id number, the same in all services; the encrypted fields open
    only with the event key (see :mod:`chuangpei.privacy`); ``masked_name`` shows the family name only (D13).
    """

    person_key: str
    masked_name: str
    name_encrypted: str
    id_number_encrypted: str
