"""What a person, or a screen reader, finds on a page."""

import re
from html import unescape

import httpx


def title_of(page: httpx.Response) -> str:
    """The heading."""
    return words(_found(page, r"<h1>(.*?)</h1>"))


def error_of(page: httpx.Response, field: str) -> str:
    """The message at a field; the summary repeats it, and the field names it as its description."""
    message = words(_found(page, rf'<p class="wrong" id="{field}-error">(.*?)</p>'))
    assert f'<a href="#{field}">' in page.text
    described = _found(page, rf'<input id="{field}"[^>]*aria-describedby="([^"]*)"')
    assert f"{field}-error" in described.split()
    return message


def alert_of(page: httpx.Response) -> str:
    """The message that belongs to no field."""
    return words(_found(page, r'<div class="alert".*?<p>(.*?)</p>\s*</div>'))


def value_of(page: httpx.Response, field: str) -> str:
    """What stands in a field."""
    return unescape(_found(page, rf'<input id="{field}"[^>]*value="([^"]*)"'))


def links_of(page: httpx.Response) -> dict[str, str]:
    """Every link, by its words."""
    return {
        words(text): unescape(href) for href, text in re.findall(r'<a[^>]*href="([^"]*)"[^>]*>(.*?)</a>', page.text)
    }


def words(html: str) -> str:
    """Without tags."""
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


def _found(page: httpx.Response, pattern: str) -> str:
    found = re.search(pattern, page.text, re.DOTALL)
    assert found, page.text
    return found[1]
