"""The query language of GET /users: what it finds, how it sorts, and that it refuses what it does not know."""

import pytest

from localtenant.errors import NotEmulated
from localtenant.management.user_search import ordered, query

USERS = [
    {
        "email": "ana@example.com",
        "name": "Ana Bell",
        "created_at": "2026-11-23T12:00:00.000Z",
        "blocked": False,
        "app_metadata": {"plan": "free", "roles": ["admin", "editor"]},
        "identities": [{"connection": "invited-users"}],
    },
    {"email": "bea@example.org", "name": "Bea Ana", "blocked": True, "username": "bea"},
    {
        "email": "cid@example.com",
        "name": "Cid",
        "created_at": "2026-11-24T00:00:00.000Z",
        "app_metadata": {"plan": "pro"},
    },
]


def found(text):
    return [user["email"].partition("@")[0] for user in USERS if query(text)(user)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('email:"ana@example.com"', ["ana"]),
        ("email:ANA@example.com", ["ana"]),
        ("email:*.com", ["ana", "cid"]),
        ('name:"Ana Bell"', ["ana"]),
        ("ana", ["ana", "bea"]),
        ("app_metadata.plan:pro", ["cid"]),
        ("app_metadata.roles:editor", ["ana"]),
        ('identities.connection:"invited-users"', ["ana"]),
        ('identities.connection:"invited-users" AND NOT _exists_:username', ["ana"]),
        ('identities.connection:"invited-users" AND NOT _exists_:name', []),
        ("_exists_:username", ["bea"]),
        ("blocked:true", ["bea"]),
        ("NOT blocked:true", ["ana", "cid"]),
        ("-blocked:true", ["ana", "cid"]),
        ("email:*.com AND app_metadata.plan:free", ["ana"]),
        ("email:*.com app_metadata.plan:free", ["ana"]),
        ("created_at:[2026-11-23T12:00:00.000Z TO *]", ["ana", "cid"]),
        ("created_at:{2026-11-23T12:00:00.000Z TO *]", ["cid"]),
        ("created_at:[* TO 2026-11-23] AND email:*.com", ["ana"]),
        ("username:bea OR app_metadata.plan:pro", ["bea", "cid"]),
    ],
)
def test_a_query_finds_the_users_it_describes(text, names):
    assert found(text) == names


@pytest.mark.parametrize("text", ["(a OR b) AND c", "logins_count:[1 TO 3]", "name:ana~1"])
def test_what_it_does_not_know_is_a_501_never_a_wrong_answer(text):
    with pytest.raises(NotEmulated):
        query(text)


def test_users_are_sorted_and_those_without_the_field_come_last():
    assert [user["name"] for user in ordered(USERS, "name:-1")] == ["Cid", "Bea Ana", "Ana Bell"]
    assert ordered(USERS, "username:1")[0]["username"] == "bea"


def test_the_endpoint_searches_sorts_and_pages(a_tenant):
    tenant = a_tenant()
    for name in ("ana", "bea", "cid"):
        body = {"connection": "Username-Password-Authentication", "password": "correct horse battery"}
        assert tenant.post("/users", json={**body, "email": f"{name}@example.com"}).status_code == 201
    query_string = "q=email:*example.com&sort=email:-1&per_page=2&page=0&include_totals=true"
    answer = tenant.get(f"/users?{query_string}").json()
    assert [user["email"] for user in answer["users"]] == ["cid@example.com", "bea@example.com"]
    assert (answer["start"], answer["limit"], answer["length"], answer["total"]) == (0, 2, 2, 3)


def test_the_total_counts_every_user_found_though_only_the_first_thousand_can_be_read(a_tenant):
    tenant = a_tenant()
    with tenant.tenant.store.transaction():
        for number in range(2500):
            names = {"given_name": "Ana"} if number % 5 == 0 else {}
            user = {"user_id": f"auth0|{number}", "identities": [{"connection": "invited-users"}], **names}
            tenant.tenant.store.put("users", user["user_id"], user)
    q = 'identities.connection:"invited-users" AND NOT _exists_:given_name'
    answer = tenant.get("/users", params={"q": q, "include_totals": "true", "per_page": "1"}).json()
    assert (answer["total"], answer["length"], len(answer["users"])) == (2000, 1, 1)
    last = tenant.get("/users", params={"page": "10", "per_page": "100", "include_totals": "true"}).json()
    assert (last["total"], last["users"]) == (2500, [])
