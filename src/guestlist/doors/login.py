"""
Doors within a login: one without a session, our Actions in their order, and what lets them ask for the second factor.

Source: https://auth0.com/docs/secure/multi-factor-authentication/customize-mfa/customize-mfa-selection-universal-login
"""

from __future__ import annotations

from guestlist.doors.door import Door, Finding, looking, opened, shut, unknown
from guestlist.doors.scene import Scene
from guestlist.doors.stranger import at_callback, told
from stacks.ownership import ALWAYS
from stacks.post_login_order import post_login_actions
from stacks.wanted import asks_by_action, policy_is_ours

DEPLOY = "guestlist up --refresh --env {environment}"
SETTING = "customize_mfa_in_postlogin_action"


def _silent_login(scene: Scene) -> Finding:
    parameters = scene.authorize(scene.primary, prompt="none")
    answer = scene.stranger.get("/authorize", **parameters)
    answered = at_callback(answer, parameters["redirect_uri"])
    if answered is None:
        return unknown(f"a silent login is answered {told(answer)}")
    if "error" in answered:
        return shut(f"a silent login without a session is answered {answered['error']}")
    return opened("a silent login without a session is answered with a code")


def _look_at_actions(scene: Scene) -> Finding:
    wanted = post_login_actions(scene.settings)
    if not wanted:
        return shut(f"{scene.settings.environment} wants no Action after a login")
    bound = [name for name in scene.sight.bound() if name in wanted]
    if bound == list(wanted):
        return shut(f"{', '.join(wanted)} run after a login, in this order")
    missing = [name for name in wanted if name not in bound]
    if missing:
        return opened(f"{', '.join(missing)} not bound to post-login")
    return opened(f"bound as {', '.join(bound)}, which is not the order {', '.join(wanted)}")


def _look_at_second_factor(scene: Scene) -> Finding:
    settings = scene.settings
    if not settings.mfa.enabled:
        return shut(f"{settings.environment} wants no second factor (mfa.enabled)")
    if asks_by_action(settings) and not scene.sight.settings().get(SETTING):
        return opened(f"the tenant's setting {SETTING} is off, so the Action asks for nothing")
    if policy_is_ours(settings) and ALWAYS not in scene.sight.mfa_policies():
        return opened(f"Guardian's policy is not {ALWAYS}")
    return shut("it is asked for")


DOORS = (
    Door(
        id="silent-login",
        tries="/authorize?prompt=none without a session",
        why="a login that nobody sees",
        remedy="look at the tenant's sessions and at who hosts its login page",
        try_it=_silent_login,
    ),
    Door(
        id="login-actions",
        tries="the list of post-login Actions",
        why="a login without the second factor, or without the profile page",
        remedy=DEPLOY,
        try_it=looking(_look_at_actions),
    ),
    Door(
        id="second-factor",
        tries=f"the tenant's setting {SETTING}; Guardian's policies",
        why="a password alone is enough",
        remedy=DEPLOY,
        try_it=looking(_look_at_second_factor),
    ),
)
