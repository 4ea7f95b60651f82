"""
The `scope` of a social connection, which Auth0 works out from the switches in its options: `{"email": true}` asks for `user:email`.

Not here: the other options (`connection_options.py`). Switches that no recording shows ask for nothing.
Source: the answers to POST and PATCH /connections recorded in the provider's own tests (v1.54.1).
"""

from localtenant.store import Document

SCOPES: dict[
    str, dict[str, str | None]
] = {  # strategy -> switch -> scope, in the order of the answer; None: known to ask for nothing
    "apple": {"name": "name", "email": "email"},
    "facebook": {name: name for name in ("email", "groups_access_member_info", "user_birthday", "public_profile")},
    "github": {
        "email": "user:email",
        "read_user": "read:user",
        "follow": "user:follow",
        "public_repo": "public_repo",
        "repo": "repo",
        "repo_deployment": "repo_deployment",
        "repo_status": "repo:status",
        "delete_repo": "delete_repo",
        "notifications": "notifications",
        "gist": "gist",
        "read_repo_hook": "read:repo_hook",
        "write_repo_hook": "write:repo_hook",
        "admin_repo_hook": "admin:repo_hook",
        "read_org": "read:org",
        "admin_org": "admin:org",
        "read_public_key": "read:public_key",
        "write_public_key": "write:public_key",
        "admin_public_key": "admin:public_key",
        "write_org": "write:org",
        "profile": None,
    },
    "google-oauth2": {
        "email": "email",
        "profile": "profile",
        "gmail": "https://mail.google.com/mail/feed/atom",
        "youtube": "https://gdata.youtube.com",
    },
    "linkedin": {"email": "r_emailaddress", "profile": "r_liteprofile", "basic_profile": "r_basicprofile"},
    "salesforce-community": {},
    "windowslive": {"graph_user": "https://graph.microsoft.com/User.Read", "signin": None},
}
SEPARATORS = {"apple": " ", "facebook": ","}  # these answer one text, the others a list


def with_scope(strategy: str, options: Document) -> Document:
    """The options with the scope that their switches ask for. `line` is told its scope and answers its switches."""
    if strategy == "line" and isinstance(options.get("scope"), list):
        return {**options, "profile": "profile" in options["scope"]}
    switches = SCOPES.get(strategy)
    if switches is None or (strategy == "google-oauth2" and "scope" in options and not _is_switched(options, switches)):
        return options
    scopes = [scope for switch, scope in switches.items() if scope and options.get(switch) is True]
    separator = SEPARATORS.get(strategy)
    return {**options, "scope": scopes if separator is None else separator.join(scopes)}


def _is_switched(options: Document, switches: dict[str, str | None]) -> bool:
    return any(switch in options for switch in switches)
