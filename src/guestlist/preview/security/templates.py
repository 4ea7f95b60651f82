"""
Mail templates: what a person wrote about themselves goes through `escape`.

Read from Liquid's syntax tree, so that a value which is assigned, looped over or appended first is found too.
Source: https://auth0.com/docs/customize/email/email-templates/supported-liquid-syntax ("user.*" are untrusted)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from liquid import Environment, RenderContext
from liquid.ast import Node
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.exceptions import LiquidError
from liquid.expression import Expression

from guestlist.preview.picture import PENDING
from guestlist.preview.security.finding import Severity
from guestlist.preview.security.rule import Look, Worse, at, listed, rule

PEOPLES = frozenset({"user", "inviter", "organization", "request_language", "locale", "roles"})
SAFE = frozenset({"escape", "escape_once", "url_encode", "size"})  # as the last filter
HARMLESS = frozenset({"newline_to_br"})  # after one of these
DEBUG = "{% debug %}"  # Auth0's own tag
NOT_LIQUID = "a text that is not Liquid"


def unescaped(template: str) -> tuple[str, ...]:
    """The outputs of a template that people's own words reach as they are; one word for a template that cannot be read."""
    environment = Environment()
    try:
        parsed = environment.parse(template.replace(DEBUG, ""))
        return tuple(dict.fromkeys(_Reading(RenderContext(parsed)).of(parsed.nodes)))
    except LiquidError:
        return (NOT_LIQUID,)


class _Reading:
    """One walk through a tree, in the order of the text, remembering the names that hold people's words."""

    def __init__(self, context: RenderContext) -> None:
        self.context = context
        self.tainted = set(PEOPLES)

    def of(self, nodes: Iterable[Node]) -> Iterator[str]:
        for node in nodes:
            kind = type(node).__name__
            expressions = list(node.expressions())
            names = [str(one) for one in (*node.template_scope(), *node.block_scope())]
            if names and any(self._reaches(one) for one in expressions):
                self.tainted.update(names)
            if kind in {"OutputNode", "EchoNode"}:
                yield from (str(one) for one in expressions if self._reaches(one))
            yield from self.of(node.children(self.context, include_partials=False))

    def _reaches(self, expression: Expression) -> bool:
        """Whether people's words come out of it as they are."""
        if isinstance(expression, Path):
            return str(expression.path[0]) in self.tainted
        if isinstance(expression, FilteredExpression):
            names = [one.name for one in expression.filters or ()]
            while names and names[-1] in HARMLESS:
                names.pop()
            if names and names[-1] in SAFE:
                return False
        return any(self._reaches(one) for one in expression.children())


@rule(
    "template-unescaped",
    Severity.ERROR,
    why="A person whose name is HTML writes the mails of others: links of their own in a mail that comes from you.",
    remedy="End each such output with | escape.",
)
def template_unescaped(look: Look) -> Iterator[Worse]:
    """Outputs that were not there, in the body of a mail. A subject is plain text."""
    for before, after in look.pairs("EmailTemplate"):
        old, new = at(before, "body"), at(after, "body")
        if not isinstance(new, str) or new in (PENDING, old):
            continue
        known = unescaped(old) if isinstance(old, str) else ()
        if found := [one for one in unescaped(new) if one not in known]:
            yield Worse(resource=after, what=f"The mail {at(after, 'template')} holds, unescaped: {listed(found)}.")


RULES = (template_unescaped,)
