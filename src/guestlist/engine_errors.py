"""
What an ending of the Pulumi engine means, and what to do about it: the only place that reads its words.

Not here: running the engine (`engine.py`). The texts were seen with engine 3.253.0 and the auth0 provider 3.50.1.
Source: https://github.com/pulumi/pulumi/blob/v3.253.0/sdk/go/common/util/cmdutil/exit.go (exit codes: 6 no stack, 7 changes, 8 cancelled)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from guestlist.errors import EngineFailed, GuestlistError, Refused, TenantFailed, ToolchainMissing, WrongTenant

EXPECTED_NO_CHANGES = 7
CANCELLED = 8


@dataclass(frozen=True, kw_only=True)
class LockOwner:
    """Who holds a state's lock, as the engine writes it into the lock file."""

    username: str
    hostname: str
    pid: int
    since: str  # RFC 3339

    def __str__(self) -> str:
        return f"{self.username}@{self.hostname} (pid {self.pid}) since {self.since}"


class StateLocked(EngineFailed):
    """Another run holds the state's lock, or a killed one left it behind."""

    def __init__(self, message: str, owners: Sequence[LockOwner] = ()) -> None:
        super().__init__(message)
        self.owners = tuple(owners)


class NoStack(EngineFailed):
    """The environment's stack was never created in this backend."""


class ProgramFailed(EngineFailed):
    """The Pulumi program in `stacks/` ended with an error."""


_OWNER = re.compile(r"created by (\S+)@(\S+) \(pid (\d+)\) at (\S+)")


def lock_owners(text: str) -> tuple[LockOwner, ...]:
    """Read the holders of a lock out of the engine's complaint."""
    return tuple(
        LockOwner(username=username, hostname=hostname, pid=int(pid), since=since)
        for username, hostname, pid, since in _OWNER.findall(text)
    )


def classify(text: str, *, environment: str, doing: str) -> GuestlistError:
    """
    Say what ended a run of the engine, in one sentence with its remedy.

    Args:
        text: everything the engine said on stderr and in its diagnostics, scrubbed.
        environment: the stack's name, for the remedies.
        doing: the command's words, such as `deploy dev`.

    """
    for pattern, explain in _EXPLANATIONS:
        match = pattern.search(text)
        if match:
            return explain(match, text, environment, f"Cannot {doing}")
    return EngineFailed(f"Cannot {doing}: {_first_error(text)}")


_Explanation = Callable[[re.Match[str], str, str, str], GuestlistError]


def _locked(_match: re.Match[str], text: str, environment: str, cannot: str) -> GuestlistError:
    owners = lock_owners(text)
    who = " and ".join(str(owner) for owner in owners) or "another run"
    return StateLocked(
        f"{cannot}: the state is locked by {who}. Wait for that run; if it was killed, run: "
        f"guestlist recover --env {environment}",
        owners,
    )


def _wrong_passphrase(_match: re.Match[str], _text: str, environment: str, cannot: str) -> GuestlistError:
    return EngineFailed(
        f"{cannot}: PULUMI_CONFIG_PASSPHRASE is not the passphrase that the secrets of {environment} were encrypted with. "
        "Set the right one and run again."
    )


def _no_passphrase(_match: re.Match[str], _text: str, environment: str, cannot: str) -> GuestlistError:
    return EngineFailed(
        f"{cannot}: the secrets of {environment} need their passphrase. "
        "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE and run again."
    )


def _no_stack(_match: re.Match[str], _text: str, environment: str, cannot: str) -> GuestlistError:
    return NoStack(
        f"{cannot}: there is no stack {environment} in this backend (PULUMI_BACKEND_URL). "
        f"To create it run: pulumi stack init {environment}"
    )


def _cut_off(_match: re.Match[str], _text: str, environment: str, cannot: str) -> GuestlistError:
    return EngineFailed(
        f"{cannot}: a run was killed while it wrote beside the state. To mend that run: guestlist recover --env {environment}"
    )


def _no_backend(_match: re.Match[str], _text: str, _environment: str, cannot: str) -> GuestlistError:
    return EngineFailed(
        f"{cannot}: nothing says where the state lives. Set PULUMI_BACKEND_URL (a folder: file:///path; docs/state.md names the "
        "others), or run: pulumi login"
    )


def _backend_unreachable(match: re.Match[str], _text: str, _environment: str, cannot: str) -> GuestlistError:
    return EngineFailed(f"{cannot}: the backend in PULUMI_BACKEND_URL cannot be opened: {match.group(1).strip()}")


def _wrong_tenant(match: re.Match[str], _text: str, _environment: str, _cannot: str) -> GuestlistError:
    return WrongTenant(match.group(0).strip())


def _refused(match: re.Match[str], _text: str, _environment: str, _cannot: str) -> GuestlistError:
    return Refused(re.sub(r"\n[ \t]*- ", "\n  - ", match.group(0).strip()))


def _no_plugin(match: re.Match[str], _text: str, _environment: str, cannot: str) -> GuestlistError:
    return ToolchainMissing(
        f"{cannot}: the engine does not find its plugin ({match.group(0).strip()}). To install what is missing run: make setup"
    )


def _protected(_match: re.Match[str], text: str, environment: str, cannot: str) -> GuestlistError:
    found = re.findall(r'[Rr]esource "?(urn:\S+?)"? cannot be deleted', text)
    named = ", ".join(dict.fromkeys(urn.rsplit("::", 1)[-1] for urn in found)) or "a resource"
    return Refused(
        f"{cannot}: {named} is protected against deletion. If it is to go, say so: guestlist destroy --env {environment} --delete-protected"
    )


def _certificate(_match: re.Match[str], _text: str, environment: str, cannot: str) -> GuestlistError:
    return TenantFailed(
        f"{cannot}: the tenant's certificate is not trusted on this machine. For the local tenant run: "
        f'eval "$(guestlist local env)"; otherwise: guestlist doctor --env {environment}'
    )


def _unreachable(match: re.Match[str], _text: str, environment: str, cannot: str) -> GuestlistError:
    return TenantFailed(
        f"{cannot}: the tenant does not answer ({match.group(0).strip()}). For the local tenant run: guestlist local start; "
        f"otherwise: guestlist doctor --env {environment}"
    )


def _rate_limited(_match: re.Match[str], _text: str, environment: str, cannot: str) -> GuestlistError:
    return TenantFailed(
        f"{cannot}: the tenant's rate limit was still spent after all retries. What was done is in the state; "
        f"wait a minute and run again: guestlist up --env {environment}"
    )


def _failing(match: re.Match[str], _text: str, environment: str, cannot: str) -> GuestlistError:
    return TenantFailed(
        f"{cannot}: the tenant answers with {match.group(0)}, after all retries. If https://status.auth0.com/ reports nothing, look at: "
        f"guestlist doctor --env {environment}"
    )


def _scope(match: re.Match[str], _text: str, environment: str, cannot: str) -> GuestlistError:
    return TenantFailed(
        f"{cannot}: the client in AUTH0_CLIENT_ID may not do that ({match.group(0).strip()}). "
        f"To see every scope that is missing run: guestlist doctor --env {environment}"
    )


def _conflict(match: re.Match[str], _text: str, _environment: str, cannot: str) -> GuestlistError:
    return TenantFailed(
        f"{cannot}: the tenant has an object of that name already ({match.group(0).strip()}). If it is not this program's, rename "
        "it or choose another name in the settings; if a lost answer left it behind, take it in with pulumi import (docs/recover.md)"
    )


def _credentials(_match: re.Match[str], _text: str, environment: str, cannot: str) -> GuestlistError:
    return TenantFailed(
        f"{cannot}: the tenant refuses the credentials in AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET (or AUTH0_API_TOKEN). "
        f"To check them run: guestlist doctor --env {environment}"
    )


def _program(_match: re.Match[str], text: str, _environment: str, cannot: str) -> GuestlistError:
    return ProgramFailed(f"{cannot}: the program in stacks/ failed: {_last_line_of_traceback(text)}")


# The first that matches wins: what is nearest to the cause comes first, "the program failed" and "401" last.
_EXPLANATIONS: tuple[tuple[re.Pattern[str], _Explanation], ...] = (
    (
        re.compile(r"the stack is currently locked by|\[409\] Conflict: Another update is currently in progress"),
        _locked,
    ),
    (re.compile(r"incorrect passphrase"), _wrong_passphrase),
    (re.compile(r"passphrase must be set with"), _no_passphrase),
    (re.compile(r"no stack named '?.+?'? found"), _no_stack),
    (re.compile(r"failed to load checkpoint: EOF"), _cut_off),
    (re.compile(r"PULUMI_ACCESS_TOKEN must be set for login"), _no_backend),
    (re.compile(r"unable to open bucket (.+)|could not (?:list|read) bucket:? (.+)"), _backend_unreachable),
    (
        re.compile(
            r"Refused to touch the tenant [^\n]+|AUTH0_DOMAIN is [^\n]+|this state was made against the tenant [^\n]+"
        ),
        _wrong_tenant,
    ),
    # The lines of a list, however the engine indents them.
    (re.compile(r"Refused to take over [^\n]+(?:\n[ \t]*- [^\n]+)*"), _refused),
    (re.compile(r"no (?:resource|language) plugin '[^']+'|failed to load language plugin \w+"), _no_plugin),
    (re.compile(r"cannot be deleted\s+because it is protected"), _protected),
    (re.compile(r"certificate signed by unknown authority|CERTIFICATE_VERIFY_FAILED|x509: [^\n]+"), _certificate),
    (
        re.compile(
            r"connection refused|Connection refused|no such host|Name or service not known|network is unreachable|"
            r"i/o timeout|connection reset by peer|TLS handshake timeout|got no answer: [^\n]+"
        ),
        _unreachable,
    ),
    (re.compile(r"429 Too Many Requests|Global limit has been reached|too_many_requests"), _rate_limited),
    (re.compile(r"[Ii]nsufficient scope, expected any of: [\w:, ]+|insufficient_scope"), _scope),
    (re.compile(r"5\d\d (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)"), _failing),
    (re.compile(r"409 Conflict[^\n]*"), _conflict),
    (re.compile(r"401 Unauthorized|access_denied|invalid_client|Invalid token"), _credentials),
    (re.compile(r"Traceback \(most recent call last\)|Program failed with an unhandled exception"), _program),
)


def _first_error(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    errors = [re.sub(r"^error:\s*", "", line) for line in lines if line.startswith("error:")]
    told = [line for line in errors if line not in {"update failed", "preview failed", "destroy failed"}]
    plain = [line for line in lines if not line.startswith(("error: update failed", "error: preview failed"))]
    return (told or plain or ["the engine ended without a reason"])[0]


def _last_line_of_traceback(text: str) -> str:
    """The exception itself, without its module path: `RunError: …` reads as the sentence that raised it."""
    found = re.findall(
        r"^\s*((?:[\w.]+\.)?\w*(?:Error|Exception|Refused|Configuration)\b: .+)$", text, flags=re.MULTILINE
    )
    if not found:
        return _first_error(text)
    return re.sub(r"^[\w.]*?\w+: ", "", str(found[-1]).strip(), count=1)
