"""The refusals that every service can give. A service's own are in its ``problems.py``."""

from chuangpei.kernel.refusals import Problem, Text

UNAUTHENTICATED = Problem("unauthenticated", 401, Text("请先登录", "Please sign in"))
FORBIDDEN = Problem("forbidden", 403, Text("您的身份无权进行此操作", "Your role may not do this"))
NOT_FOUND = Problem("not_found", 404, Text("未找到", "Not found"))
METHOD_NOT_ALLOWED = Problem(
    "method_not_allowed", 405, Text("此地址不支持该方法", "This address does not know that method")
)
MALFORMED_JSON = Problem("malformed_json", 400, Text("请求内容不是有效的 JSON", "The body is not valid JSON"))
INVALID_INPUT = Problem("invalid_input", 422, Text("填写内容有误", "The input is not valid"))
BODY_TOO_LARGE = Problem("body_too_large", 413, Text("请求内容过大", "The body is too large"))
NOT_ALLOWED_NOW = Problem(
    "not_allowed_in_state", 409, Text("当前状态下不能进行此操作", "This cannot be done in the present state")
)
FOUR_EYES = Problem("four_eyes", 409, Text("此步骤须由另一人办理", "Another person must take this step"))
PRECONDITION_REQUIRED = Problem(
    "precondition_required", 428, Text("请在 If-Match 中给出版本", "Give the version in If-Match")
)
PRECONDITION_FAILED = Problem(
    "precondition_failed", 412, Text("内容已被他人更改，请刷新", "It was changed meanwhile; read it again")
)
IDEMPOTENCY_MISMATCH = Problem(
    "idempotency_mismatch",
    422,
    Text("同一 Idempotency-Key 用于了不同的内容", "The Idempotency-Key was used with another payload"),
)
TOO_MANY_REQUESTS = Problem(
    "too_many_requests", 429, Text("请求过于频繁，请稍后再试", "Too many requests; please try again later")
)
UNAVAILABLE = Problem(
    "unavailable", 503, Text("暂时无法办理，请稍后再试", "Not possible just now; please try again")
)
INTERNAL = Problem("internal_error", 500, Text("系统错误", "Something went wrong"))
