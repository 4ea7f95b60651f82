"""How the tenant defends itself against guessing, flooding and stolen passwords."""

from dataclasses import dataclass
from typing import Self

import pulumi
import pulumi_auth0 as auth0

from .demands import owns
from .settings import Settings


@dataclass(frozen=True, kw_only=True)
class AttackProtectionArgs:
    """Inputs of `AttackProtection`; what is `None` stays as the tenant has it."""

    brute_force_attempts: int | None
    suspicious_ip_throttling: bool | None
    breached_passwords: str | None  # off or block
    bot_detection: str | None  # off, low, medium or high
    allowed_ips: tuple[str, ...]  # none of somebody else's stays: a list that leaves the file would
    protect: bool

    @classmethod
    def of(cls, settings: Settings) -> Self | None:
        """From the settings of an environment; `None` if it declares nothing of this."""
        wanted = settings.attack_protection
        things = ("brute-force", "suspicious-ips", "breached-passwords", "bots")
        if not any(owns(settings, thing) for thing in things):
            return None
        return cls(
            brute_force_attempts=wanted.brute_force_attempts,
            suspicious_ip_throttling=wanted.suspicious_ip_throttling,
            breached_passwords=wanted.breached_passwords,
            bot_detection=wanted.bot_detection,
            allowed_ips=wanted.allowed_ips or (),
            protect=settings.protect,
        )


class AttackProtection(pulumi.ComponentResource):
    """
    Brute force, suspicious addresses, breached passwords, bots: each only where the environment says something about it.

    Deleting the resource would switch them off; it is retained, and `tenant_backup.py` puts back what was there.
    Source: https://auth0.com/docs/secure/attack-protection
    """

    def __init__(self, name: str, args: AttackProtectionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("guestlist:auth0:AttackProtection", name, None, opts)
        brute_force, suspicious_ips = _brute_force(args), _suspicious_ips(args)
        breached_passwords, bots = _breached_passwords(args), _bots(args)
        undeclared = {
            "bruteForceProtection": brute_force is None,
            "suspiciousIpThrottling": suspicious_ips is None,
            "breachedPasswordDetection": breached_passwords is None,
            "botDetection": bots is None,
            "captcha": True,
        }
        auth0.AttackProtection(
            "attack-protection",
            brute_force_protection=brute_force,
            suspicious_ip_throttling=suspicious_ips,
            breached_password_detection=breached_passwords,
            bot_detection=bots,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=args.protect,
                retain_on_delete=True,
                ignore_changes=[name for name, is_undeclared in undeclared.items() if is_undeclared],
            ),
        )
        self.register_outputs({})


def _brute_force(args: AttackProtectionArgs) -> auth0.AttackProtectionBruteForceProtectionArgs | None:
    if args.brute_force_attempts is None:
        return None
    return auth0.AttackProtectionBruteForceProtectionArgs(
        enabled=True,
        max_attempts=args.brute_force_attempts,
        mode="count_per_identifier_and_ip",
        shields=["block", "user_notification"],
        allowlists=args.allowed_ips,
    )


def _suspicious_ips(args: AttackProtectionArgs) -> auth0.AttackProtectionSuspiciousIpThrottlingArgs | None:
    if args.suspicious_ip_throttling is None:
        return None
    return auth0.AttackProtectionSuspiciousIpThrottlingArgs(
        enabled=args.suspicious_ip_throttling,
        shields=["admin_notification", "block"] if args.suspicious_ip_throttling else None,
        allowlists=args.allowed_ips,
    )


def _breached_passwords(args: AttackProtectionArgs) -> auth0.AttackProtectionBreachedPasswordDetectionArgs | None:
    if args.breached_passwords is None:
        return None
    shields = ["block"] if args.breached_passwords == "block" else []
    return auth0.AttackProtectionBreachedPasswordDetectionArgs(
        enabled=bool(shields),
        shields=shields,
        pre_change_password=auth0.AttackProtectionBreachedPasswordDetectionPreChangePasswordArgs(shields=shields),
    )


def _bots(args: AttackProtectionArgs) -> auth0.AttackProtectionBotDetectionArgs | None:
    if args.bot_detection is None:
        return None
    is_off = args.bot_detection == "off"
    policy = "never" if is_off else "when_risky"
    return auth0.AttackProtectionBotDetectionArgs(
        challenge_password_policy=policy,
        challenge_password_reset_policy=policy,
        bot_detection_level=None if is_off else args.bot_detection,
        allowlists=args.allowed_ips,
    )
