"""What kinds of institution there are (机构类型), and which of them a stage lets hold its classes."""

from enum import StrEnum


class InstitutionKind(StrEnum):
    """The kind of an institution."""

    PRIVATE_TRAINING_INSTITUTION = "private_training_institution"
    HUMAN_RESOURCE_FIRM = "human_resource_firm"
    UNIVERSITY = "university"
    VOCATIONAL_SCHOOL = "vocational_school"
    TRAINING_BASE = "training_base"
    PUBLIC_INSTITUTION = "public_institution"
    DISTRICT_CENTRE = "district_centre"
    CITY_CENTRE = "city_centre"
    OTHER = "other"


CENTRES = frozenset({InstitutionKind.DISTRICT_CENTRE, InstitutionKind.CITY_CENTRE})
"""就业促进中心: the centres that run stages 1, 2 and 4 as projects."""

QUALIFIED_STAGE = 3
"""创业初创期: the one stage whose classes need a qualification (T03)."""

ORGANISERS_BY_STAGE = {
    1: frozenset({InstitutionKind.DISTRICT_CENTRE}),
    2: frozenset({InstitutionKind.DISTRICT_CENTRE}),
    4: CENTRES,
}
"""T02: stages 1 and 2 by the district centres; T04: stage 4 by the city or a district centre."""
