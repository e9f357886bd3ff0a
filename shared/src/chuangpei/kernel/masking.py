"""Masking (脱敏): what of a personal value may be read by those who need not know it (D13)."""

_COMPOUND_SURNAMES = frozenset(
    """
    欧阳 司马 诸葛 上官 司徒 司空 司寇 夏侯 皇甫 尉迟 公孙 长孙 仲孙 慕容 宇文 令狐 轩辕 端木 东方 南宫
    西门 东郭 南门 百里 呼延 淳于 鲜于 单于 申屠 钟离 闾丘 澹台 濮阳 公冶 公羊 公西 太叔 赫连 拓跋 独孤
    完颜 纳兰 万俟 漆雕 壤驷 颛孙 巫马 羊舌 微生 亓官 第五 闻人
    歐陽 司馬 諸葛 尉遲 公孫 長孫 軒轅 東方 南宮 西門 東郭 鮮于 單于 鍾離 赫連 獨孤 完顏 納蘭 聞人
    """.split()  # noqa: SIM905 -- eighty quoted names would be harder to read
)
# Names such as 梁丘 or 乐正 are left out: far more people bear 梁 or 乐 as the whole family name, and
# their given name would show.

_MASK = "*"


def masked(number: str) -> str:
    """An identity number (证件号码) with its first 3 and last 2 characters readable, the rest ``*``."""
    return _keep(number, 3, 2)


def mask_phone(number: str) -> str:
    """A phone number (电话) with its first 3 and last 4 characters readable, the rest ``*``."""
    return _keep(number, 3, 4)


def mask_account(number: str) -> str:
    """A bank account (银行账号) with its last 4 characters readable, the rest ``*``."""
    return _keep(number, 0, 4)


def mask_name(name: str) -> str:
    """The family name (姓) alone and exactly one ``*``: 张三丰 gives 张* (D13).

    The length of the given name does not show. A compound family name (复姓) such as 欧阳 is kept whole;
    of a name in other letters only the first letter is.
    """
    letters = "".join(name.split()).replace(_MASK, "")
    # Two characters that look like a compound family name are a family name and a given name.
    kept = 2 if len(letters) > 2 and letters[:2] in _COMPOUND_SURNAMES else 1
    return letters[:kept] + _MASK


def _keep(text: str, first: int, last: int) -> str:
    """Hides everything where less would be hidden than shown."""
    hidden = len(text) - first - last
    if hidden < 1 or len(text) < 2 * max(first, last):
        return _MASK * len(text)
    return text[:first] + _MASK * hidden + text[-last:]
