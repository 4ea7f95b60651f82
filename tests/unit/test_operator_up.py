"""What `guestlist up` refuses before any call, and what it says afterwards."""

from pathlib import Path

from guestlist.engine import Run
from guestlist.errors import PendingOperations, WrongTenant
from guestlist.state import State
from guestlist.up import output_lines, refusal, seconds, summary, unofficial
from tests.unit.operator_state import DOMAIN, a_pending, a_resource, a_state
from toolchain import Origin, Piece, PieceName, Toolchain


def a_toolchain(origin: Origin = Origin.OFFICIAL_DOWNLOAD) -> Toolchain:
    engine, host, plugin = (
        Piece(name=name, version="3.253.0", origin=origin, path=Path(f"/tools/{name.value}")) for name in PieceName
    )
    return Toolchain(engine=engine, language_host=host, auth0_plugin=plugin, pulumi_home=None)


def test_a_deployed_state_of_this_tenant_may_be_deployed() -> None:
    assert refusal(a_state(a_resource()), domain=DOMAIN, environment="dev") is None


def test_an_empty_state_may_be_deployed_anywhere() -> None:
    assert refusal(State(), domain="other.eu.auth0.com", environment="dev") is None


def test_a_state_of_another_tenant_is_refused_with_both_names() -> None:
    refused = refusal(a_state(a_resource()), domain="other.eu.auth0.com", environment="dev")

    assert isinstance(refused, WrongTenant)
    assert DOMAIN in refused.message
    assert "other.eu.auth0.com" in refused.message
    assert refused.exit_code == 3


def test_pending_operations_are_named_with_the_command_that_repairs_them() -> None:
    state = a_state(pending=(a_pending(), a_pending("Action", "require-mfa", "updating")))

    refused = refusal(state, domain=DOMAIN, environment="dev")

    assert isinstance(refused, PendingOperations)
    assert "Client application (creating)" in refused.message
    assert "Action require-mfa (updating)" in refused.message
    assert "guestlist recover --env dev" in refused.message
    assert refused.exit_code == 3


def test_source_builds_are_refused_for_a_real_tenant() -> None:
    refused = unofficial(a_toolchain(Origin.SOURCE_BUILD), environment="prod")

    assert refused is not None
    assert "--from-source" in refused.message
    assert unofficial(a_toolchain(), environment="prod") is None
    assert unofficial(a_toolchain(Origin.ON_PATH), environment="prod") is None


def test_a_run_that_changed_nothing_says_so() -> None:
    assert (
        summary(Run(changes={"same": 3}, seconds=2.44), environment="dev")
        == "Nothing to do for dev: 3 unchanged (2.4 s)."
    )


def test_a_run_is_summed_up() -> None:
    run = Run(changes={"create": 2, "same": 1}, seconds=12.3)

    assert summary(run, environment="dev") == "Deployed dev: 2 created, 1 unchanged (12 s)."


def test_durations_are_written_for_people() -> None:
    assert [seconds(value) for value in (0.83, 9.99, 59.4, 185.0)] == ["0.8 s", "10 s", "59 s", "3 min 05 s"]


def test_a_secret_inside_an_output_hides_all_of_it() -> None:
    lines = output_lines({"page": {"url": "https://p", "key": "[secret]"}, "ids": ["a"], "name": "x"})

    assert lines == ['  ids   ["a"]', "  name  x", "  page  [secret]"]
