"""
All rules, and judging a change by them, the gravest finding first.

Not here: the rules (a file for each family), what a finding is (`finding.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from guestlist.preview.picture import Pictures, Step
from guestlist.preview.security import (
    actions,
    applications,
    attack_protection,
    connections,
    grants,
    mfa,
    passwords,
    protection,
    secrets,
    sign_up,
    templates,
    tenant,
    tokens,
    urls,
)
from guestlist.preview.security.finding import Allowance, Finding, Severity
from guestlist.preview.security.rule import Look, Rule

RULES: tuple[Rule, ...] = (
    *sign_up.RULES,
    *connections.RULES,
    *mfa.RULES,
    *actions.RULES,
    *attack_protection.RULES,
    *passwords.RULES,
    *tokens.RULES,
    *applications.RULES,
    *urls.RULES,
    *grants.RULES,
    *secrets.RULES,
    *templates.RULES,
    *tenant.RULES,
    *protection.RULES,
)
GRAVITY = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def judge(
    pictures: Pictures,
    *,
    steps: Sequence[Step] = (),
    allowances: Iterable[Allowance] = (),
    today: date,
    local: bool = False,
    rules: Sequence[Rule] = RULES,
) -> tuple[Finding, ...]:
    """
    What the change makes less safe, the gravest first.

    A rule that breaks is a finding of its own gravity, and the others are judged all the same: what cannot be judged must not pass unnoticed.

    Args:
        pictures: before and after.
        steps: of the same preview; they say which masked values change.
        allowances: of the environment. An ended one no longer allows.
        today: the day on which allowances end.
        local: whether it is the local tenant's, where localhost is no stranger.
        rules: all of them, unless a test has its own.

    """
    look = Look(pictures=pictures, steps=tuple(steps), local=local)
    by_rule: dict[str, list[Allowance]] = {}
    for allowance in allowances:
        by_rule.setdefault(allowance.rule, []).append(allowance)
    found = [one for rule in rules for one in _found(rule, look, by_rule.get(rule.id, []), today)]
    return tuple(sorted(found, key=lambda one: GRAVITY.index(one.severity)))


def _found(rule: Rule, look: Look, allowances: Sequence[Allowance], today: date) -> Iterator[Finding]:
    valid = next((one for one in allowances if today <= one.until), None)
    ended = max((one.until for one in allowances), default=None) if valid is None else None
    remedy = rule.remedy
    if ended is not None:
        remedy += f" It was allowed until {ended}."
    if rule.severity is Severity.ERROR and valid is None:
        remedy += f" To let it pass, guestlist:allow takes the rule {rule.id}, a reason and a date."
    try:
        worse = [(one.resource.urn, one.resource.shown, one.what) for one in rule.check(look)]
    except Exception as error:  # noqa: BLE001 - whatever it is, the others are judged
        worse = [("", "the whole change", f"The rule could not be judged ({type(error).__name__}).")]
    for urn, shown, what in worse:
        yield Finding(
            rule=rule.id,
            severity=rule.severity,
            urn=urn,
            resource=shown,
            what=what,
            why=rule.why,
            remedy=remedy,
            allowance=valid,
        )
