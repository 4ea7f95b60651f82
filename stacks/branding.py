"""What the tenant's pages look like, and what the page says that sets a password."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import pulumi
import pulumi_auth0 as auth0

from .demands import owns
from .reset_texts import reset_texts
from .settings import Settings
from .tenant_backup import TenantBackup


@dataclass(frozen=True, kw_only=True)
class BrandingArgs:
    """Inputs of `Branding`; what is `None` stays as the tenant has it."""

    is_declared: bool
    logo_url: str | None
    favicon_url: str | None
    font_url: str | pulumi.Output[str | None]
    primary_color: str | None
    background_color: str | None
    languages: tuple[str, ...]  # whose texts are ours

    @classmethod
    def of(cls, settings: Settings, backup: TenantBackup) -> Self | None:
        """
        From the settings of an environment; `None` if it declares nothing of this.

        The provider leaves colours and pictures alone that it is not told of, and takes a font for one that should go.
        """
        branding, is_declared = settings.branding, owns(settings, "branding")
        languages = tuple(one for one in settings.languages if owns(settings, f"reset-texts-{one}"))
        if not is_declared and not languages:
            return None
        return cls(
            is_declared=is_declared,
            logo_url=branding.logo_url,
            favicon_url=branding.favicon_url,
            font_url=branding.font_url or backup.saved.apply(_font_before),
            primary_color=branding.primary_color,
            background_color=branding.background_color,
            languages=languages,
        )


class Branding(pulumi.ComponentResource):
    """
    Logo, colours, font; the texts of the prompt that sets a password, in each language of the environment.

    All are retained on delete: the provider's deletes do nothing, or empty the texts; `tenant_backup.py` puts back what was there.

    Not here: which languages the tenant speaks (`tenant.py`), the texts themselves (`pages/password_reset/texts`).
    Source: https://auth0.com/docs/customize/login-pages/universal-login/customize-text-elements
    """

    def __init__(self, name: str, args: BrandingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guestlist:auth0:Branding", name, None, opts)
        retained = pulumi.ResourceOptions(parent=self, retain_on_delete=True)
        if args.is_declared:
            has_colors = args.primary_color or args.background_color
            auth0.Branding(
                "branding",
                logo_url=args.logo_url,
                favicon_url=args.favicon_url,
                font=pulumi.Output.from_input(args.font_url).apply(_font),
                colors=(
                    auth0.BrandingColorsArgs(primary=args.primary_color, page_background=args.background_color)
                    if has_colors
                    else None
                ),
                opts=retained,
            )
        for language in args.languages:
            auth0.PromptCustomText(
                f"reset-texts-{language}",
                prompt="reset-password",
                language=language,
                body=json.dumps(reset_texts(language), ensure_ascii=False, sort_keys=True),
                opts=retained,
            )
        self.register_outputs({})


def _font(url: str | None) -> auth0.BrandingFontArgs | None:
    return auth0.BrandingFontArgs(url=url) if url else None


def _font_before(saved: Mapping[str, str]) -> str | None:
    font = json.loads(saved.get("branding", "{}")).get("font") or {}
    return font.get("url") or None
