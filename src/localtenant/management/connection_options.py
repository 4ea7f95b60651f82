"""
The `options` of a connection: what Auth0 fills in, what it refuses, what it never shows again.

What Auth0 fetches is left out: a provider's discovery document, a federation's metadata.

A database connection created without a password policy gets the flexible one (`password_options`), as recorded since August 2026; one that
names any part of the older policy keeps the older. A PATCH replaces the whole object: of the older values only those named survive.

Not here: applying the policy to a password (`password_policy.py`), the scope that a social connection asks for (`connection_scopes.py`), what
stands in a certificate (`connection_certificates.py`).
Source: the answers to POST and PATCH /connections recorded in the provider's own tests (v1.54.1).
"""

import base64

from localtenant.errors import ManagementError
from localtenant.management.connection_certificates import with_certificate
from localtenant.management.connection_scopes import with_scope
from localtenant.management.merging import without_nulls
from localtenant.store import Document
from localtenant.tenant import Tenant

DATABASE = "auth0"
LEGACY_POLICY = (
    "passwordPolicy",
    "password_complexity_options",
    "password_history",
    "password_dictionary",
    "password_no_personal_info",
)
AUTHENTICATION_METHODS: Document = {
    "password": {"enabled": True, "api_behavior": "required", "signup_behavior": "allow"},
    "passkey": {"enabled": False},
}
PASSKEY_OPTIONS: Document = {
    "challenge_ui": "both",
    "progressive_enrollment_enabled": True,
    "local_enrollment_enabled": True,
}
PASSWORD_OPTIONS: Document = {
    "complexity": {
        "character_type_rule": "all",
        "identical_characters": "allow",
        "sequential_characters": "allow",
        "max_length_exceeded": "error",
        "min_length": 15,
        "character_types": [],
    },
    "profile_data": {
        "active": False,
        "blocked_fields": [
            "name",
            "username",
            "nickname",
            "email",
            "phone_number",
            "user_metadata.name",
            "user_metadata.first",
            "user_metadata.last",
        ],
    },
    "history": {"active": False, "size": 3},
    "dictionary": {"active": False, "custom": [], "default": "en_100k"},
}
EMAIL_ATTRIBUTE: Document = {"verification_method": "link", "unique": True}
DEFAULTS_OF_STRATEGY: dict[str, Document] = {
    "google-oauth2": {"scope": ["email", "profile"]},
    "google-apps": {"scope": ["email", "profile"], "email": True, "profile": True, "handle_login_from_social": True},
    "oidc": {
        "schema_version": "oidc-V4",
        "attribute_map": {"mapping_mode": "bind_all"},
        "connection_settings": {"pkce": "auto"},
    },
    "okta": {
        "schema_version": "oidc-V4",
        "type": "back_channel",
        "attribute_map": {"mapping_mode": "basic_profile"},
        "connection_settings": {"pkce": "auto"},
    },
    "samlp": {"assertion_decryption_settings": {"algorithm_profile": "v2026-1", "algorithm_exceptions": []}},
    "waad": {"waad_common_endpoint": False},
}
BACK_AFTER_A_PATCH: dict[str, Document] = {  # what a PATCH that leaves it out puts back
    **{strategy: DEFAULTS_OF_STRATEGY[strategy] for strategy in ("google-apps", "waad")},
    **{
        strategy: {**DEFAULTS_OF_STRATEGY[strategy], "connection_settings": {"pkce": "disabled"}}
        for strategy in ("oidc", "okta")
    },
}


def new_options(tenant: Tenant, strategy: str, given: Document) -> Document:
    """The options of a connection just created with `given`."""
    if strategy != DATABASE:
        return _completed_elsewhere(strategy, {**DEFAULTS_OF_STRATEGY.get(strategy, {}), **given})
    options = {"mfa": {"active": True, "return_enroll_settings": True}, "strategy_version": 2, **without_nulls(given)}
    if "password_options" not in options and any(name in options for name in (*LEGACY_POLICY, "custom_password_hash")):
        options.setdefault("passwordPolicy", "good")
    else:
        options["password_options"] = _completed(PASSWORD_OPTIONS, options.get("password_options", {}))
    return _completed_database(tenant, options)


def completed_options(tenant: Tenant, strategy: str, options: Document) -> Document:
    """The options that a PATCH writes."""
    if strategy != DATABASE:
        return _completed_elsewhere(strategy, {**BACK_AFTER_A_PATCH.get(strategy, {}), **options})
    return _completed_database(tenant, options)


def _completed_elsewhere(strategy: str, options: Document) -> Document:
    """Nulls stay, as recorded."""
    return with_certificate(strategy, with_scope(strategy, options))


def _completed_database(tenant: Tenant, options: Document) -> Document:
    options = {"brute_force_protection": True, **without_nulls(options)}
    options["authentication_methods"] = _completed(AUTHENTICATION_METHODS, options.get("authentication_methods") or {})
    options["passkey_options"] = _completed(PASSKEY_OPTIONS, options.get("passkey_options") or {})
    if "email" in options.get("attributes", {}):
        email = {**EMAIL_ATTRIBUTE, **options["attributes"]["email"]}
        options["attributes"] = {**options["attributes"], "email": email}
    if options.get("configuration"):
        options["configuration"] = {name: _sealed(tenant) for name in options["configuration"]}
    return options


def check_options(options: Document, before: Document | None = None) -> None:
    """
    What Auth0 refuses beyond the schema, with its recorded words.

    `before` is what a PATCH is about to replace; on POST there is nothing.
    """
    attributes: Document = options.get("attributes") or {}
    if not attributes:
        return
    if options.get("validation"):
        raise _refused("Cannot set both options.attributes and options.validation")
    if options.get("requires_username"):
        raise _refused("Cannot set both options.attributes and options.requires_username")
    for name, attribute in attributes.items():
        inactive = attribute.get("signup", {}).get("status") == "inactive"
        if attribute.get("profile_required") and inactive:
            raise _refused(f"attribute {name} must also be required on signup")
    if not any(attribute.get("identifier", {}).get("active") for attribute in attributes.values()):
        raise _refused("attributes must contain one active identifier")
    unique = attributes.get("email", {}).get("unique", True)
    if before is not None and "email" in attributes:
        had = (before.get("attributes") or {}).get("email")
        if had is None and not unique:
            raise _refused("cannot add non-unique email attribute")
        if had is not None and had.get("unique", True) != unique:
            raise _refused("cannot change the uniqueness of the email attribute")


def _refused(message: str) -> ManagementError:
    return ManagementError(400, message, "invalid_body")


def _completed(defaults: Document, given: Document) -> Document:
    """Defaults under what is given, object by object."""
    result = dict(defaults)
    for name, value in given.items():
        before = result.get(name)
        result[name] = _completed(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return result


def _sealed(tenant: Tenant) -> str:
    """Auth0 answers script secrets encrypted; here nothing ever reads them, so only the look of it is kept."""
    return base64.b64encode(bytes.fromhex("0a42" + tenant.new_hex(200))).decode()
