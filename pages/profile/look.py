"""
The environment's colours, made readable: whatever the brand's colour is, texts keep the contrast that WCAG asks for.

Not here: the layout (`templates/page.css`).
Source: https://www.w3.org/TR/WCAG22/#contrast-minimum (4.5:1 for text), #non-text-contrast (3:1 for borders and focus)
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

TEXT, EDGE = 4.5, 3.0
LIGHT_CARD, DARK_CARD = "#ffffff", "#1b1f27"
LIGHT_TEXT, DARK_TEXT = "#ffffff", "#14171f"  # on a colour: whichever reads better
DARK_BACKGROUND = "#101319"
PRIMARY, BACKGROUND = "#0059d6", "#f4f5f7"  # where an environment has none
_STEPS = 50


@dataclass(frozen=True, kw_only=True)
class Look:
    """One stylesheet, and the hash by which the policy admits it."""

    css: str
    hash: str


def make_look(primary: str, background: str) -> Look:
    """Put the colours into the stylesheet."""
    values = {**scheme("light", primary, background), **scheme("dark", primary, DARK_BACKGROUND)}
    css = (Path(__file__).parent / "templates" / "page.css").read_text(encoding="utf-8")
    for name, value in values.items():
        css = css.replace(f"@{name}@", value)
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return Look(css=css, hash=f"sha256-{digest}")


def contrast(one: str, other: str) -> float:
    """
    Give the contrast ratio of two colours, 1 to 21.

    >>> round(contrast("#ffffff", "#000000"))
    21
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, on: str, ratio: float) -> str:
    """Give the colour, moved towards black or white as little as it takes to be seen on another one."""
    if contrast(colour, on) >= ratio:
        return colour
    goals = sorted(("#000000", "#ffffff"), key=lambda goal: -contrast(goal, on))
    for step in range(1, _STEPS + 1):
        moved = _mix(colour, goals[0], step / _STEPS)
        if contrast(moved, on) >= ratio:
            return moved
    return goals[0]


def text_on(colour: str) -> str:
    """Give the text colour for a colour behind it; one of black and white always reads."""
    best = max((LIGHT_TEXT, DARK_TEXT), key=lambda text: contrast(text, colour))
    return readable(best, colour, TEXT)


def scheme(name: str, primary: str, background: str) -> dict[str, str]:
    """
    Give the colours of one scheme, by names that begin with it; the mail has the same (`stacks/reset_email.py`).

    Args:
        name: `light` or `dark`.
        primary: the brand's colour.
        background: behind the card.

    """
    card = LIGHT_CARD if name == "light" else DARK_CARD
    button = readable(primary, card, EDGE)
    hover = _mix(button, "#000000" if text_on(button) == LIGHT_TEXT else "#ffffff", 0.12)
    return {
        f"{name}-background": background,
        f"{name}-on-background": readable("#4a5261" if name == "light" else "#aab2c0", background, TEXT),
        f"{name}-strong-on-background": text_on(background),
        f"{name}-card": card,
        f"{name}-button": button,
        f"{name}-on-button": text_on(button),
        f"{name}-button-hover": hover,
        f"{name}-on-button-hover": readable(text_on(button), hover, TEXT),
        f"{name}-link": readable(primary, card, TEXT),
        f"{name}-tint": _mix(card, primary, 0.08 if name == "light" else 0.18),
    }


def _mix(one: str, other: str, share: float) -> str:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _channels(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _luminance(colour: str) -> float:
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in (c / 255 for c in _channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
