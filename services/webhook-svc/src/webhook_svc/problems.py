"""The refusals that only webhook-svc gives."""

from chuangpei.kernel.refusals import Problem, Text

NO_AGENCY = Problem("no_agency", 403, Text("该单位未获接入", "The agency has not been granted access"))
SUSPENDED = Problem("agency_suspended", 403, Text("该单位的接入已暂停", "The agency's access is suspended"))
AGENCY_EXISTS = Problem("agency_exists", 409, Text("该客户端已登记", "This client is registered already"))
NOT_GRANTED = Problem("not_granted", 422, Text("超出授权范围", "This is more than what is granted"))
TOO_MANY_ENDPOINTS = Problem(
    "too_many_endpoints", 409, Text("接收端数量已达上限", "There are as many endpoints as are granted")
)
