"""
The `post-login` trigger of one tenant: the bound Actions, in their order, as Auth0 documents it.

- A redirect suspends the login when its Action has ended, and resumes in `onContinuePostLogin` of the same Action. Earlier Actions are not run again, later ones only then.
- MFA commands suspend it too; the next Action begins when they are answered, and only then sees the new factors.
- The user is read when a run begins: at the start, and at every resumption.
- Metadata is written once, at the end, also when the login is denied; nothing of a login that fails or is never finished.
- 20 seconds for all Actions between two pauses.

An Action that throws fails the login with its own words, as on Auth0: the application reads them.

Not documented, and decided here: a redirect and MFA commands in one Action fail the login; Actions unbound meanwhile still run in a login that was under
way; a version deployed meanwhile is the one that resumes; a login fails once its metadata is over 32 kB.
Not here: the process that runs an Action (`runtime.py`), pages and tokens (`universal_login/`, `authentication/`).
Source: https://auth0.com/docs/customize/actions/redirect-with-actions, https://auth0.com/docs/customize/actions/limitations,
https://support.auth0.com/center/s/article/troubleshooting-the-access-denied-error (an uncaught error becomes `error_description`)
"""

from dataclasses import dataclass, field, replace

from localtenant.actions import effects, executions, mfa
from localtenant.actions.calls import TIME_LIMIT_SEC, ActionCall, ActionResult, CacheEntry, Handler
from localtenant.actions.deployed import DeployedAction, bound_actions, deployed_action
from localtenant.actions.event import event_of, find_user
from localtenant.actions.flow import Flow
from localtenant.actions.login import Answer, FactorAnswer, LoginFacts, RedirectAnswer
from localtenant.actions.runtime import ActionRuntime
from localtenant.actions.steps import AskFactor, Denied, Failed, Finished, Redirect, Step, Suspended
from localtenant.actions.trigger_cache import read_cache, write_cache
from localtenant.management import clients, connections
from localtenant.store import Document
from localtenant.tenant import Tenant

TRIGGER = "post-login"


@dataclass(kw_only=True)
class _Run:
    """What one stretch between two pauses works with."""

    user: Document
    client: Document
    connection: Document
    execution: Document
    cache: dict[str, CacheEntry]
    cache_writes: dict[str, CacheEntry | None] = field(default_factory=dict)
    seconds_left: float = TIME_LIMIT_SEC


class _Stop(Exception):  # noqa: N818 - ends a run with its step
    def __init__(self, step: Step) -> None:
        super().__init__()
        self.step = step


class PostLogin:
    """
    The pipeline. Keeps nothing between calls: what a login needs later is in its `Suspended`.

    Args:
        tenant: whose Actions.
        runtime: runs them.
        time_limit_sec: for all Actions between two pauses.

    """

    def __init__(self, tenant: Tenant, runtime: ActionRuntime, *, time_limit_sec: float = TIME_LIMIT_SEC) -> None:
        self.tenant = tenant
        self.runtime = runtime
        self.time_limit_sec = time_limit_sec

    async def start(self, login: LoginFacts) -> Step:
        """Run the bound Actions for a login whose first factor has been shown."""
        transaction_id = self.tenant.new_id("", 32)
        actions = bound_actions(self.tenant, TRIGGER)
        return await self._go(Flow.begin(login, transaction_id=transaction_id, actions=actions), None)

    async def resume(self, suspended: Suspended, answer: Answer) -> Step:
        """
        Go on after a pause.

        Raises:
            ValueError: the answer is not of the kind that the login waits for, or names a factor that was not asked for. Nothing has changed.

        """
        flow = Flow.of(suspended.document)
        match flow.waiting, answer:
            case "redirect", RedirectAnswer():
                flow.request = _request_on_continue(answer)
                resuming, flow.current, flow.waiting = flow.current, None, None
                return await self._go(flow, resuming)
            case "factor", FactorAnswer() if answer.method.get("type") in flow.asked:
                _take_factor(flow, answer)
                return await self._go(flow, None)
            case _:
                raise ValueError(f"The login waits for {flow.waiting}: {', '.join(flow.asked) or 'nothing to choose'}.")

    async def _go(self, flow: Flow, resuming: str | None) -> Step:
        execution = executions.open_execution(self.tenant, TRIGGER)
        try:
            run = self._begin(flow, execution)
            if resuming is not None:
                await self._run_action(flow, run, resuming, "onContinuePostLogin")
            self._ask(flow)  # what an earlier Action still wants to know comes before the next one
            while flow.remaining:
                await self._run_action(flow, run, flow.remaining.pop(0), "onExecutePostLogin")
                self._ask(flow)
        except _Stop as stop:
            return self._end(flow, execution, stop.step)
        return self._end(flow, execution, self._finished(flow))

    def _begin(self, flow: Flow, execution: Document) -> _Run:
        store = self.tenant.store
        user = find_user(self.tenant, flow.user_id)
        client = store.get(clients.KIND, flow.client_id)
        connection = store.get(connections.KIND, flow.connection_id)
        if user is None or client is None or connection is None:
            raise _Stop(Failed(description="The user, the application or the connection no longer exists."))
        return _Run(
            user=user,
            client=client,
            connection=connection,
            execution=execution,
            cache=read_cache(self.tenant, TRIGGER),
            seconds_left=self.time_limit_sec,
        )

    async def _run_action(self, flow: Flow, run: _Run, action_id: str, handler: Handler) -> None:
        """Run one Action and take in what it asked for. Raises `_Stop` where the login pauses or ends."""
        action = deployed_action(self.tenant, action_id)
        if action is None and handler == "onExecutePostLogin":
            return  # deleted by force since the login began
        if action is None:
            raise _Stop(Failed(description="The Action that redirected no longer exists."))
        result = await self._call(flow, run, action, handler)
        if result.error is not None:
            raise _Stop(Failed(description=result.error))
        try:
            effect = effects.take(flow, result.commands, self.tenant.clock.timestamp())
            if effect.denied is not None:
                raise _Stop(Denied(reason=effect.denied))
            if effect.redirect is not None:
                self._redirect(flow, action, effect.redirect)
            if flow.questions:
                mfa.check_commands(self.tenant, flow)
        except effects.BrokeARule as fault:
            raise _Stop(Failed(description=str(fault))) from fault
        except mfa.CannotAsk as fault:
            raise _Stop(self._mfa_failed(flow, str(fault))) from fault

    async def _call(self, flow: Flow, run: _Run, action: DeployedAction, handler: Handler) -> ActionResult:
        started_at = self.tenant.clock.timestamp()
        result = await self.runtime.run(
            ActionCall(
                code=action.code,
                version=action.version,
                handler=handler,
                event=event_of(self.tenant, flow, run.user, run.client, run.connection),
                secrets=action.secrets,
                timeout_sec=max(0.001, run.seconds_left),
                can_redirect=flow.can_ask,
                cache=run.cache,
                now=self.tenant.clock.seconds(),
            )
        )
        run.seconds_left -= result.seconds
        executions.add_result(self.tenant, run.execution, action.name, started_at, result)
        if result.cache_writes:
            write_cache(self.tenant, TRIGGER, result.cache_writes)
            run.cache = read_cache(self.tenant, TRIGGER)
        return result

    def _redirect(self, flow: Flow, action: DeployedAction, url: str) -> None:
        if not flow.can_ask:
            raise _Stop(Failed(error="interaction_required", description="External interaction required"))
        flow.current, flow.waiting = action.action_id, "redirect"
        with_state = effects.with_state(url, flow.state)
        raise _Stop(Redirect(url=with_state, suspended=Suspended({})))

    def _ask(self, flow: Flow) -> None:
        try:
            question = mfa.open_question(self.tenant, flow)
        except mfa.CannotAsk as fault:
            raise _Stop(self._mfa_failed(flow, str(fault))) from fault
        if question is None:
            return
        if not flow.can_ask:
            error = "interaction_required" if "none" in flow.prompt else "mfa_required"
            raise _Stop(Failed(error=error, description="Multifactor authentication required"))
        for factor in flow.questions[0].unusable(question):
            self.tenant.log("w", mfa.passed_over(question.kind, factor), **_about(flow))
        flow.waiting, flow.asked = "factor", [factor["type"] for factor in question.factors]
        raise _Stop(
            AskFactor(
                kind=question.kind,
                factors=tuple(flow.asked),
                choose_first=question.choose_first,
                options={factor["type"]: factor["options"] for factor in question.factors if "options" in factor},
                suspended=Suspended({}),
            )
        )

    def _mfa_failed(self, flow: Flow, why: str) -> Failed:
        self.tenant.log("mfar", why, **_about(flow))
        return Failed(description="The requested multi-factor authentication is not possible.")

    def _finished(self, flow: Flow) -> Finished:
        asked, provider = mfa.asked_at_the_end(self.tenant, flow)
        return effects.finished(flow, asked, provider)

    def _end(self, flow: Flow, execution: Document, step: Step) -> Step:
        """Write down what happened, in one transaction, and complete the step."""
        tenant = self.tenant
        pauses = isinstance(step, Redirect | AskFactor)
        with tenant.store.transaction():
            if execution["results"]:
                flow.executions.append(execution["id"])
                status = "suspended" if pauses else "partial" if isinstance(step, Failed) else "final"
                executions.keep(tenant, execution, status)
            details = executions.log_details(tenant, flow.executions)
            if isinstance(step, Finished | Denied):
                effects.write_metadata(tenant, flow)
            if isinstance(step, Failed) and any("error" in result for result in execution["results"]):
                tenant.log("actions_execution_failed", step.description, details=details, **_about(flow))
        return effects.completed(step, flow, details)


def _about(flow: Flow) -> dict[str, str]:
    """The fields that every log entry of a login has."""
    return {"user_id": flow.user_id, "client_id": flow.client_id, "ip": flow.request["ip"]}


def _request_on_continue(answer: RedirectAnswer) -> Document:
    request = replace(answer.request, query={**answer.query, "state": answer.state}, body=answer.body)
    return request.as_document()


def _take_factor(flow: Flow, answer: FactorAnswer) -> None:
    question, kind = flow.questions.pop(0), answer.method["type"]
    flow.methods.append({"name": "mfa", **answer.method})
    (flow.enrolled if question.kind == "enroll" else flow.challenged).append(kind)
    flow.waiting, flow.asked = None, []
    if answer.request is not None:
        flow.request = answer.request.as_document()
