"""
From a project's environment to its scene: whoever looks has the shell's credentials, and whoever knocks has none.

Without credentials nothing is looked at. Client ids are public, so a deployment's outputs serve for knocking, and so does `--client-id`.

Not here: trying the doors (`probe.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from guestlist.deployment import CREDENTIALS, is_local, transport_for, with_local_defaults
from guestlist.doors.scene import PRIMARY, Scene
from guestlist.doors.sight import CannotLook, Sight
from guestlist.doors.stranger import Stranger
from guestlist.engine import Engine
from guestlist.environments import Project, load_settings
from guestlist.errors import GuestlistError, WrongTenant
from guestlist.page_environment import login_hosts
from stacks.management import ManagementClient
from stacks.settings import Settings, wrong_tenant_sentence
from toolchain import find


@contextmanager
def open_scene(
    project: Project, environment: str, shell: Mapping[str, str], *, client_id: str | None = None
) -> Iterator[Scene]:
    """Raises: BadConfiguration, WrongTenant."""
    settings = load_settings(project, environment)
    sentence = wrong_tenant_sentence(settings, shell)
    if sentence is not None:
        raise WrongTenant(sentence)
    environ = _environ(project, settings, shell)
    transport = transport_for(environ)
    tenant = None
    if _has_credentials(environ):
        tenant = ManagementClient.from_environment(settings.tenant.domain, environ, transport=transport)
    sight = Sight(tenant, connection=settings.connection.name)
    stranger = Stranger(login_hosts(settings)[0], transport=transport_for(environ))
    try:
        known = {PRIMARY: client_id} if client_id else _outputs(project, environment, environ, sight)
        yield Scene(settings=settings, sight=sight, stranger=stranger, known=known)
    finally:
        stranger.close()
        if tenant is not None:
            tenant.close()


def _environ(project: Project, settings: Settings, shell: Mapping[str, str]) -> Mapping[str, str]:
    """On a local tenant, what the shell lacks is that tenant's."""
    tools = find()
    if tools is None:
        return shell
    if not is_local(settings) or any(shell.get(name) for name in CREDENTIALS):
        return tools.environment(shell)
    try:
        return with_local_defaults(project.root, settings, tools, shell)
    except WrongTenant:
        raise
    except GuestlistError:
        return tools.environment(shell)  # it does not run: each door says so


def _has_credentials(environ: Mapping[str, str]) -> bool:
    return bool(
        environ.get("AUTH0_API_TOKEN") or (environ.get("AUTH0_CLIENT_ID") and environ.get("AUTH0_CLIENT_SECRET"))
    )


def _outputs(project: Project, environment: str, environ: Mapping[str, str], sight: Sight) -> Mapping[str, str]:
    """Client ids by role, where applications cannot be seen. Whoever has no backend has none."""
    try:
        sight.clients()
    except CannotLook:
        tools = find()
        if tools is None:
            return {}
        try:
            found = Engine(pulumi=tools.pulumi, root=project.root, stack=environment, environ=environ).outputs()
        except GuestlistError:
            return {}
        ids = found.get("applicationClientIds")
        return {str(role): str(one) for role, one in ids.items()} if isinstance(ids, dict) else {}
    return {}
