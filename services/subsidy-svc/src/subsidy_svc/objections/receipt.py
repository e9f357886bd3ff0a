"""The receipt of an objection (回执): who holds it may add evidence and read what became of it, unnamed.

It is made of the objection's id with the service's secret, so that an answer sent again tells the same one,
and only its digest is kept: a copied database opens no objection.
"""

import hmac
from base64 import b32encode
from hashlib import sha256
from uuid import UUID

from chuangpei.privacy import Privacy

_BYTES = 15
_GROUP = 4
# What is easily misread, where the alphabet of base 32 has only the letter.
_MISREAD = str.maketrans({"0": "O", "1": "I", "8": "B"})


def receipt_of(privacy: Privacy, objection_id: UUID) -> str:
    """The receipt: 120 bits as six groups of four letters and digits."""
    message = f"receipt of objection {objection_id}".encode()
    made = hmac.new(privacy.person_secret, message, sha256).digest()[:_BYTES]
    text = b32encode(made).decode()
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def digest_of(receipt: str) -> bytes:
    """What an objection is found by, however its receipt was typed."""
    typed = "".join(one for one in receipt.upper() if one.isascii() and one.isalnum())
    return sha256(typed.translate(_MISREAD).encode()).digest()
