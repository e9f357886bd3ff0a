"""A contact phone (联系电话): shown masked, kept encrypted, found again by a keyed hash."""

import hmac
from typing import Any

from chuangpei.kernel.masking import mask_phone
from chuangpei.privacy import Privacy

_PURPOSE = "subsidy.phone"
_CHINA = "+86"


def phone_columns(privacy: Privacy, phone: str | None) -> dict[str, Any]:
    """The columns that keep a phone: mask, ciphertext and key; each None where there is none."""
    if phone is None:
        return {"phone_masked": None, "phone_encrypted": None, "phone_key": None}
    return {
        "phone_masked": mask_phone(phone),
        "phone_encrypted": privacy.at_rest.encrypt(phone, _PURPOSE),
        "phone_key": phone_key(privacy, phone),
    }


def phone_key(privacy: Privacy, phone: str) -> bytes:
    """Keyed hash of a phone number, with or without the country's code the same."""
    text = f"phone\x1f{phone.removeprefix(_CHINA)}"
    return hmac.digest(privacy.person_secret, text.encode(), "sha256")


def clear_phone(privacy: Privacy, encrypted: str) -> str:
    """The phone in clear; raises :class:`chuangpei.privacy.CannotDecrypt`."""
    return privacy.at_rest.decrypt(encrypted, _PURPOSE)
