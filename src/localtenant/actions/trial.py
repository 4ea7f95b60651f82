"""
Try Actions on one login, from the first factor to its end: without a server, a file or a network, in a tenant that is forgotten afterwards.

    tried = await Trial(actions=(TriedAction(name="greet", code=code),), runtime=runtime).log_in(Person(), TriedLogin())
    tried.last      # Finished, Denied, Failed, or the Redirect that nobody came back from
    tried.stops     # what the person was shown on the way

Whoever is asked for a factor gives the first that is offered; whoever is sent to a page comes back with the form that `page` answers.

Not here: the pipeline itself (`post_login.py`), pages (`universal_login/`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from localtenant.action_builds import ACTIONS, VERSIONS
from localtenant.actions.calls import TIME_LIMIT_SEC, ActionCall, ActionResult
from localtenant.actions.login import FactorAnswer, LoginFacts, RedirectAnswer, RequestFacts
from localtenant.actions.post_login import TRIGGER, PostLogin
from localtenant.actions.runtime import ActionRuntime
from localtenant.actions.steps import AskFactor, Failed, Finished, Redirect, Step
from localtenant.clock import Clock
from localtenant.management import clients, connections, guardian, tenants, users
from localtenant.management.authentication_methods import make_method
from localtenant.management.triggers import BINDINGS
from localtenant.store import Document, Store
from localtenant.tenant import Tenant
from localtenant.universal_login import mfa

STATE = "state-of-the-login-that-is-tried"
MOST_STOPS = 10  # nobody is led in circles for ever
FACTORS: Mapping[str, Document] = {  # as Actions name them: what enrolling one leaves behind
    "phone": {"type": "phone", "phone_number": "+15005550006"},
    "otp": {"type": "totp", "totp_secret": "JBSWY3DPEHPK3PXP"},
    "email": {"type": "email", "email": "ana@example.com"},
    "webauthn-roaming": {"type": "webauthn-roaming", "key_id": "key"},
}


@dataclass(frozen=True, kw_only=True)
class TriedAction:
    """One Action, as it would be deployed. Its name tells it apart from others with the same code."""

    name: str
    code: str
    secrets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Person:
    """Who logs in, as the tenant has them."""

    user_id: str = "auth0|ana"
    email: str = "ana@example.com"
    user_metadata: Mapping[str, Any] = field(default_factory=dict)
    app_metadata: Mapping[str, Any] = field(default_factory=dict)
    factors: tuple[str, ...] = ()  # enrolled, as Actions name them
    logins_count: int = 1


@dataclass(frozen=True, kw_only=True)
class TriedLogin:
    """How they log in. `proofs`: second factors that their session holds already."""

    client_id: str = "client"
    connection: str = "users"
    strategy: str = "auth0"
    protocol: str = "oidc-basic-profile"
    prompt: tuple[str, ...] = ()
    proofs: tuple[str, ...] = ()
    interactive: bool = True


@dataclass(frozen=True, kw_only=True)
class Stop:
    """What the person was shown: one of these factors to enrol or to show, or a page elsewhere."""

    kind: Literal["enroll", "challenge", "redirect"]
    factors: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """One call of one Action."""

    action: str
    result: ActionResult


@dataclass(frozen=True, kw_only=True)
class Tried:
    """What came of the login; `user` is the stored document afterwards."""

    stops: tuple[Stop, ...]
    last: Step
    runs: tuple[Ran, ...]
    user: Document


Page = Callable[[str], Mapping[str, str] | None]  # the address -> the form that comes back, or nobody does


class Trial:
    """
    A tenant for one login.

    Args:
        actions: bound to `post-login`, in their order.
        domain: the tenant's, as tokens name it.
        runtime: runs them; make it `offline`, or trying an Action does what it does.
        policy: the tenant's MFA policy: `all-applications`, `never`.
        factors: switched on in the tenant, as Guardian names them.
        mfa_in_actions: the tenant setting `customize_mfa_in_postlogin_action`.
        time_limit_sec: for all Actions between two stops.

    """

    def __init__(
        self,
        *,
        actions: tuple[TriedAction, ...],
        runtime: ActionRuntime,
        domain: str = "localhost",
        policy: str = "never",
        factors: tuple[str, ...] = ("sms", "otp", "webauthn-roaming"),
        mfa_in_actions: bool = True,
        time_limit_sec: float = TIME_LIMIT_SEC,
    ) -> None:
        self._tenant = Tenant(Store(None), domain=domain, clock=Clock())
        self._watched = _Watched(runtime, names={_version_of(action): action.name for action in actions})
        self._pipeline = PostLogin(self._tenant, self._watched, time_limit_sec=time_limit_sec)
        self._deploy(actions)
        policies = [] if policy == "never" else [policy]
        self._tenant.set_singleton(guardian.POLICIES, {"policies": policies})
        self._tenant.set_singleton(guardian.FACTORS, dict.fromkeys(factors, True))
        self._tenant.set_singleton(tenants.SETTINGS, {"customize_mfa_in_postlogin_action": mfa_in_actions})

    async def log_in(self, person: Person, login: TriedLogin, *, page: Page = lambda _: None) -> Tried:
        """The login, to its end. Once: what it writes, the next one would find."""
        stops: list[Stop] = []
        facts = self._arrive(person, login)
        methods = list(facts.authentication_methods)
        step = await self._pipeline.start(facts)
        while isinstance(step, Redirect | AskFactor) and len(stops) < MOST_STOPS:
            stops.append(_stop(step))
            answer = self._factor(person, step) if isinstance(step, AskFactor) else self._from(page, step)
            if answer is None:
                break
            methods += [answer.method] if isinstance(answer, FactorAnswer) else []
            step = await self._pipeline.resume(step.suspended, answer)
        if isinstance(step, Finished):
            step = self._at_the_end(person, login, step, methods, stops)
        user = self._tenant.store.get(users.KIND, person.user_id) or {}
        return Tried(stops=tuple(stops), last=step, runs=tuple(self._watched.runs), user=user)

    def _deploy(self, actions: tuple[TriedAction, ...]) -> None:
        store = self._tenant.store
        for action in actions:
            version = _version_of(action)
            secrets = [{"name": name, "value": value} for name, value in action.secrets.items()]
            store.put(ACTIONS, action.name, {"id": action.name, "name": action.name, "deployed_version_id": version})
            store.put(VERSIONS, version, {"id": version, "code": action.code, "secrets": secrets})
        store.put(BINDINGS, TRIGGER, {"bindings": [{"action_id": action.name} for action in actions]})

    def _arrive(self, person: Person, login: TriedLogin) -> LoginFacts:
        store, now = self._tenant.store, self._tenant.clock.timestamp()
        client = {"client_id": login.client_id, "name": login.client_id}
        connection = {"id": f"con_{login.connection}", "name": login.connection, "strategy": login.strategy}
        store.put(clients.KIND, client["client_id"], client)
        store.put(connections.KIND, connection["id"], connection)
        provider, _, local_id = person.user_id.partition("|")
        identity = {"connection": login.connection, "user_id": local_id, "provider": provider, "isSocial": False}
        user: Document = {
            "user_id": person.user_id,
            "email": person.email,
            "email_verified": True,
            "name": person.email,
            "nickname": person.email.partition("@")[0],
            "created_at": now,
            "updated_at": now,
            "identities": [identity],
            "user_metadata": dict(person.user_metadata),
            "app_metadata": dict(person.app_metadata),
            "logins_count": person.logins_count,
        }
        store.put(users.KIND, person.user_id, user)
        for factor in person.factors:
            make_method(self._tenant, person.user_id, {**FACTORS[factor]})
        first = {"name": "pwd" if login.strategy == "auth0" else "federated", "timestamp": now}
        proofs = [{"name": "mfa", "type": factor, "timestamp": now} for factor in login.proofs]
        return LoginFacts(
            client=client,
            connection=connection,
            user_id=person.user_id,
            protocol=login.protocol,
            request=self._request(
                query={"response_type": "code", **({"prompt": login.prompt[0]} if login.prompt else {})}
            ),
            prompt=login.prompt,
            requested_scopes=("openid", "profile", "email"),
            authentication_methods=(first, *proofs),
            session_id="session",
            state=STATE,
            interactive=login.interactive,
        )

    def _factor(self, person: Person, asked: AskFactor) -> FactorAnswer | None:
        factor = next((one for one in asked.factors if one in FACTORS), None)
        if factor is None:
            return None
        enrols = asked.kind == "enroll"
        if enrols:
            make_method(self._tenant, person.user_id, {**FACTORS[factor]})
        method = {"name": "mfa", "type": factor, "timestamp": self._tenant.clock.timestamp()}
        return FactorAnswer(method=method, enrolled=enrols)

    def _from(self, page: Page, step: Redirect) -> RedirectAnswer | None:
        form = page(step.url)
        if form is None:
            return None
        return RedirectAnswer(query={"state": STATE}, body=form, state=STATE, request=self._request(method="POST"))

    def _request(self, *, method: str = "GET", query: Mapping[str, str] | None = None) -> RequestFacts:
        return RequestFacts(ip="203.0.113.7", method=method, query=query or {}, hostname=self._tenant.domain)

    def _at_the_end(
        self, person: Person, login: TriedLogin, finished: Finished, methods: list[Document], stops: list[Stop]
    ) -> Step:
        """What the policy and `multifactor.enable` want when all Actions are through, as the pages and grants have it."""
        tenant = self._tenant
        if finished.ask_factor_at_the_end != "any":
            return finished
        if not login.interactive and not login.prompt:  # a grant: the policy asks in logins only
            always = mfa.ALWAYS in guardian.policies(tenant)
            return finished if always else Failed(error="mfa_required", description=mfa.REQUIRED)
        if not mfa.is_due(tenant, finished, methods):
            return finished
        if not login.interactive:
            return Failed(error="interaction_required", description=mfa.REQUIRED)
        asked = mfa.question_at_the_end(tenant, person.user_id, finished.mfa_provider)
        if asked is None:
            return Failed(description=mfa.NO_FACTOR)
        stops.append(Stop(kind=asked["kind"], factors=tuple(asked["factors"])))
        return finished


class _Watched(ActionRuntime):
    """Another's processes, and a record of what they answered."""

    def __init__(self, runtime: ActionRuntime, *, names: Mapping[str, str]) -> None:
        super().__init__()
        self._runtime = runtime
        self._names = names
        self.runs: list[Ran] = []

    async def run(self, call: ActionCall) -> ActionResult:
        result = await self._runtime.run(call)
        self.runs.append(Ran(action=self._names[call.version], result=result))
        return result


def _version_of(action: TriedAction) -> str:
    return f"tried:{action.name}"


def _stop(step: Redirect | AskFactor) -> Stop:
    if isinstance(step, Redirect):
        return Stop(kind="redirect", url=step.url)
    return Stop(kind=step.kind, factors=step.factors)
