"""
Who is logged in to the tenant in this browser: sessions, and the two cookies that they need.

`__Host-auth0` names the session, `__Host-did` the browser, to which a login that is under way is bound. Both are for one host only
(no `Domain`), `Secure`, `HttpOnly` and `SameSite=Lax`. A session ends when it was idle for too long, or is too old, as the tenant's settings say;
where they want non-persistent sessions (`session_cookie.mode`), it also ends with the browser, and has lifetimes of its own.

Source: https://auth0.com/docs/manage-users/sessions/session-lifecycle
"""

import hashlib

from localtenant.authentication.visit import Visit
from localtenant.store import Document
from localtenant.tenant import Tenant

KIND = "sessions"
SESSION_COOKIE = "__Host-auth0"
BROWSER_COOKIE = "__Host-did"
HOUR = 3600
DEFAULT_HOURS = {
    "session_lifetime": 168.0,
    "idle_session_lifetime": 72.0,
    "ephemeral_session_lifetime": 72.0,
    "idle_ephemeral_session_lifetime": 24.0,
}
YEAR = 31536000


def current_session(visit: Visit) -> Document | None:
    """The session of this browser at this host, if it has one that still counts and whose user still exists."""
    secret = visit.cookies.get(SESSION_COOKIE)
    session = visit.tenant.store.get(KIND, hashed(secret)) if secret else None
    if session is None or session["host"] != visit.host or not is_alive(visit.tenant, session):
        return None
    return session if visit.tenant.store.get("users", session["user_id"]) is not None else None


def is_alive(tenant: Tenant, session: Document) -> bool:
    """Whether it is within both lifetimes."""
    now = tenant.clock.seconds()
    kind = "ephemeral_session_lifetime" if session.get("ephemeral") else "session_lifetime"
    lifetime, idle = _seconds(tenant, kind), _seconds(tenant, f"idle_{kind}")
    return bool(now < session["created"] + lifetime and now < session["used"] + idle)


def start_session(visit: Visit, user_id: str, connection: str, methods: list[Document]) -> tuple[Document, str]:
    """A new session in place of the browser's old one; with the cookie to set."""
    old = visit.cookies.get(SESSION_COOKIE)
    if old:
        visit.tenant.store.delete(KIND, hashed(old))
    secret = visit.tenant.new_secret(48)
    now = visit.tenant.clock.seconds()
    session: Document = {
        "id": visit.tenant.new_secret(32),
        "key": hashed(secret),
        "host": visit.host,
        "user_id": user_id,
        "connection": connection,
        "methods": methods,
        "authenticated": now,
        "created": now,
        "used": now,
        "clients": [],
        "ephemeral": _is_ephemeral(visit.tenant),
    }
    visit.tenant.store.put(KIND, session["key"], session)
    max_age = None if session["ephemeral"] else int(_seconds(visit.tenant, "session_lifetime"))
    return session, cookie(SESSION_COOKIE, secret, max_age)


def save(tenant: Tenant, session: Document) -> None:
    """Keep it, as used now; a session that was ended meanwhile stays so."""
    if tenant.store.get(KIND, session["key"]) is not None:
        session["used"] = tenant.clock.seconds()
        tenant.store.put(KIND, session["key"], session)


def find_session(tenant: Tenant, key: str | None) -> Document | None:
    """The session by its key, if it is alive."""
    session = tenant.store.get(KIND, key) if key else None
    return session if session is not None and is_alive(tenant, session) else None


def end_session(visit: Visit) -> tuple[Document | None, str]:
    """Forget the browser's session; with the cookie that takes the old one away."""
    secret = visit.cookies.get(SESSION_COOKIE)
    session = visit.tenant.store.get(KIND, hashed(secret)) if secret else None
    if session is not None and session["host"] == visit.host:
        visit.tenant.store.delete(KIND, session["key"])
    return session, cookie(SESSION_COOKIE, "", 0)


def end_sessions_of(tenant: Tenant, user_id: str) -> None:
    """Log the user out everywhere."""
    for session in tenant.store.all(KIND):
        if session["user_id"] == user_id:
            tenant.store.delete(KIND, session["key"])


def browser(visit: Visit) -> tuple[str, tuple[str, ...]]:
    """What stands for this browser in the store, and the cookie to set if it has none yet."""
    known = visit.cookies.get(BROWSER_COOKIE)
    if known:
        return hashed(known), ()
    secret = visit.tenant.new_secret(32)
    return hashed(secret), (cookie(BROWSER_COOKIE, secret, YEAR),)


def is_same_browser(visit: Visit, known: str) -> bool:
    """Whether this is the browser that `browser` named."""
    secret = visit.cookies.get(BROWSER_COOKIE)
    return bool(secret) and hashed(str(secret)) == known


def cookie(name: str, value: str, max_age: int | None) -> str:
    """A `set-cookie`; Max-Age 0 takes the cookie away, without one it ends with the browser."""
    lasts = "" if max_age is None else f" Max-Age={max_age};"
    return f"{name}={value}; Path=/;{lasts} Secure; HttpOnly; SameSite=Lax"


def hashed(secret: str) -> str:
    """How secrets are kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _is_ephemeral(tenant: Tenant) -> bool:
    mode = ((tenant.singleton("tenant_settings") or {}).get("session_cookie") or {}).get("mode")
    return bool(mode == "non-persistent")


def _seconds(tenant: Tenant, setting: str) -> float:
    settings = tenant.singleton("tenant_settings") or {}
    return float(settings.get(setting) or DEFAULT_HOURS[setting]) * HOUR
