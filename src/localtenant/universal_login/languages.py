"""
The language of a page: what the application asks for (`ui_locales`), else what the browser prefers, of what the tenant has enabled.

Not here: the words (`texts.py`).
Source: https://auth0.com/docs/customize/internationalization-and-localization/universal-login-internationalization
"""

from collections.abc import Iterable

from localtenant.authentication.visit import Visit

DEFAULT = "en"
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")


def language_of(visit: Visit, ui_locales: str | None = None) -> str:
    """One of the tenant's `enabled_locales`."""
    enabled = visit.settings().get("enabled_locales")
    languages = [str(one) for one in enabled] if isinstance(enabled, list) and enabled else [DEFAULT]
    wanted = [*(ui_locales or "").split(), *accepted(visit.request.headers.get("accept-language", ""))]
    return next((found for one in wanted if (found := _match(one, languages))), languages[0])


def accepted(header: str) -> list[str]:
    """The languages of an `Accept-Language`, the most wanted first."""
    weighted: list[tuple[float, int, str]] = []
    for position, entry in enumerate(header.split(",")):
        language, *parameters = (part.strip() for part in entry.split(";"))
        weight = next((_number(one[2:]) for one in parameters if one.startswith("q=")), 1.0)
        if language and language != "*" and weight > 0:
            weighted.append((-weight, position, language))
    return [language for _, _, language in sorted(weighted)]


def direction(language: str) -> str:
    """`ltr` or `rtl`."""
    return "rtl" if language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def _match(wanted: str, languages: Iterable[str]) -> str | None:
    """Exact; else the language alone (`de-AT` is served by `de`, and `pt` by `pt-BR`)."""
    lowered = {one.lower(): one for one in reversed(list(languages))}
    if wanted.lower() in lowered:
        return lowered[wanted.lower()]
    base = wanted.lower().partition("-")[0]
    return lowered.get(base) or next((one for one in languages if one.lower().partition("-")[0] == base), None)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
