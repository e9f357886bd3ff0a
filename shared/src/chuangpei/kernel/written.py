"""How people write numbers: in full-width characters, in groups, with small letters."""

_FULL_WIDTH_TO_ASCII = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def compact(text: str) -> str:
    """``text`` in half-width (半角) capitals and without white space; nothing else is changed."""
    return "".join(text.translate(_FULL_WIDTH_TO_ASCII).split()).upper()
