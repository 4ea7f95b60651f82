"""
From what a machine has to where each piece of the toolchain comes from: a pure function.

Order, for each piece on its own merits: what is there already, the official download, a build from Go modules.

Not here: finding the facts out (`observe.py`), acting on the plan (`bootstrap.py`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from toolchain import pins
from toolchain.model import Origin, PieceName, ToolchainError

Version: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True)
class FoundPulumi:
    """A `pulumi` on PATH that is not one of ours."""

    path: Path
    version: Version | None  # None: it would not say
    language_host: Path | None  # with its two scripts beside it, else None


@dataclass(frozen=True, kw_only=True)
class OfficialSite:
    """Whether Pulumi's download site can be used."""

    reachable: bool
    detail: str  # a clause for a sentence: "get.pulumi.com did not answer within 3 s"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the plan depends on."""

    pulumi: FoundPulumi | None
    installed_plugin: Path | None  # the plugin's executable in the user's own PULUMI_HOME
    official_site: OfficialSite | None  # None: not asked, because nothing needs it
    downloaded: frozenset[PieceName]  # official pieces that an earlier run has put into the cache
    from_source: bool | None  # True: build all; False: never build; None: build what cannot be had otherwise


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Where one piece comes from, and why."""

    piece: PieceName
    origin: Origin
    version: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One choice for each piece."""

    engine: Choice
    language_host: Choice
    auth0_plugin: Choice

    @property
    def choices(self) -> tuple[Choice, Choice, Choice]:
        return (self.engine, self.language_host, self.auth0_plugin)


def needs_official_site(facts: Facts) -> bool:
    """Whether the plan depends on the download site, so that a machine that has all is not kept waiting for it."""
    if facts.from_source is True:
        return False
    has_engine = _usable(facts.pulumi) or PieceName.ENGINE in facts.downloaded
    has_host = (
        _usable(facts.pulumi) and _has_language_host(facts.pulumi)
    ) or PieceName.LANGUAGE_HOST in facts.downloaded
    return not (has_engine and has_host and facts.installed_plugin)


def make_plan(facts: Facts) -> Plan:
    """
    Decide.

    Raises:
        ToolchainError: a piece would have to be built and `from_source` forbids it.

    """
    engine = _choose_engine(facts)
    return Plan(
        engine=engine,
        language_host=_choose_language_host(facts),
        auth0_plugin=_choose_auth0_plugin(facts, engine),
    )


def _choose_engine(facts: Facts) -> Choice:
    if facts.from_source is not True and facts.pulumi is not None and facts.pulumi.version and _usable(facts.pulumi):
        version = dotted(facts.pulumi.version)
        return Choice(
            piece=PieceName.ENGINE,
            origin=Origin.ON_PATH,
            version=version,
            reason=f"pulumi {version} is on PATH",
        )
    return _fetch_or_build(PieceName.ENGINE, pins.PULUMI_VERSION, _why_not_on_path(facts.pulumi), facts)


def _choose_language_host(facts: Facts) -> Choice:
    found = facts.pulumi
    if facts.from_source is not True and found is not None and found.version and _usable(found):
        if found.language_host is not None:
            return Choice(
                piece=PieceName.LANGUAGE_HOST,
                origin=Origin.ON_PATH,
                version=dotted(found.version),
                reason="it came with the pulumi on PATH",
            )
        why = f"the pulumi on PATH has no pulumi-language-python with {pins.EXECUTOR} and {pins.LAUNCHER}"
        return _fetch_or_build(PieceName.LANGUAGE_HOST, pins.PULUMI_VERSION, why, facts)
    return _fetch_or_build(PieceName.LANGUAGE_HOST, pins.PULUMI_VERSION, "it comes with the engine", facts)


def _choose_auth0_plugin(facts: Facts, engine: Choice) -> Choice:
    version = pins.AUTH0_PLUGIN_VERSION
    if engine.origin is Origin.SOURCE_BUILD:
        # A source-built engine keeps out of the user's own PULUMI_HOME, and so away from the plugins there.
        why = "--from-source" if facts.from_source is True else "it goes with the engine"
        return Choice(piece=PieceName.AUTH0_PLUGIN, origin=Origin.SOURCE_BUILD, version=version, reason=why)
    if facts.installed_plugin is not None:
        why = "it is among the installed Pulumi plugins"
        return Choice(piece=PieceName.AUTH0_PLUGIN, origin=Origin.ON_PATH, version=version, reason=why)
    return _fetch_or_build(PieceName.AUTH0_PLUGIN, version, "it is not installed", facts)


def _fetch_or_build(piece: PieceName, version: str, why: str, facts: Facts) -> Choice:
    if facts.from_source is True:
        return Choice(piece=piece, origin=Origin.SOURCE_BUILD, version=version, reason="--from-source")
    if piece in facts.downloaded:
        return Choice(piece=piece, origin=Origin.OFFICIAL_DOWNLOAD, version=version, reason="downloaded before")
    site = facts.official_site
    if site is not None and site.reachable:
        return Choice(piece=piece, origin=Origin.OFFICIAL_DOWNLOAD, version=version, reason=why)
    detail = site.detail if site is not None else f"{pins.OFFICIAL_SITE} was not asked"
    if facts.from_source is False:
        raise ToolchainError(
            f"Cannot get the official {piece} {version}: {why}, and {detail}. Real tenants get official binaries only: "
            f"install Pulumi {dotted(pins.OLDEST_PULUMI)} or newer, or try again with the network; "
            "a source build for the local tenant is made by: python -m toolchain"
        )
    return Choice(piece=piece, origin=Origin.SOURCE_BUILD, version=version, reason=f"{why}, and {detail}")


def _usable(pulumi: FoundPulumi | None) -> bool:
    return pulumi is not None and pulumi.version is not None and pulumi.version >= pins.OLDEST_PULUMI


def _has_language_host(pulumi: FoundPulumi | None) -> bool:
    return pulumi is not None and pulumi.language_host is not None


def _why_not_on_path(pulumi: FoundPulumi | None) -> str:
    if pulumi is None:
        return "no pulumi is on PATH"
    if pulumi.version is None:
        return f"{pulumi.path} did not tell its version"
    return f"pulumi {dotted(pulumi.version)} on PATH is older than {dotted(pins.OLDEST_PULUMI)}"


def dotted(version: Version) -> str:
    """`(3, 227, 0)` as `3.227.0`."""
    return ".".join(str(part) for part in version)
