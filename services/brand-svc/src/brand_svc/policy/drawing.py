"""Drawing assessors (抽取评审专家): never one with a tie, the least busy first (B04). Pure."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A free place of a scoring; ``not_again`` have been drawn for it before, whatever became of that."""

    scoring_id: UUID
    credit_code: str
    place: int
    not_again: Set[UUID]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Who was drawn for which place, and the places for which nobody is left."""

    places: tuple[tuple[Vacancy, UUID], ...]
    vacant: tuple[Vacancy, ...]


def draw(vacancies: Sequence[Vacancy], load: Mapping[UUID, int], tied: Mapping[str, Set[UUID]]) -> Drawn:
    """Draws for each place: of those in ``load`` without a tie to the institution, the least busy.

    ``load`` is how many assignments each has; ``tied`` are the assessors with a tie, by credit code. Among
    the equally busy a digest of both ids decides, so that a draw can be done over and gives the same.
    """
    busy, taken = dict(load), {one.scoring_id: set(one.not_again) for one in vacancies}
    places: list[tuple[Vacancy, UUID]] = []
    vacant: list[Vacancy] = []
    for one in vacancies:
        barred = taken[one.scoring_id] | set(tied.get(one.credit_code, ()))
        fit = [each for each in busy if each not in barred]
        if not fit:
            vacant.append(one)
            continue
        chosen = min(fit, key=lambda each: (busy[each], _lot(one.scoring_id, each)))
        busy[chosen] += 1
        taken[one.scoring_id].add(chosen)
        places.append((one, chosen))
    return Drawn(tuple(places), tuple(vacant))


def _lot(scoring_id: UUID, assessor_id: UUID) -> bytes:
    return sha256(scoring_id.bytes + assessor_id.bytes).digest()
