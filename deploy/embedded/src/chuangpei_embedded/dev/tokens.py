"""``token``: a development token on the command line."""

from pathlib import Path

from chuangpei.development import DevelopmentIssuer
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from chuangpei_embedded.commands import Failed
from chuangpei_embedded.dev.issuer import Wish, signed
from chuangpei_embedded.keys import ISSUER_FILE


def token(folder: Path, wish: dict[str, str | None]) -> str:
    """A token signed with the key kept in ``folder``; raises ``Failed`` naming what the wish lacks."""
    try:
        checked = Wish.model_validate({name: value for name, value in wish.items() if value})
    except ValidationError as error:
        raise Failed("\n".join(_told(one) for one in error.errors())) from None
    folder.mkdir(parents=True, exist_ok=True)
    return signed(DevelopmentIssuer(folder / ISSUER_FILE), checked)


def _told(error: ErrorDetails) -> str:
    where = ".".join(str(part) for part in error["loc"])
    return f"{where} {error['msg'].removeprefix('Value error, ')}".strip()
