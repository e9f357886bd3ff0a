"""Parameters of paths and queries that routes have alike."""

from typing import Annotated

from chuangpei.fields import CreditCodeForm
from fastapi import Path, Query

CreditCodePath = Annotated[CreditCodeForm, Path(description="统一社会信用代码 · unified social credit code")]
CreditCodeFilter = Annotated[CreditCodeForm | None, Query(description="统一社会信用代码 · credit code")]
