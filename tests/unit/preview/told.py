"""
What is known of each prepared change beside what the engine said: findings, consequences, behaviour, as the parts that find them out would say it.

Not here: what the engine said (`recorded/`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from guestlist.preview.as_read import as_read
from guestlist.preview.budget import Budget
from guestlist.preview.change import changes_of
from guestlist.preview.picture import Step, step_of
from guestlist.preview.report import Problem, Report
from guestlist.preview.security.finding import Finding, Severity
from tests.unit.preview.record import ENVIRONMENT, TENANT, steps_of
from tests.unit.preview.reports import a_finding, an_allowance

MFA = "urn:pulumi:prod::guestlist::guestlist:auth0:Mfa$auth0:index/guardian:Guardian::guardian"
CONNECTION = "urn:pulumi:prod::guestlist::guestlist:auth0:InvitedUsers$auth0:index/connection:Connection::invited-users"
REQUIRE_MFA = "urn:pulumi:prod::guestlist::guestlist:auth0:LoginActions$auth0:index/action:Action::require-mfa"
COMPLETE_PROFILE = (
    "urn:pulumi:prod::guestlist::guestlist:auth0:LoginActions$auth0:index/action:Action::complete-profile"
)
BINDINGS = (
    "urn:pulumi:prod::guestlist::guestlist:auth0:LoginActions$auth0:index/triggerActions:TriggerActions::post-login"
)
CLIENT = "urn:pulumi:prod::guestlist::guestlist:auth0:Applications$auth0:index/client:Client::application"
SHOP = "urn:pulumi:prod::guestlist::guestlist:auth0:Applications$auth0:index/client:Client::application-shop"
INVITER = "urn:pulumi:prod::guestlist::guestlist:auth0:MachineClient$auth0:index/clientGrant:ClientGrant::inviter-grant"

NO_MFA = a_finding(
    rule="mfa-not-required",
    urn=REQUIRE_MFA,
    resource="Action require-mfa",
    what="Nobody would be asked for a second factor.",
    why="Whoever learns a password, or opens an invitation's mail, is in.",
    remedy="Set `mfa.enabled: true` in config/Pulumi.prod.yaml, or allow the rule there with a reason and an end date.",
)
SIGN_UP = a_finding(urn=CONNECTION)

MORE: dict[str, dict[str, Any]] = {
    "mfa-off": {
        "findings": (NO_MFA,),
        "consequences": {
            MFA: "The program forgets it: Guardian's policy and factors stay in the tenant as they are, and nobody watches them for drift.",
            REQUIRE_MFA: "It is unbound from post-login, then deleted: it asks nobody for a second factor any more.",
        },
        "behaviour": ("Signing in takes a password alone; before, a code by SMS was asked for.",),
    },
    "guardian-removed": {
        "findings": (
            a_finding(
                rule="guardian-unmanaged",
                severity=Severity.WARNING,
                urn=MFA,
                resource="Guardian guardian",
                what="The policy behind `require-mfa` would be nobody's.",
                why="Somebody could switch every factor off in the dashboard, and no drift check would say so.",
                remedy="Set `ownership.mfa` to `require` in config/Pulumi.prod.yaml: it is read and checked then.",
            ),
        ),
        "consequences": {
            MFA: "The program forgets it: Guardian's policy and factors stay in the tenant as they are, and nobody watches them for drift."
        },
        "behaviour": (),
    },
    "connection-renamed": {
        "consequences": {
            CONNECTION: "Auth0 cannot rename a connection: a new, empty one is made and the old one is deleted with every user in it."
        },
        "findings": (
            a_finding(
                rule="users-deleted",
                urn=CONNECTION,
                resource="Connection invited-users",
                what="Every user of `invited-users` would be deleted.",
                why="Nobody who was invited could sign in; their names, factors and invitations are gone, and no backup holds them.",
                remedy="Keep `connection.name`, or move the users first: docs/users.md.",
            ),
        ),
    },
    "action-removed": {
        "consequences": {COMPLETE_PROFILE: "It is unbound from post-login, then deleted, with its secrets."},
        "behaviour": ("Nobody is sent to the profile page; whoever has no name stays without one.",),
    },
    "application-removed": {
        "consequences": {
            SHOP: "Its client id and secret are gone for good: whoever signs in to it gets an error, and a new one has another id."
        }
    },
    "scope-widened": {
        "findings": (
            a_finding(
                rule="scope-widened",
                severity=Severity.WARNING,
                urn=INVITER,
                resource="ClientGrant inviter-grant",
                what="The inviter could also delete users (`delete:users`).",
                why="Whoever gets hold of its secret can empty the tenant.",
                remedy="Leave the scope out, or give it to a client of its own.",
            ),
        )
    },
    "sign-up-opened": {"findings": (SIGN_UP,), "behaviour": ("The login page offers to sign up.",)},
    "password-policy-lowered": {
        "findings": (
            a_finding(
                rule="password-policy-lowered",
                urn=CONNECTION,
                what="Passwords of 8 characters would be enough, of any kind.",
                why="They are guessed in minutes once a hash leaks, and tried in the thousands before.",
                remedy="Keep `excellent` and 12 characters, or allow the rule in config/Pulumi.prod.yaml.",
                allowance=an_allowance(rule="password-policy-lowered", reason="The old importer makes short passwords"),
            ),
        )
    },
    "foreign-action-appeared": {
        "findings": (
            a_finding(
                rule="foreign-action",
                severity=Severity.WARNING,
                urn=BINDINGS,
                resource="TriggerActions post-login",
                what="`who-is-this` runs after every login and is not in the program's list; applying takes it out.",
                why="Code that nobody reviewed sees every login and can let people in.",
                remedy="Find out who bound it. To keep it, name it in `actions.postLogin` of config/Pulumi.prod.yaml.",
            ),
        )
    },
    "several-at-once": {
        "findings": (NO_MFA, SIGN_UP),
        "consequences": {
            MFA: "The program forgets it: Guardian's policy and factors stay in the tenant as they are, and nobody watches them for drift.",
            REQUIRE_MFA: "It is unbound from post-login, then deleted: it asks nobody for a second factor any more.",
        },
        "behaviour": (
            "Signing in takes a password alone; before, a code by SMS was asked for.",
            "The login page offers to sign up.",
        ),
        "base": "main",
        "inherited": 2,
    },
}

UNREACHABLE = Report(
    environment=ENVIRONMENT,
    domain=TENANT,
    changes=(),
    unchanged=0,
    problems=(
        Problem(
            said=f"Cannot preview prod: the tenant {TENANT} did not answer within 30 s. See whether its status page reports an outage, then run: guestlist preview --env prod"
        ),
    ),
)


def report_of(name: str, *, environment: str = ENVIRONMENT) -> Report:
    """The whole report of a prepared change."""
    recorded = list(steps_of(name))
    steps = tuple(step for metadata in recorded if (step := step_of(as_read(metadata))))
    retained = frozenset(one["urn"] for one in recorded if (one.get("old") or {}).get("retainOnDelete"))
    changes = changes_of(steps, retained=retained)
    return Report(
        environment=environment,
        domain=TENANT if environment == ENVIRONMENT else f"{environment}-{TENANT}",
        changes=changes,
        unchanged=sum(step.operation == "same" for step in steps),
        budget=_budget(steps),
        refreshed=name == "foreign-action-appeared",
        **MORE.get(name, {}),
    )


def _budget(steps: tuple[Step, ...]) -> Budget:
    """A write for each change, a read for each resource that stays; the figures of `budget.py` are better."""
    writes = sum(step.operation != "same" for step in steps)
    return Budget(calls={"PATCH /…": writes, "GET /…": writes} if writes else {})


def with_findings(report: Report, *findings: Finding) -> Report:
    """The same, with other findings."""
    return replace(report, findings=findings)
