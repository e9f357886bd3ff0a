"""The transition table of a claim: every pair of state and action, allowed or not."""

import pytest
from subsidy_svc.claims.lifecycle import ENDED, NEXT, REFUSED, Action, State

ALLOWED = {
    Action.ASK_SUPPLEMENT: {State.SUBMITTED},
    Action.GIVE_SUPPLEMENT: {State.SUPPLEMENT_ASKED},
    Action.ACCEPT: {State.SUBMITTED},
    Action.NOT_ACCEPT: {State.SUBMITTED, State.SUPPLEMENT_ASKED},
    Action.APPROVE: {State.ACCEPTED},
    Action.REJECT: {State.ACCEPTED},
    Action.UNDO: {State.ACCEPTED, State.NOT_ACCEPTED, State.REJECTED},
    Action.CONFIRM_ACCOUNT: {State.ACCOUNT_CHANGED},
    Action.REFUSE_ACCOUNT: {State.ACCOUNT_CHANGED},
    Action.WITHDRAW: {
        State.ACCOUNT_CHANGED,
        State.SUBMITTED,
        State.SUPPLEMENT_ASKED,
        State.ACCEPTED,
        State.NOTICED,
        State.HELD,
        State.PAYMENT_FAILED,
    },
    Action.OBJECT: {State.NOTICED, State.HELD},
    Action.NOT_ACCEPT_OBJECTION: {State.HELD},
    Action.DISMISS_OBJECTION: {State.HELD},
    Action.UPHOLD_OBJECTION: {State.HELD},
    Action.CLEAR: {State.NOTICED},
    Action.BATCH: {State.CLEARED},
    Action.SETTLE: {State.BATCHED},
    Action.FAIL: {State.BATCHED},
    Action.CHANGE_ACCOUNT: {State.SUBMITTED, State.ACCEPTED, State.PAYMENT_FAILED},
    Action.STOP: set(State) - ENDED - {State.PAID},
}


@pytest.mark.parametrize("action", Action)
def test_an_action_is_possible_in_exactly_these_states(action):
    assert {state for state, possible in NEXT if possible is action} == ALLOWED[action]


@pytest.mark.parametrize("state", sorted((ENDED | {State.PAID}) - REFUSED))
def test_nothing_follows_the_end(state):
    assert not [action for before, action in NEXT if before is state]


@pytest.mark.parametrize("state", sorted(REFUSED))
def test_a_refusal_can_only_be_undone(state):
    assert [action for before, action in NEXT if before is state] == [Action.UNDO]


def test_every_state_can_be_reached():
    assert set(NEXT.values()) | {State.SUBMITTED} == set(State)


def test_money_is_paid_only_after_two_people_and_a_notice():
    """Whatever the way from submitted to paid, it goes through all of these (S07, S08, S09, D05)."""
    for needed in (State.ACCEPTED, State.NOTICED, State.CLEARED, State.BATCHED):
        reached, todo = {State.SUBMITTED}, [State.SUBMITTED]
        while todo:
            here = todo.pop()
            for (before, _), after in NEXT.items():
                if before is here and after is not needed and after not in reached:
                    reached.add(after)
                    todo.append(after)
        assert State.PAID not in reached, needed
