"""
One stack that is taken from one configuration to the next: each also shows how the one before it is left.

After each `up` nothing is left to do; what the configuration owns is in the tenant as it says; everything else tenant-wide is as it was before
the program first touched it. What it requires of others is put there first, through the API.

Not here: the configurations (`tests/configurations.py`).
"""

from collections.abc import Callable, Mapping
from typing import Any

import yaml

from stacks.demands import demands, owns
from stacks.management import ManagementClient
from stacks.ownership import OURS, Problem
from stacks.post_login_order import post_login_actions, post_login_order
from stacks.reset_texts import reset_texts
from stacks.settings_model import Settings
from stacks.tenant_wide import TENANT_WIDE_THINGS, Saved
from stacks.tenant_wide.thing import nested
from tests.configurations import EXISTING, OWNED, SECRETS, Config, merged
from tests.e2e.harness import LocalTenant, Project, succeeded

BINDINGS = "/actions/triggers/post-login/bindings"
FACTORS = "/guardian/factors"
PROTECTION = "/attack-protection"
# Auth0 never shows their credentials: one that was replaced cannot come back, and none is left (`cannot_restore` says so).
FOR_GOOD = ("email-provider", "phone-provider")
# Auth0 cannot unset these, only write what a fresh tenant has; a template that was not there stays, disabled.
AS_GOOD_AS_ABSENT: Mapping[str, Mapping[str, Any]] = {
    "reset-email": {"enabled": False},
    "tenant-settings": {"customize_mfa_in_postlogin_action": False},
}


class Switching:
    """A tenant, its project, and what was there before."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.tenant = project.tenant
        if EXISTING not in self._applications():
            self.tenant.write("POST", "/clients", {"name": EXISTING, "app_type": "regular_web"})
        environ = project.environ
        self.reader = ManagementClient(
            self.tenant.domain,
            client_id=environ["AUTH0_CLIENT_ID"],
            client_secret=environ["AUTH0_CLIENT_SECRET"],
            transport=self.tenant.api._transport,
        )
        self.before = self._things()
        self.others = self._objects()
        self.config: Config = {}
        self.is_protected = False
        self.required: set[str] = set()
        self.was_prepared = False
        self.replaced: set[str] = set()
        self.sealed = self._sealed()

    def to(self, config: Config) -> None:
        """`up` to this configuration, and look whether it is what it says."""
        settings = settings_of(config)
        if self.is_protected:  # what is protected cannot leave before it is unprotected
            self._unprotect()
        self._leave_what_others_keep_now(settings)
        self._clear_what_was_prepared(settings)
        self._prepare(config, settings)
        self.write(config)
        self.project.up()
        self.config = config
        self.is_protected = settings.protect
        self.required = set(demands(settings).require)
        self.project.expects_no_changes()
        self.is_as(settings)

    def is_as(self, settings: Settings) -> None:
        """What is owned is as wanted, all else as before."""
        wanted = demands(settings)
        live = self._things()
        wrong: dict[str, Any] = {}
        for name, thing in TENANT_WIDE_THINGS.items():
            if name in wanted.own:
                if name in FOR_GOOD and live[name] != self.before[name]:
                    self.replaced.add(name)
                if found := thing.differences(live[name], wanted.own[name]):
                    wrong[name] = [str(one) for one in found]
            elif name in wanted.require:
                self.before[name] = live[name]
                self.replaced.discard(name)
            elif not self._is_as_before(name, live[name]):
                wrong[name] = {"before": self.before[name], "now": live[name]}
        objects = self._objects()
        applications = sorted([*self.others["applications"], *applications_of(settings)])
        ours = [*post_login_actions(settings), *(["phone-webhook"] if sends_by_webhook(settings) else [])]
        actions = sorted([*self.others["Actions"], *ours])
        for kind, expected in {"applications": applications, "Actions": actions}.items():
            if objects[kind] != expected:
                wrong[kind] = {"expected": expected, "now": objects[kind]}
        assert wrong == {}, f"not as wanted: {wrong}"

    def leave(self) -> None:
        """`destroy`, and everything is as before."""
        if self.is_protected:
            self._unprotect()
        succeeded(self.project.pulumi("destroy", "-s", "local", "--yes", "--skip-preview"))
        live = self._things()
        wrong: dict[str, Any] = {
            name: {"before": self.before[name], "now": live[name]}
            for name in TENANT_WIDE_THINGS
            if not self._is_as_before(name, live[name])
        }
        objects = self._objects()
        wrong |= {
            kind: {"before": self.others[kind], "now": objects[kind]}
            for kind in objects
            if objects[kind] != self.others[kind]
        }
        assert wrong == {}, f"not as before: {wrong}"

    def _is_as_before(self, name: str, now: Saved) -> bool:
        """One that was replaced may be gone for good; or it is as before, where the last of ours looks exactly like it."""
        gone: Saved = {"provider": None}
        return as_before(name, self.before[name], now) or (name in self.replaced and as_before(name, gone, now))

    def _things(self) -> dict[str, Saved]:
        return {name: thing.save(self.reader) for name, thing in TENANT_WIDE_THINGS.items()}

    def _applications(self) -> list[str]:
        return [one["name"] for one in self.tenant.get("/clients", per_page=100)]

    def _objects(self) -> dict[str, list[str]]:
        bound = self.tenant.get(BINDINGS)["bindings"]
        return {
            "applications": sorted(self._applications()),
            "connections": sorted(one["name"] for one in self.tenant.get("/connections")),
            "grants": sorted(one["client_id"] for one in self.tenant.get("/client-grants")),
            "Actions": sorted(one["name"] for one in self.tenant.get("/actions/actions")["actions"]),
            "bound": [one["action"]["name"] for one in bound],
        }

    def _file(self) -> Any:
        return self.project.directory / "config" / "Pulumi.local.yaml"

    def _sealed(self) -> Mapping[str, object]:
        """Every secret that any configuration needs, encrypted once."""
        pairs = [word for name, value in SECRETS.items() for word in ("--secret", f"guestlist:{name}={value}")]
        succeeded(self.project.pulumi("config", "set-all", "-s", "local", *pairs))
        config = yaml.safe_load(self._file().read_text())["config"]
        return {
            key.removeprefix("guestlist:"): value
            for key, value in config.items()
            if key.endswith(("Secret", "Password", "Token"))
        }

    def write(self, config: Config) -> None:
        """The environment's file."""
        content = yaml.safe_load(self._file().read_text())
        if self.was_prepared:  # what was put there for others is no conflict: everything is decided
            config = {**config, "ownership": {**dict.fromkeys(OWNED, "own"), **config.get("ownership", {})}}
        groups = {f"guestlist:{key}": value for key, value in config.items() if key != "secrets"}
        groups["guestlist:tenant"] = {**groups["guestlist:tenant"], "domain": self.tenant.domain}
        names = ["toPageSecret", "fromPageSecret", *config.get("secrets", [])]
        content["config"] = {**groups, **{f"guestlist:{name}": self.sealed[name] for name in names}}
        self._file().write_text(yaml.safe_dump(content, sort_keys=False))

    def _unprotect(self) -> None:
        content = yaml.safe_load(self._file().read_text())
        content["config"]["guestlist:protect"] = False
        self._file().write_text(yaml.safe_dump(content, sort_keys=False))
        self.project.up()
        self.is_protected = False

    def _leave_what_others_keep_now(self, settings: Settings) -> None:
        """A login domain of ours is left by an `up` of its own before it is required, as the refusal says."""
        if "login-domain" not in demands(settings).require or not self.config:
            return
        if "login-domain" in demands(settings_of(self.config)).own:
            self.write(merged(self.config, {"ownership": {"loginDomain": "leave"}}))
            self.project.up()

    def _clear_what_was_prepared(self, settings: Settings) -> None:
        """A host name can be in a tenant once: one that was required goes before one of ours comes. So does the old phone experience."""
        if "login-domain" in self.required and "login-domain" not in demands(settings).require:
            for one in self.tenant.get("/custom-domains"):
                self.tenant.api.delete(f"/custom-domains/{one['custom_domain_id']}").raise_for_status()
            self.before["login-domain"] = {"domains": {}}
        if "phone-experience" in self.required and "phone-experience" not in demands(settings).require:
            self.tenant.write("PATCH", "/tenants/settings", {"phone_consolidated_experience": True})
            self.before["phone-experience"] = TENANT_WIDE_THINGS["phone-experience"].save(self.reader)

    def _prepare(self, config: Config, settings: Settings) -> None:
        """What the configuration requires of others, as they would set it."""
        wanted = demands(settings)
        self.was_prepared |= bool(wanted.require)
        if wanted.post_login == "require" and self._running(settings) != list(post_login_order(settings)):
            # The Actions are made by an `up` that leaves the trigger alone, and bound by hand.
            first = merged(config, {"ownership": {"postLogin": "leave"}})
            self._prepare(first, settings_of(first))
            self.write(first)
            self.project.up()
            references = [
                {"ref": {"type": "action_name", "value": name}, "display_name": name}
                for name in post_login_actions(settings)
            ]
            self.tenant.write("PATCH", BINDINGS, {"bindings": references})
        for name in [*FIRST, *(name for name in wanted.require if name not in FIRST)]:
            if name not in wanted.require:
                continue
            thing, fields = TENANT_WIDE_THINGS[name], wanted.require[name]
            live = thing.look(self.reader)
            if isinstance(live, Problem) or thing.unmet(live, fields):
                put_there(self.tenant, name, fields, settings)

    def _running(self, settings: Settings) -> list[str]:
        ours = post_login_order(settings)
        names = [OURS + one["action"]["name"] for one in self.tenant.get(BINDINGS)["bindings"]]
        return [name for name in names if name in ours]


def settings_of(config: Config) -> Settings:
    """As the program reads it."""
    public = {key: value for key, value in config.items() if key != "secrets"}
    return Settings.model_validate(public, context={"environment": "local"}).of_environment("local")


def applications_of(settings: Settings) -> list[str]:
    """Names of what the program makes."""
    people = [one.name for one in (settings.application, *settings.other_applications.values()) if not one.existing]
    writer = ["Guestlist profile writer"] if settings.profile.enabled and settings.profile.store == "root" else []
    return [*people, "Guestlist inviter", "Guestlist drift reader", *writer]


def sends_by_webhook(settings: Settings) -> bool:
    """Whether there is an Action for it."""
    thing = "phone-in-guardian" if settings.phone.experience == "legacy" else "phone-provider"
    return settings.phone.provider == "custom" and owns(settings, thing)


def as_before(name: str, before: Saved, now: Saved) -> bool:
    """Whether a thing is as it was: what it lacks and what is empty are the same, and so is what Auth0 cannot unset."""
    if "unified" in before or "unified" in now:  # the tenant's experience decides who keeps it
        return True
    thing = TENANT_WIDE_THINGS[name]
    one, other = thing.values(before), thing.values(now)
    if name == "reset-email" and not one:
        return not other.get("enabled")
    if name == "factor-sms" and not one["enabled"]:  # what a factor that is off would send cannot be read
        return not other["enabled"]
    absent = {**AS_GOOD_AS_ABSENT.get(name, {})}
    keys = {*one, *other}
    return all((one.get(key) or absent.get(key) or None) == (other.get(key) or absent.get(key) or None) for key in keys)


FIRST = ("email-provider", "phone-experience")  # others need them


def put_there(tenant: LocalTenant, name: str, fields: Mapping[str, Any], settings: Settings) -> None:
    """Write a thing as its owners would."""
    kind, _, last = name.partition("-")
    if name in _WRITERS:
        _WRITERS[name](tenant, fields)
    elif kind == "factor":
        tenant.write("PUT", f"{FACTORS}/{last}", {"enabled": True})
        if last == "sms":
            tenant.write("PUT", f"{FACTORS}/phone/message-types", {"message_types": ["sms"]})
    elif name.startswith("reset-texts-"):
        language = name.removeprefix("reset-texts-")
        tenant.write("PUT", f"/prompts/reset-password/custom-text/{language}", reset_texts(language))
    elif name.startswith("phone-") and name.endswith("-text"):
        kind = {"phone-enrollment-text": "otp_enroll", "phone-verification-text": "otp_verify"}[name]
        content = {"syntax": "liquid", "body": {"text": fields["content.body.text"]}}
        _replace(tenant, "templates", kind, {"type": kind, "disabled": False, "content": content})
    else:
        tenant.write("PATCH", "/tenants/settings", fields)


def _replace(tenant: LocalTenant, what: str, kind: str | None, body: Mapping[str, Any]) -> None:
    """A phone provider, or a message's template."""
    for one in tenant.get(f"/branding/phone/{what}")[what]:
        if kind is None or one["type"] == kind:
            tenant.api.delete(f"/branding/phone/{what}/{one['id']}").raise_for_status()
    tenant.write("POST", f"/branding/phone/{what}", body)


def _email_provider(tenant: LocalTenant, _fields: Mapping[str, Any]) -> None:
    credentials = {"smtp_host": "mail.example.com", "smtp_port": 587, "smtp_user": "corp", "smtp_pass": "corp-password"}
    tenant.write("POST", "/emails/provider", {"name": "smtp", "enabled": True, "credentials": credentials})


def _reset_email(tenant: LocalTenant, _fields: Mapping[str, Any]) -> None:
    body = {"body": "{{ url }}", "from": "corp@example.com", "subject": "Corp", "syntax": "liquid", "enabled": True}
    if tenant.api.get("/emails/provider").status_code == 404:
        _email_provider(tenant, {})
    if tenant.api.get("/email-templates/reset_email").status_code == 404:
        tenant.write("POST", "/email-templates", {"template": "reset_email", **body})
    else:
        tenant.write("PATCH", "/email-templates/reset_email", body)


def _phone_provider(tenant: LocalTenant, fields: Mapping[str, Any]) -> None:
    configuration = {
        key.removeprefix("configuration."): value for key, value in fields.items() if key.startswith("configuration.")
    }
    credentials = {"auth_token": "a-token"} if fields["name"] == "twilio" else {}
    body = {"name": fields["name"], "configuration": configuration, "credentials": credentials, "disabled": False}
    _replace(tenant, "providers", None, body)


def _phone_in_guardian(tenant: LocalTenant, fields: Mapping[str, Any]) -> None:
    there = tenant.get(f"{FACTORS}/sms/templates")
    texts = {key: fields.get(key, there[key]) for key in ("enrollment_message", "verification_message")}
    tenant.write("PUT", f"{FACTORS}/sms/templates", texts)
    account = {key: fields.get(key) for key in ("sid", "from", "messaging_service_sid") if fields.get(key)}
    if account:
        tenant.write("PUT", f"{FACTORS}/sms/providers/twilio", {**account, "auth_token": "a-token"})
    if "provider" in fields:
        tenant.write("PUT", f"{FACTORS}/sms/selected-provider", {"provider": fields["provider"]})


def _branding(tenant: LocalTenant, fields: Mapping[str, Any]) -> None:
    tenant.write("PATCH", "/branding", nested(fields))


def _login_domain(tenant: LocalTenant, fields: Mapping[str, Any]) -> None:
    there = {one["domain"]: one for one in tenant.get("/custom-domains")}
    for name in fields:
        made = there.get(name) or tenant.write(
            "POST", "/custom-domains", {"domain": name, "type": "auth0_managed_certs"}
        )
        tenant.write("POST", f"/custom-domains/{made['custom_domain_id']}/verify", {})


def _protection(path: str) -> Callable[[LocalTenant, Mapping[str, Any]], None]:
    return lambda tenant, fields: tenant.write("PATCH", f"{PROTECTION}/{path}", nested(fields)) and None


_WRITERS: Mapping[str, Callable[[LocalTenant, Mapping[str, Any]], None]] = {
    "mfa-policy": lambda tenant, fields: tenant.write("PUT", "/guardian/policies", fields["policy"]) and None,
    "email-provider": _email_provider,
    "reset-email": _reset_email,
    "phone-provider": _phone_provider,
    "phone-in-guardian": _phone_in_guardian,
    "branding": _branding,
    "login-domain": _login_domain,
    "brute-force": _protection("brute-force-protection"),
    "suspicious-ips": _protection("suspicious-ip-throttling"),
    "breached-passwords": _protection("breached-password-detection"),
    "bots": _protection("bot-detection"),
}
