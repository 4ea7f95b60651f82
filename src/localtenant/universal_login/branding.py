"""
The tenant's look, as far as it is deployed: colours, logo, font, from the branding settings and over them the theme.

Colours are taken as they are for surfaces; the text on them, links and borders are made readable if they would not be.

Not here: the page template, which needs a template language of its own (docs/local-tenant-differences.md).
Source: https://auth0.com/docs/customize/login-pages/universal-login/customize-themes
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from localtenant.management.branding import BRANDING, THEMES
from localtenant.store import Document
from localtenant.tenant import Tenant

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
READABLE = 4.5  # contrast of text, WCAG 2.2 AA
VISIBLE = 3.0  # of borders and focus rings
STEPS = 20
MUTED = 0.3  # of the way from the text's colour to the surface's


@dataclass(frozen=True, kw_only=True)
class Look:
    """What the pages' style sheet needs to know."""

    primary: str
    on_primary: str
    background: str
    surface: str
    text: str
    muted: str  # of hints
    link: str
    focus: str
    border: str
    error: str
    logo_url: str | None
    favicon_url: str | None
    font_url: str | None
    background_image_url: str | None
    button_radius: int
    surface_radius: int


def look_of(tenant: Tenant) -> Look:
    """The deployed look, with Auth0's defaults where nothing is deployed."""
    branding = tenant.singleton(BRANDING) or {}
    theme: Document = next(iter(tenant.store.all(THEMES)), {})
    colours, themed = branding.get("colors") or {}, theme.get("colors") or {}
    background = _colour(_member(theme, "page_background", "background_color"), _flat(colours.get("page_background")))
    primary = _colour(themed.get("primary_button"), colours.get("primary")) or "#0059d6"
    surface = _colour(themed.get("widget_background")) or "#ffffff"
    text = readable(_colour(themed.get("body_text")) or "#1e212a", surface)
    return Look(
        primary=primary,
        on_primary=readable(_colour(themed.get("primary_button_label")) or "#ffffff", primary),
        background=background or "#000000",
        surface=surface,
        text=text,
        muted=readable(_mix(text, surface, MUTED), surface),
        link=readable(_colour(themed.get("links_focused_components")) or primary, surface),
        focus=readable(_colour(themed.get("base_focus_color")) or primary, surface, VISIBLE),
        border=readable(_colour(themed.get("input_border")) or "#8c929c", surface, VISIBLE),
        error=readable(_colour(themed.get("error")) or "#b3001e", surface),
        logo_url=_url(_member(theme, "widget", "logo_url")) or _url(branding.get("logo_url")),
        favicon_url=_url(branding.get("favicon_url")),
        font_url=_url(_member(theme, "fonts", "font_url")) or _url((branding.get("font") or {}).get("url")),
        background_image_url=_url(_member(theme, "page_background", "background_image_url")),
        button_radius=_pixels(_member(theme, "borders", "button_border_radius"), 3),
        surface_radius=_pixels(_member(theme, "borders", "widget_corner_radius"), 5),
    )


def readable(colour: str, surface: str, wanted: float = READABLE) -> str:
    """The colour, moved towards black or white until it can be read on the surface."""
    target = "#000000" if contrast("#000000", surface) >= contrast("#ffffff", surface) else "#ffffff"
    for step in range(STEPS + 1):
        mixed = _mix(colour, target, step / STEPS)
        if contrast(mixed, surface) >= wanted:
            return mixed
    return target


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def origin(url: str) -> str:
    """`https://host:port`, for the content security policy."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _rgb(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mix(one: str, other: str, share: float) -> str:
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(_rgb(one), _rgb(other), strict=True))


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _colour(*candidates: Any) -> str | None:
    """The first that is one: they end up in a style sheet. `#abc` is `#aabbcc`."""
    for candidate in candidates:
        text = str(candidate or "")
        if re.fullmatch(r"#[0-9a-fA-F]{3}", text):
            text = "#" + "".join(digit * 2 for digit in text[1:])
        if COLOUR.fullmatch(text):
            return text
    return None


def _flat(background: Any) -> Any:
    """A gradient is shown as its first colour."""
    return background.get("start") if isinstance(background, dict) else background


def _url(value: Any) -> str | None:
    """An https address without anything that could leave a quoted CSS or HTML value."""
    text = str(value or "")
    return text if re.fullmatch(r"https://[^\s\"'<>()\\;,]+", text) else None


def _member(theme: Document, group: str, name: str) -> Any:
    return (theme.get(group) or {}).get(name)


def _pixels(value: Any, default: int) -> int:
    return int(value) if isinstance(value, int | float) and 0 <= value <= 100 else default
