"""
Where Auth0 may send people, and the results of their logins.

Not here: what an application may ask for (`applications.py`).
Source: https://auth0.com/docs/get-started/applications/wildcards-for-subdomains,
https://auth0.com/docs/authenticate/login/auth0-universal-login/configure-default-login-routes
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from guestlist.preview.picture import PENDING, Resource, of_kind
from guestlist.preview.security.finding import Severity
from guestlist.preview.security.rule import Look, Worse, at, rule, texts
from stacks.settings_types import is_localhost

LISTS: Mapping[str, tuple[str, ...]] = {
    "Client": ("callbacks", "allowedLogoutUrls", "webOrigins", "allowedOrigins"),
    "Tenant": ("allowedLogoutUrls",),
}
TARGETS: Mapping[str, tuple[str, ...]] = {
    "Client": ("initiateLoginUri",),
    "Tenant": ("defaultRedirectionUri",),
    "EmailTemplate": ("resultUrl",),
}
KINDS = ("Client", "Tenant", "EmailTemplate")


def _urls(resource: Resource | None, *, targets: bool = True) -> dict[tuple[str, str], None]:
    """Property and URL, of everything that a resource may send people to."""
    if resource is None:
        return {}
    found = {(name, url): None for name in LISTS.get(resource.kind, ()) for url in texts(resource, name)}
    if targets:
        for name in TARGETS.get(resource.kind, ()):
            url = at(resource, name)
            if isinstance(url, str) and url not in ("", PENDING):
                found[name, url] = None
    return found


def host(url: str) -> str:
    """The host; of an app's own scheme the scheme; `?` for what cannot be read."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "?"
    return parts.hostname or (f"{parts.scheme}:" if parts.scheme else "?")


def _is_local(url: str) -> bool:
    return is_localhost(host(url))


def _new(look: Look) -> Iterator[tuple[Resource | None, Resource, str, str]]:
    """Each URL that a resource gets."""
    for before, after in look.pairs(*KINDS):
        old = _urls(before)
        yield from ((before, after, name, url) for name, url in _urls(after) if (name, url) not in old)


@rule(
    "url-wildcard",
    Severity.ERROR,
    why="Whoever gets hold of any name below it, such as an abandoned subdomain, takes over logins.",
    remedy="List each URL in full.",
)
def url_wildcard(look: Look) -> Iterator[Worse]:
    """A URL that stands for many."""
    for _, after, name, url in _new(look):
        if "*" in url:
            yield Worse(resource=after, what=f"{name} takes {url}.")


@rule(
    "url-not-https",
    Severity.ERROR,
    why="Whoever is on the same network reads the login's result.",
    remedy="Use https://.",
)
def url_not_https(look: Look) -> Iterator[Worse]:
    """Plain HTTP to another machine."""
    for _, after, name, url in _new(look):
        if url.lower().startswith("http://") and not _is_local(url):
            yield Worse(resource=after, what=f"{name} takes {url}.")


@rule(
    "url-localhost",
    Severity.ERROR,
    why="Any program on a person's own machine can take the login, and consent is asked for each time.",
    remedy="Keep localhost to the environment local, or to an application of its own in a tenant for development.",
)
def url_localhost(look: Look) -> Iterator[Worse]:
    """A person's own machine, outside the local environment."""
    for _, after, name, url in _new(look):
        if not look.local and _is_local(url):
            yield Worse(resource=after, what=f"{name} takes {url}.")


@rule(
    "url-new-host",
    Severity.WARNING,
    why="Whoever runs that host gets the results of logins.",
    remedy="Check that the host is yours.",
)
def url_new_host(look: Look) -> Iterator[Worse]:
    """A host that the application did not have. A new application has to have some."""
    for before, after, name, url in _new(look):
        known = {host(one) for _, one in _urls(before)}
        is_judged = "*" in url or _is_local(url)
        if before is not None and name in LISTS.get(after.kind, ()) and host(url) not in known and not is_judged:
            yield Worse(resource=after, what=f"{name} takes {url}, on a host that was not there.")


@rule(
    "redirect-moved",
    Severity.ERROR,
    why="People are sent there after setting a password, or in the middle of a login: a stranger's page would look like yours.",
    remedy="Check that the host is yours; moving it is allowed once.",
)
def redirect_moved(look: Look) -> Iterator[Worse]:
    """Where people are sent is on a host that no application had."""
    known = {host(url) for one in of_kind(look.pictures.before, *KINDS) for _, url in _urls(one)}
    for before, after in look.pairs(*KINDS):
        for name in TARGETS[after.kind]:
            url = at(after, name)
            is_url = isinstance(url, str) and url not in ("", PENDING)
            if before is not None and is_url and url != at(before, name) and host(url) not in known:
                yield Worse(resource=after, what=f"{name} leads to {url}.")


@rule(
    "profile-page-moved",
    Severity.ERROR,
    why="The page is sent a signed token about whoever logs in, and asks for their names.",
    remedy="Check that the host is yours; moving it is allowed once.",
)
def profile_page_moved(look: Look) -> Iterator[Worse]:
    """The Action's secret that says so is masked, so it is read from what the stack exports (`profilePageUrl`)."""
    before, after = (_page(one) for one in (look.pictures.outputs_before, look.pictures.outputs_after))
    if not before or not after or host(before) == host(after):
        return
    for action in of_kind(look.pictures.after, "Action"):
        if at(action, "name") == "complete-profile":
            yield Worse(resource=action, what=f"People are sent to {after} for their names; it was {before}.")


def _page(outputs: Mapping[str, Any]) -> str:
    page = outputs.get("profilePageUrl")
    return page if isinstance(page, str) and page != PENDING else ""


RULES = (url_wildcard, url_not_https, url_localhost, url_new_host, redirect_moved, profile_page_moved)
