"""What a pull request changes, without what its base would change anyway."""

from __future__ import annotations

from guestlist.preview.change import Change, PropertyChange
from guestlist.preview.compare import without
from guestlist.preview.picture import SECRET, Operation, Resource


def a_property(path: str, after: object = "new", before: object = "old") -> PropertyChange:
    return PropertyChange(path=path, nature="changed", before=before, after=after)


def a_change(name: str, *properties: PropertyChange, operation: Operation = "update") -> Change:
    resource = Resource(
        urn=f"urn:pulumi:dev::guestlist::auth0:index/client:Client::{name}", type="auth0:index/client:Client"
    )
    return Change(operation=operation, resource=resource, properties=properties)


def test_nothing_is_inherited_from_a_base_that_changes_nothing() -> None:
    change = a_change("application", a_property("name"))

    assert without([change], []) == ((change,), 0)


def test_what_the_base_changes_in_the_same_way_is_left_out() -> None:
    both, ours = a_property("name"), a_property("callbacks")
    found = without([a_change("application", both, ours)], [a_change("application", both)])

    assert found == ((a_change("application", ours),), 1)


def test_a_resource_goes_if_nothing_of_it_is_left() -> None:
    same = a_change("application", a_property("name"), a_property("callbacks"))

    assert without([same], [same]) == ((), 2)


def test_another_value_of_the_same_property_is_a_change_of_ours() -> None:
    ours, base = a_change("application", a_property("name", "b")), a_change("application", a_property("name", "c"))

    assert without([ours], [base]) == ((ours,), 0)


def test_what_the_base_does_otherwise_is_shown_whole() -> None:
    ours, base = a_change("application", operation="delete"), a_change("application", a_property("name"))

    assert without([ours], [base]) == ((ours,), 0)


def test_a_masked_value_may_be_another_one_and_is_always_shown() -> None:
    secret = a_change("application", a_property("secret", SECRET, SECRET))

    assert without([secret], [secret]) == ((secret,), 0)


def test_what_only_the_base_would_change_is_none_of_ours() -> None:
    assert without([], [a_change("application", a_property("name"))]) == ((), 0)


def test_a_resource_that_both_delete_goes_whole() -> None:
    gone = a_change("application", PropertyChange(path="name", nature="removed", before="x"), operation="delete")

    assert without([gone], [gone])[0] == ()


def test_a_resource_without_properties_that_both_delete_goes_too() -> None:
    gone = a_change("application", operation="delete")

    assert without([gone], [gone])[0] == ()
