"""
Which configurations try the table of switches: in few rounds, one value at a time, every two values, at random.

Not here: the table (`tests/configurations.py`), trying them (`tests/e2e/switching.py`). All of it is pure and the same each time.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from random import Random

from hypothesis import strategies as st

from tests.configurations import (
    ABOUT,
    SWITCHES,
    Change,
    Choice,
    Config,
    all_owned_by,
    base,
    can_follow,
    choices,
    go_together,
    is_valid,
    merged,
    whole,
)


def rounds() -> list[Config]:
    """
    Every value of every switch in few configurations: the first value of all switches that go together, then the second, and so on.

    What contradicts the others of its round waits for the next. Everything left to others, and everything required of them, come last.
    """
    waiting = [(name, change) for name, change in choices() if not name.startswith("ownership.")]
    found = list[Config]()
    while waiting:
        taken: list[Choice] = []
        for choice in waiting:
            if all(go_together(choice, other) for other in taken) and is_valid(whole([*taken, choice])):
                taken.append(choice)
        if not taken:
            raise ValueError(f"no valid configuration has {waiting[0]}")
        found.append(whole(taken))
        waiting = [choice for choice in waiting if choice not in taken]
    return [*found, all_owned_by("leave"), all_owned_by("require")]


def singles() -> Iterator[tuple[str, Config]]:
    """One value of one switch at a time, with what it needs to be valid and seen."""
    for name, change in choices():
        config = merged(merged(base(), ABOUT.get(name, {})), change)
        yield f"{name} {_short(change)}", config


def pairs() -> list[Config]:
    """Every two values of two switches that go together, in few configurations."""
    every = choices()
    numbers = range(len(every))
    together = {
        (one, other)
        for one, other in combinations(numbers, 2)
        if go_together(every[one], every[other]) and is_valid(whole([every[one], every[other]]))
    }
    found: list[Config] = []
    untried = set(together)
    while untried:
        taken = list(min(untried))
        possible = set(numbers) - set(taken)
        while possible:
            possible = {at for at in possible if all(_pair(at, one) in together for one in taken)}
            gains = {at: sum(_pair(at, one) in untried for one in taken) for at in possible}
            best = min(possible, key=lambda at: (-gains[at], at), default=None)
            if best is None or not gains[best]:
                break
            possible.remove(best)
            if is_valid(whole([every[one] for one in [*taken, best]])):
                taken.append(best)
        found.append(whole([every[at] for at in taken]))
        untried -= {_pair(*pair) for pair in combinations(taken, 2)}
    return found


def _pair(one: int, other: int) -> tuple[int, int]:
    return min(one, other), max(one, other)


def _short(change: Change) -> str:
    values = [str(value) for values in change.values() if isinstance(values, dict) for value in values.values()]
    return " ".join(values)[:60]


def _sessions(chance: Random) -> Change:
    idle, whole_time = sorted(chance.randint(1, 2400) for _ in range(2))
    return {"sessions": {"lifetimeHours": whole_time, "idleLifetimeHours": idle}}


def _tokens(chance: Random) -> Change:
    idle, whole_time = sorted(chance.randint(60, 30 * 24 * 3600) for _ in range(2))
    tokens = {"refreshTokenSec": whole_time, "refreshTokenIdleSec": idle, "refreshLeewaySec": chance.randint(0, 60)}
    return {"tokens": {"idTokenSec": chance.randint(60, 30 * 24 * 3600), **tokens}}


def _names(chance: Random) -> Change:
    name = chance.choice(["Gästeliste", "名簿", "A & B", "O'Neill's \"club\"", "{{ name }}", "100 %", "a,b;c"])
    return {"application": {"name": name}, "tenant": {"friendlyName": name}}


# Where a switch is a number, a text or a list: any.
RANGES: Mapping[str, Callable[[Random], Change]] = {
    "sessions": _sessions,
    "tokens": _tokens,
    "application.name": _names,
    "connection": lambda chance: {
        "connection": {"passwordMinLength": chance.randint(8, 72), "passwordHistorySize": chance.randint(1, 24)}
    },
    "invite.linkTtlSec": lambda chance: {"invite": {"linkTtlSec": chance.randint(1, 30 * 24 * 3600)}},
    "attackProtection.bruteForceAttempts": lambda chance: {
        "attackProtection": {"bruteForceAttempts": chance.randint(1, 100)}
    },
    "languages": lambda chance: {
        "languages": chance.sample(["ar", "de", "en", "es", "fr", "he"], k=chance.randint(0, 6))
    },
    "mfa.factors": lambda chance: {
        "mfa": {"factors": chance.sample(["sms", "otp", "webauthn"], k=chance.randint(1, 3))}
    },
}


def a_configuration(chance: Random) -> Config:
    """A random valid one: any values of any switches, in any order, whether they can be seen or not; numbers and lists at random."""
    config = dict(base())
    is_shared = chance.random() < 0.4  # with others
    for name in chance.sample(sorted(SWITCHES), k=len(SWITCHES)):
        if chance.random() < 0.5 or (name.startswith("ownership.") and not (is_shared and chance.random() < 0.4)):
            continue
        is_any = name in RANGES and chance.random() < 0.7
        change = RANGES[name](chance) if is_any else chance.choice(SWITCHES[name])
        tried = merged(config, change)
        config = tried if is_valid(tried) and can_follow(tried) else config
    return config


def configurations() -> st.SearchStrategy[Config]:
    """Random valid ones, for hypothesis."""
    return st.randoms(use_true_random=False).map(a_configuration)


def some_configurations(count: int, *, seed: int) -> list[Config]:
    """So many random ones, the same for the same seed."""
    chance = Random(seed)
    return [a_configuration(chance) for _ in range(count)]
