"""Completions as the API takes and shows them."""

from chuangpei.amendments import Reason
from chuangpei.web import Body
from pydantic import BaseModel, Field

from training_svc.enrolments.schemas import JudgedEnrolmentView


class AmendedCompletion(Body):
    """Whether the trainee has completed, as the district found it, and why it is amended."""

    completed: bool = Field(examples=[False], description="是否结业 · whether the trainee has completed")
    reason: Reason


class ClassCompletionView(BaseModel):
    """Who of a class has completed by this call, and who has not, each with every finding."""

    completed: list[JudgedEnrolmentView]
    not_completed: list[JudgedEnrolmentView]
