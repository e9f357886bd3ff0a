"""Who is paid and where (收款人): sealed as one value, compared by a keyed hash."""

import hmac
from dataclasses import dataclass
from typing import Any

from chuangpei.kernel.masking import mask_account
from chuangpei.privacy import Privacy

PURPOSE = "subsidy.payee"
SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Payee:
    """The account holder, the bank and the account number, all in clear: never stored or logged so."""

    holder: str
    bank: str
    account_number: str

    def sealed(self, privacy: Privacy) -> str:
        """The three as one encrypted value, so that none can be moved to another claim alone."""
        return privacy.at_rest.encrypt(SEPARATOR.join((self.holder, self.bank, self.account_number)), PURPOSE)

    def digest(self, privacy: Privacy) -> bytes:
        """See :func:`payee_digest`."""
        return payee_digest(privacy, self.holder, self.account_number)

    def account_key(self, privacy: Privacy) -> bytes:
        """Keyed hash of the account number alone: the same account has one, whoever names it."""
        text = f"account{SEPARATOR}{self.account_number}"
        return hmac.digest(privacy.person_secret, text.encode(), "sha256")

    @property
    def masked(self) -> str:
        """The bank and the account's last 4 characters."""
        return f"{self.bank} {mask_account(self.account_number)}"

    def __repr__(self) -> str:
        return f"Payee({self.masked})"


def payee_columns(privacy: Privacy, payee: Payee | None) -> dict[str, Any]:
    """The columns of a claim that keep its payee; each None while it is not known."""
    return {
        "payee_encrypted": payee.sealed(privacy) if payee else None,
        "payee_digest": payee.digest(privacy) if payee else None,
        "account_key": payee.account_key(privacy) if payee else None,
    }


def clear_text(sealed: str, privacy: Privacy) -> str:
    """Holder, bank and number in clear with separators between; raises ``CannotDecrypt``."""
    return privacy.at_rest.decrypt(sealed, PURPOSE)


def opened(sealed: str, privacy: Privacy) -> Payee:
    """The payee in clear; raises :class:`chuangpei.privacy.CannotDecrypt`."""
    return Payee(*clear_text(sealed, privacy).split(SEPARATOR))


def payee_digest(privacy: Privacy, holder: str, account_number: str) -> bytes:
    """Keyed hash of holder and account number, by which a bank's file is compared (S11)."""
    text = f"payee{SEPARATOR}{holder}{SEPARATOR}{account_number}"
    return hmac.digest(privacy.person_secret, text.encode(), "sha256")
