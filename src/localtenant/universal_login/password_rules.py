"""
What a connection asks of a password, in words, and which of it a password breaks.

Not here: the policy itself (`management/password_policy.py`), which has the last word.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from localtenant.management.password_policy import CHARACTER_TYPES, Policy, is_strong, names_the_user
from localtenant.management.passwords import LONGEST, is_password
from localtenant.store import Document
from localtenant.universal_login.texts import Texts

TOO_LONG = Policy(refuses_long=True)


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One of them; `is_broken` is `None` as long as there is no password to look at."""

    text: str
    is_broken: bool | None = None


def rules_of(policy: Policy, texts: Texts) -> list[Rule]:
    """All rules, as they stand on the page. The greatest length is left out: hardly anybody comes near it."""
    return [Rule(text=text) for text, part in _rules(policy, texts) if part != TOO_LONG]


def looked_at(policy: Policy, texts: Texts, password: str, user: Document, former: Sequence[str]) -> list[Rule]:
    """The same rules, with what this password makes of them; `former` as in `check_password`."""
    others = {
        "rule-dictionary": policy.dictionary is not None and password.lower() in policy.dictionary,
        "rule-profile": names_the_user(policy, password, user),
        "rule-history": any(is_password(password, hashed) for hashed in former[: policy.history]),
    }
    rules: list[Rule] = []
    for text, part in _rules(policy, texts):
        is_broken = others[part] if isinstance(part, str) else not is_strong(part, password)
        if is_broken or part != TOO_LONG:
            rules.append(Rule(text=text, is_broken=is_broken))
    return rules


def _rules(policy: Policy, texts: Texts) -> list[tuple[str, Policy | str]]:
    """The words of each rule, and the part of the policy that it is."""
    rules: list[tuple[str, Policy | str]] = []
    if policy.min_length > 1:
        words = texts.get("rule-length", {"count": str(policy.min_length)})
        rules.append((words, Policy(min_length=policy.min_length)))
    if policy.types_needed:
        names = texts["type-separator"].join(texts[f"type-{name}"] for name in CHARACTER_TYPES if name in policy.types)
        key = "rule-all-types" if policy.types_needed == len(policy.types) else "rule-types"
        words = texts.get(key, {"count": str(policy.types_needed), "types": names})
        rules.append((words, Policy(types=policy.types, types_needed=policy.types_needed)))
    if policy.longest_run is not None:
        words = texts.get("rule-run", {"count": str(policy.longest_run)})
        rules.append((words, Policy(longest_run=policy.longest_run)))
    if not policy.allows_sequences:
        rules.append((texts["rule-sequences"], Policy(allows_sequences=False)))
    if policy.refuses_long:
        rules.append((texts.get("rule-longest", {"count": str(LONGEST)}), TOO_LONG))
    if policy.dictionary is not None:
        rules.append((texts["rule-dictionary"], "rule-dictionary"))
    if policy.blocked_fields:
        rules.append((texts["rule-profile"], "rule-profile"))
    if policy.history:
        rules.append((texts.get("rule-history", {"count": str(policy.history)}), "rule-history"))
    return rules
