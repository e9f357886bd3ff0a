"""Where a class is held (场地; T05, T06): in recorded rooms, large enough, with a seat for everybody."""

from chuangpei.kernel.refusals import Finding, Text

from training_svc.policy import criteria
from training_svc.policy.facts import ClassFacts
from training_svc.policy.findings import finding


def rooms_are_recorded(facts: ClassFacts) -> Finding | None:
    """T06: who has recorded sites (场地) holds sessions in their rooms, on days on which they are used."""
    if facts.rooms is None:
        return None
    unknown = ", ".join(f"{one.name} {one.day}" for one in facts.rooms if one.square_decimetres is None)
    text = Text(
        "教室应为当日在用的已登记场地的教室", "Sessions are held in rooms of sites recorded and in use"
    )
    return finding("T06", not unknown, unknown or "—", "—", text)


def rooms_seat_the_class(facts: ClassFacts) -> Finding | None:
    """T05: each recorded room has a seat (座位) for everybody."""
    seats = [one.seats for one in facts.rooms or () if one.seats is not None]
    if not seats:
        return None
    text = Text("教室座位应不少于班级名额", "The rooms have a seat for everybody")
    return finding("T05", min(seats) >= facts.capacity, min(seats), f"≥ {facts.capacity}", text)


def room_suffices(facts: ClassFacts) -> Finding | None:
    """T05: the smallest room is large enough for the capacity (场地面积).

    The rooms are those of the recorded sites, or the one found at the approval where none are recorded.
    """
    rooms = facts.rooms
    known = [facts.room_square_decimetres] if rooms is None else [one.square_decimetres for one in rooms]
    areas = [area for area in known if area is not None]
    if facts.standard is None or not areas:
        return None
    return criteria.room_size("T05", facts.capacity, min(areas), facts.standard)
