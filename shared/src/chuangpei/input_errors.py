"""What is wrong with an input, field by field, in Chinese and English, from pydantic's findings."""

from collections.abc import Mapping, Sequence
from typing import Any

from chuangpei.kernel.refusals import FieldError, Text

_SOURCES = {"body": "", "query": "/query", "path": "/path", "header": "/header"}

_POINTER_PART_LENGTH = 100

_CHINESE: Mapping[str, str] = {
    "missing": "必填",
    "extra_forbidden": "不认识的字段",
    "string_type": "应为文本",
    "string_unicode": "含有无效字符",
    "string_too_short": "长度不足，至少 {min_length} 个字符",
    "string_too_long": "过长，至多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不符",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "int_parsing_size": "数值过大",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "date_type": "应为日期，如 2026-05-10",
    "date_parsing": "应为日期，如 2026-05-10",
    "date_from_datetime_parsing": "应为日期，如 2026-05-10",
    "date_from_datetime_inexact": "应为日期，不带时间",
    "datetime_type": "应为时间，如 2026-05-10T09:00:00+08:00",
    "datetime_parsing": "应为时间，如 2026-05-10T09:00:00+08:00",
    "datetime_from_date_parsing": "应为时间，如 2026-05-10T09:00:00+08:00",
    "timezone_aware": "时间须带时区",
    "uuid_parsing": "应为 UUID",
    "uuid_type": "应为 UUID",
    "enum": "应为其中之一：{expected}",
    "literal_error": "应为其中之一：{expected}",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "list_type": "应为列表",
    "too_short": "至少 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "model_attributes_type": "应为对象",
    "model_type": "应为对象",
    "dict_type": "应为对象",
}


class InvalidText(ValueError):  # noqa: N818  # reads as what it tells
    """Raised by validators with the reason in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def field_errors(found: Sequence[Mapping[str, Any]]) -> tuple[FieldError, ...]:
    """One :class:`FieldError` for each of pydantic's findings, with a JSON pointer to its place."""
    return tuple(FieldError(_pointer(one["loc"]), str(one["type"]), _text(one)) for one in found)


def _pointer(location: Sequence[str | int]) -> str:
    source, *rest = location or ("body",)
    return _SOURCES.get(str(source), f"/{source}") + "".join(f"/{_escaped(part)}" for part in rest)


def _escaped(part: str | int) -> str:
    """A part of a JSON pointer (RFC 6901) that can be sent whatever a client called its field."""
    text = str(part).replace("~", "~0").replace("/", "~1")[:_POINTER_PART_LENGTH]
    return text.encode("utf-8", "backslashreplace").decode()


def _text(one: Mapping[str, Any]) -> Text:
    context = one.get("ctx") or {}
    cause = context.get("error")
    if isinstance(cause, InvalidText):
        return cause.text
    english = str(one["msg"])
    chinese = _CHINESE.get(str(one["type"]))
    if chinese is None:
        return Text(f"内容有误（{english}）", english)
    return Text(chinese.format_map(_Given(context)), english)


class _Given(dict[str, Any]):
    """What pydantic tells about a finding; what it does not tell reads as an ellipsis."""

    def __missing__(self, name: str) -> str:
        return "…"
