"""The sixteen districts (区) of Shanghai by their administrative code (GB/T 2260)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class District(NamedTuple):
    """One district: its six-digit code and its name in both languages."""

    code: str
    zh: str
    en: str


DISTRICTS: Mapping[str, District] = MappingProxyType(
    {
        district.code: district
        for district in (
            District("310101", "黄浦区", "Huangpu"),
            District("310104", "徐汇区", "Xuhui"),
            District("310105", "长宁区", "Changning"),
            District("310106", "静安区", "Jing'an"),
            District("310107", "普陀区", "Putuo"),
            District("310109", "虹口区", "Hongkou"),
            District("310110", "杨浦区", "Yangpu"),
            District("310112", "闵行区", "Minhang"),
            District("310113", "宝山区", "Baoshan"),
            District("310114", "嘉定区", "Jiading"),
            District("310115", "浦东新区", "Pudong New Area"),
            District("310116", "金山区", "Jinshan"),
            District("310117", "松江区", "Songjiang"),
            District("310118", "青浦区", "Qingpu"),
            District("310120", "奉贤区", "Fengxian"),
            District("310151", "崇明区", "Chongming"),
        )
    }
)
"""Every district by its code, in the order of the codes."""
