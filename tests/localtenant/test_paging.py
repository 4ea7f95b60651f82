"""The three list styles."""

import pytest

from localtenant.errors import ManagementError
from localtenant.management.endpoint import Call, Caller
from localtenant.management.fields import asked
from localtenant.management.paging import listing

ITEMS = [{"id": str(number)} for number in range(7)]


def a_call(**query):
    caller = Caller(client_id="c", client_name="", scopes=frozenset())
    return Call(tenant=None, path={}, query=query, body=None, caller=caller)


def _ids(items):
    return [item["id"] for item in items]


def test_without_parameters_a_list_is_bare():
    assert listing(a_call(), ITEMS, "things") == ITEMS


def test_pages_count_from_zero():
    assert _ids(listing(a_call(page="1", per_page="3"), ITEMS, "things")) == ["3", "4", "5"]
    assert _ids(listing(a_call(page="2", per_page="3"), ITEMS, "things")) == ["6"]
    assert listing(a_call(page="9", per_page="3"), ITEMS, "things") == []


def test_totals_come_in_an_envelope():
    page = listing(a_call(page="2", per_page="3", include_totals="true"), ITEMS, "things")
    assert page == {"start": 6, "limit": 3, "length": 1, "total": 7, "things": [{"id": "6"}]}


def test_some_operations_always_answer_an_envelope():
    assert listing(a_call(), ITEMS, "things", always_envelope=True)["total"] == 7


def test_a_checkpoint_walks_through_everything_once():
    seen, query = [], {"take": "3"}
    while True:
        page = listing(a_call(**query), ITEMS, "things")
        assert set(page) <= {"things", "next"}
        seen += _ids(page["things"])
        if "next" not in page:
            break
        query = {"take": "3", "from": page["next"]}
    assert seen == _ids(ITEMS)


@pytest.mark.parametrize("query", [{"per_page": "101"}, {"page": "-1"}, {"page": "one"}, {"take": "0"}])
def test_a_number_out_of_bounds_is_refused(query):
    with pytest.raises(ManagementError) as caught:
        listing(a_call(**query), ITEMS, "things")
    assert caught.value.error_code == "invalid_query_string"
    assert caught.value.message.startswith("Query validation error: '")


def test_a_checkpoint_that_we_never_gave_is_refused():
    with pytest.raises(ManagementError):
        listing(a_call(**{"from": "!!", "take": "3"}), ITEMS, "things")


def test_fields_choose_or_leave_out():
    document = {"a": 1, "b": 2, "c": 3}
    assert asked(a_call(fields="a,c"), document) == {"a": 1, "c": 3}
    assert asked(a_call(fields="a", include_fields="false"), document) == {"b": 2, "c": 3}
    assert asked(a_call(), document) == document
