"""Parameters of paths and queries that routes have alike."""

from typing import Annotated

from chuangpei.fields import CreditCodeForm, DistrictCode
from fastapi import Path, Query

CreditCodePath = Annotated[CreditCodeForm, Path(description="统一社会信用代码 · unified social credit code")]
CreditCodeFilter = Annotated[CreditCodeForm | None, Query(description="统一社会信用代码 · credit code")]
DistrictFilter = Annotated[DistrictCode | None, Query(description="区代码 · district code, e.g. 310115")]
