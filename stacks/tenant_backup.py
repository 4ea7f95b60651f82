"""
What the tenant-wide things were before the first `up`, and the hand that puts them back.

`tenant-backup` is created before everything else (the explicit provider depends on it) and so deleted after everything else: `destroy`,
plain Pulumi's too, ends with the tenant as it was. Creating it only reads. The resources that write these things are retained on delete
(`retain_on_delete`): their provider's deletes would switch MFA off or leave things as they are, where ours restores.

A thing that leaves the program (`mfa.enabled: false`, or an ownership that becomes `leave`) is restored in that `up`; one that joins is saved
first.

Standing in front of everything, it is also where a takeover is refused: what somebody else has set and the environment has not decided
about, what is required and not there, and other people's Actions that our list would drop; all in one message, before any write. A refresh
looks at the Actions again, so one that somebody binds later is seen as drift and never dropped.

Not here: the things themselves (`tenant_wide/`), whose they are (`demands.py`), taking our Actions out of the trigger
(`post_login_backup.py`).
"""

import json
from collections.abc import Collection, Mapping, Sequence

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, UpdateResult

from .management import ManagementClient, ManagementError, ReadOnce
from .ownership import Demands, Problem, Values, refusal
from .post_login_bindings import NOT_LOOKED_AT, PostLogin, look
from .tenant_resource import Properties, TenantResourceProvider
from .tenant_wide import TENANT_WIDE_THINGS, Reader
from .tenant_wide.phone import SELECTED_SENDER


class TakeoverRefused(ManagementError):  # noqa: N818 - reads as a sentence where it is raised
    """The tenant holds something that is not ours to replace, or lacks something that has to be there."""


class TenantBackupProvider(TenantResourceProvider):
    """
    Inputs: `tenant`, `things` (names), `actions` (names of those that the program binds), `demands` (JSON text).

    Outputs: these, `saved` (JSON texts by name), `cannot_restore` (sentences), `named_actions` (the foreign Actions that the list
    names: name to id and display name), `foreign_actions` (names of those that run and are not in the list; empty after an `up`),
    `our_actions` (names: today's, and those that left the program and still ran when it was last updated: an `up` that fails half-way leaves
    them bound), `policy_before` (JSON text; the MFA policy where it is left as it was) and `sender_before` (who sends text messages, where
    that is Guardian's and left as it is; or empty).
    """

    def create(self, props: Properties) -> CreateResult:
        """Raises: TakeoverRefused, before any write."""
        tenant, demands = self.connect(props["tenant"]), Demands.from_json(props["demands"])
        saved, problems = survey(tenant, demands, already={})
        post_login = look(tenant, demands, ours=props["actions"])
        refuse([*problems, *post_login.problems], tenant, demands)
        return CreateResult(
            props["tenant"],
            outputs(
                props,
                saved,
                post_login,
                ours=props["actions"],
                policy_before=policy_now(tenant, demands, saved),
                sender_before=sender_now(tenant, demands),
            ),
        )

    def diff(self, _id: str, _olds: Properties, _news: Properties) -> DiffResult:
        """
        Asks the tenant only where something is required of it.

        Raises: TakeoverRefused, if it is not there: neither a preview nor an `up` goes on.
        """
        demands = Demands.from_json(_news["demands"])
        # A state from before there were demands is updated once.
        before = Demands.from_json(_olds["demands"]) if _olds.get("demands") else None
        if demands.require or demands.post_login == "require":
            self._refuse_unmet(demands, _news, before)
        return DiffResult(
            changes=set(_olds.get("saved", {})) != set(_news["things"])
            or _olds.get("actions") != _news["actions"]
            or before is None
            or (before.post_login, before.order) != (demands.post_login, demands.order)
            or bool(_olds.get("foreign_actions"))
        )

    def read(self, id_: str, props: Properties) -> ReadResult:
        """What is saved stays saved; whose Actions run is looked at again."""
        if not props.get("demands"):  # a state from before there were any
            return ReadResult(id_, props)
        demands = Demands.from_json(props["demands"])
        found = look(self.connect(props["tenant"]), demands, ours=known(props))
        return ReadResult(id_, {**props, "foreign_actions": list(found.unnamed)})

    def update(self, _id: str, _olds: Properties, _news: Properties) -> UpdateResult:
        """
        The oldest value wins: a thing that is already saved keeps what was read before our first write.

        Raises: TakeoverRefused, before any write.
        """
        tenant, demands = self.connect(_news["tenant"]), Demands.from_json(_news["demands"])
        before: dict[str, str] = _olds["saved"]
        saved, problems = survey(tenant, demands, already=before)
        ours = sorted({*known(_olds), *_news["actions"]})
        post_login = look(tenant, demands, ours=ours)
        refuse([*problems, *post_login.problems], tenant, demands)
        # What is required from now on stays as it is: that is how the flow needs it.
        kept = {*saved, *demands.require}
        restore(tenant, {name: text for name, text in before.items() if name not in kept})
        write(tenant, {name: wanted for name, wanted in demands.own.items() if name not in before})
        # Not the oldest one: while the policy is not ours, whoever changes it has decided.
        policy = policy_now(tenant, demands, saved)
        sender = sender_now(tenant, demands)
        return UpdateResult(outputs(_news, saved, post_login, ours=ours, policy_before=policy, sender_before=sender))

    def delete(self, _id: str, _props: Properties) -> None:
        restore(self.connect(_props["tenant"]), _props["saved"])

    def _refuse_unmet(self, demands: Demands, news: Properties, before: Demands | None) -> None:
        tenant = self.connect(news["tenant"])
        problems = required(ReadOnce(tenant), demands)
        if before and LOGIN_DOMAIN in before.own and LOGIN_DOMAIN in demands.require:
            problems.append(OUR_LOGIN_DOMAIN)
        if demands.post_login == "require":
            problems += look(tenant, demands, ours=news["actions"]).problems
        refuse(problems, tenant, demands)


# Everything else that goes from `own` to `require` stays in the tenant; this the engine deletes, as it made it.
LOGIN_DOMAIN = "login-domain"
OUR_LOGIN_DOMAIN = Problem(
    thing=LOGIN_DOMAIN,
    setting="loginDomain",
    sentence="it is required, and the one that is there was made by this program, which would delete it",
    remedy="Keep loginDomain: own; or write leave, have the domain made in the tenant after that up, and then require it",
)
OLD_PHONE_EXPERIENCE = Problem(
    thing="phone-experience",
    setting="phone",
    sentence="text messages are Guardian's in this tenant, as in those from before 2025",
    remedy="Write phone.experience: legacy, and phone.provider (auth0, if you have none); or unified, to change the tenant over",
)


def survey(
    tenant: ManagementClient, demands: Demands, *, already: Mapping[str, str]
) -> tuple[dict[str, str], list[Problem]]:
    """Save every thing that is to be ours and is not in `already`, and say what is in the way. GETs only."""
    saved: dict[str, str] = {}
    problems: list[Problem] = []
    reader = ReadOnce(tenant)
    for name in sorted(demands.own):
        if name in already:
            saved[name] = already[name]
            continue
        thing = TENANT_WIDE_THINGS[name]
        live = thing.look(reader)
        if isinstance(live, Problem):
            problems.append(live)
            continue
        # JSON text, because Pulumi's own property values drop nulls and know no integers.
        saved[name] = json.dumps(live, sort_keys=True, ensure_ascii=False)
        found = None if name in demands.decided else thing.conflict(live, demands.own[name])
        problems += [found] if found else []
    return saved, problems + required(reader, demands) + unnamed_phone_experience(reader, demands, already)


def required(reader: Reader, demands: Demands) -> list[Problem]:
    """What has to be there and is not."""
    problems: list[Problem] = []
    for name, needed in demands.require.items():
        thing = TENANT_WIDE_THINGS[name]
        live = thing.look(reader)
        found = live if isinstance(live, Problem) else thing.unmet(live, needed)
        problems += [found] if found else []
    return problems


def unnamed_phone_experience(reader: Reader, demands: Demands, already: Mapping[str, str]) -> list[Problem]:
    """
    Guardian's phone factor needs a sender in a tenant with the old experience; an environment that says nothing of either has none.

    An experience that was ours goes back to what is in `already`: that counts, not what the tenant has before it does.
    """
    said = {"phone-experience", "phone-in-guardian"} & {*demands.own, *demands.require}
    if said or "factor-sms" not in demands.own:
        return []
    saved = already.get("phone-experience")
    live = json.loads(saved) if saved else TENANT_WIDE_THINGS["phone-experience"].save(reader)
    return [OLD_PHONE_EXPERIENCE] if live.get("phone_consolidated_experience") is False else []


def refuse(problems: Collection[Problem], tenant: ManagementClient, demands: Demands) -> None:
    """Raises: TakeoverRefused, if there are any, naming them all."""
    if problems:
        raise TakeoverRefused(refusal(tenant.domain, list(problems), file=demands.file))


def restore(tenant: ManagementClient, saved: dict[str, str]) -> None:
    """Everything in `saved`, in the order of `TENANT_WIDE_THINGS`. Safe to repeat."""
    for name, thing in TENANT_WIDE_THINGS.items():
        if name in saved:
            thing.restore(tenant, json.loads(saved[name]))


def write(tenant: ManagementClient, wanted: Mapping[str, Values]) -> None:
    """
    What becomes ours in a program that is there already, the MFA policy last.

    One resource holds several such things, ignores those that are not ours, and believes of one that comes back that it still is as it was
    left: its own `up` would not write it.
    """
    for name, thing in reversed(list(TENANT_WIDE_THINGS.items())):
        if name in wanted and thing.write:
            thing.write(tenant, wanted[name])


def policy_now(tenant: Reader, demands: Demands, saved: Mapping[str, str]) -> str:
    """The tenant's MFA policy as JSON text, where Guardian is ours and the policy is not: the provider cannot leave it out."""
    if "mfa-policy" in saved or not any(name.startswith("factor-") for name in demands.own):
        return ""
    return json.dumps(tenant.get("/guardian/policies"))


def sender_now(tenant: Reader, demands: Demands) -> str:
    """Whom Guardian has text messages sent by, where the factor is ours, the tenant from before 2025, and its sender left as it is."""
    is_old = demands.require.get("phone-experience", {}).get("phone_consolidated_experience") is False
    if not is_old or "factor-sms" not in demands.own or "phone-in-guardian" in demands.own:
        return ""
    return str(tenant.get(SELECTED_SENDER)["provider"])


def known(props: Properties) -> Sequence[str]:
    """Names of Actions that are ours; a state from before they were kept has those of its last `up`."""
    return props.get("our_actions") or props.get("actions") or ()


def outputs(
    props: Properties,
    saved: dict[str, str],
    post_login: PostLogin,
    *,
    ours: Collection[str],
    policy_before: str,
    sender_before: str,
) -> Properties:
    """The resource's outputs, right after a look that found no foreign Action that the list would drop."""
    lost = [
        sentence
        for name, thing in TENANT_WIDE_THINGS.items()
        if name in saved
        for sentence in thing.cannot_restore(json.loads(saved[name]))
    ]
    named = {action.name: {"id": action.action_id, "display_name": action.display_name} for action in post_login.named}
    running = ours if post_login is NOT_LOOKED_AT else {action.name for action in post_login.bound}
    return {
        **{key: props[key] for key in ("tenant", "things", "actions", "demands")},
        "saved": saved,
        "cannot_restore": lost,
        "named_actions": named,
        "foreign_actions": list(post_login.unnamed),
        "our_actions": [name for name in ours if name in props["actions"] or name in running],
        "policy_before": policy_before,
        "sender_before": sender_before,
    }


class TenantBackup(Resource, module="guestlist", name="TenantBackup"):
    """
    See the module.

    Args:
        demands: what the environment wants of the tenant-wide things.
        actions: names of our Actions, in the order they run.

    """

    saved: pulumi.Output[dict[str, str]]
    cannot_restore: pulumi.Output[list[str]]
    named_actions: pulumi.Output[dict[str, dict[str, str]]]
    policy_before: pulumi.Output[str]  # JSON text
    sender_before: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        tenant: str,
        demands: Demands,
        actions: Sequence[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        unknown = set(demands.own) - set(TENANT_WIDE_THINGS)
        if unknown:
            raise ValueError(f"no such tenant-wide things: {', '.join(sorted(unknown))}")
        super().__init__(
            TenantBackupProvider(),
            name,
            {
                "tenant": tenant,
                "things": sorted(demands.own),
                "actions": list(actions),
                "demands": demands.to_json(),
                "saved": None,
                "cannot_restore": None,
                "named_actions": None,
                "foreign_actions": None,
                "our_actions": None,
                "policy_before": None,
                "sender_before": None,
            },
            opts,
        )
