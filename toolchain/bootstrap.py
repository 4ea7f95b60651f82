"""
Find or make the toolchain: the two functions that everybody else calls.

Not here: deciding (`plan.py`), the work itself (`gobuild.py`, `download.py`), the command line (`__main__.py`).
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from toolchain import cache, observe
from toolchain.download import OfficialSourceError, download_pieces, install_official_plugin
from toolchain.gobuild import Workshop, build_auth0_plugin, build_engine, build_language_host, find_go, is_built
from toolchain.lock import cache_lock
from toolchain.model import Origin, Piece, PieceName, Toolchain, ToolchainError
from toolchain.plan import Choice, Facts, OfficialSite, Plan, make_plan, needs_official_site
from toolchain.progress import Report, default_progress, to_stderr

_VERBS = {
    Origin.ON_PATH: "using",
    Origin.OFFICIAL_DOWNLOAD: "downloading",
    Origin.SOURCE_BUILD: "building from Go modules",
}


def find(*, from_source: bool | None = None, environment: Mapping[str, str] | None = None) -> Toolchain | None:
    """
    The toolchain that an earlier `ensure` with the same `from_source` has prepared, in milliseconds and without work.

    None when there is none, when a file of it has gone or changed, when the pinned versions or Go modules have, or when
    the `pulumi` on PATH is another one now.
    """
    environment = os.environ if environment is None else environment
    root = cache.cache_dir(environment)
    return cache.recall(_manifest(root, from_source), observe.pulumi_on_path(root, environment))


def ensure(
    *,
    report: Report = to_stderr,
    from_source: bool | None = None,
    environment: Mapping[str, str] | None = None,
) -> Toolchain:
    """
    The toolchain, prepared if need be: minutes the first time, milliseconds after that.

    Args:
        report: gets a line for each step.
        from_source: None builds what cannot be had otherwise; True builds everything; False builds nothing, as a real
            tenant wants.
        environment: instead of this process's own.

    Raises:
        ToolchainError: it cannot be had.

    """
    environment = os.environ if environment is None else environment
    if ready := find(from_source=from_source, environment=environment):
        return ready
    root = cache.cache_dir(environment)
    try:
        with cache_lock(root, report):
            if ready := find(from_source=from_source, environment=environment):
                return ready  # another run has prepared it while we waited
            cache.remove_leftovers(root)
            return _prepare(root, environment, report, from_source)
    except OSError as error:
        raise ToolchainError(
            f"Cannot prepare the toolchain in {root}: {error}. To use another folder set GUESTLIST_CACHE_DIR, then run: "
            "python -m toolchain"
        ) from error


def _prepare(root: Path, environment: Mapping[str, str], report: Report, from_source: bool | None) -> Toolchain:
    users = observe.users_environment(root, environment)
    shop = Workshop(root=root, environment=users, progress=default_progress(report))
    facts = observe.observe(root, environment, from_source=from_source)
    if needs_official_site(facts):
        facts = replace(facts, official_site=observe.probe_official_site())
    while True:
        try:
            toolchain = _carry_out(make_plan(facts), facts, shop)
            break
        except OfficialSourceError as error:
            report(f"The official download failed: {error}")
            failed = OfficialSite(reachable=False, detail=str(error))
            facts = replace(facts, official_site=failed, downloaded=observe.find_downloaded(root))
    cache.remember(
        _manifest(root, from_source),
        toolchain,
        observe.companions_of(toolchain.language_host.path),
        observe.pulumi_on_path(root, environment),
    )
    return toolchain


def _carry_out(plan: Plan, facts: Facts, shop: Workshop) -> Toolchain:
    built = [choice.piece for choice in plan.choices if choice.origin is Origin.SOURCE_BUILD]
    go = find_go(shop) if any(not is_built(shop.root, piece) for piece in built) else Path("go")
    makers = _Makers(plan=plan, facts=facts, shop=shop, go=go)
    engine = makers.piece(plan.engine, makers.engine)
    language_host = makers.piece(plan.language_host, makers.language_host)
    if Origin.ON_PATH not in (engine.origin, language_host.origin):
        companions = observe.companions_of(language_host.path)
        folder = cache.link_together(shop.root, (engine.path, language_host.path, *companions))
        engine = replace(engine, path=folder / engine.path.name)
        language_host = replace(language_host, path=folder / language_host.path.name)
    auth0_plugin = makers.piece(plan.auth0_plugin, lambda: makers.auth0_plugin(engine.path))
    home = auth0_plugin.path.parents[2] if auth0_plugin.origin is Origin.SOURCE_BUILD else None
    return Toolchain(engine=engine, language_host=language_host, auth0_plugin=auth0_plugin, pulumi_home=home)


@dataclass(frozen=True, kw_only=True)
class _Makers:
    plan: Plan
    facts: Facts
    shop: Workshop
    go: Path  # not used when every source build is in the cache already

    def piece(self, choice: Choice, make: Callable[[], Path]) -> Piece:
        title = f"{choice.piece} {choice.version}: {_VERBS[choice.origin]}"
        if choice.origin is Origin.ON_PATH:
            path = make()
            self.shop.progress.report(f"{title} {path} ({choice.reason})")
        else:
            with self.shop.progress.step(title, choice.reason):
                path = make()
        return Piece(name=choice.piece, version=choice.version, origin=choice.origin, path=path)

    def engine(self) -> Path:
        match self.plan.engine.origin:
            case Origin.ON_PATH:
                return _known(self.facts.pulumi.path if self.facts.pulumi else None)
            case Origin.OFFICIAL_DOWNLOAD:
                return self._download(PieceName.ENGINE)
            case Origin.SOURCE_BUILD:
                return build_engine(self.shop, self.go)

    def language_host(self) -> Path:
        match self.plan.language_host.origin:
            case Origin.ON_PATH:
                return _known(self.facts.pulumi.language_host if self.facts.pulumi else None)
            case Origin.OFFICIAL_DOWNLOAD:
                return self._download(PieceName.LANGUAGE_HOST)
            case Origin.SOURCE_BUILD:
                return build_language_host(self.shop, self.go)

    def auth0_plugin(self, engine: Path) -> Path:
        match self.plan.auth0_plugin.origin:
            case Origin.ON_PATH:
                return _known(self.facts.installed_plugin)
            case Origin.OFFICIAL_DOWNLOAD:
                return install_official_plugin(self.shop, engine)
            case Origin.SOURCE_BUILD:
                return build_auth0_plugin(self.shop, self.go, engine)

    def _download(self, piece: PieceName) -> Path:
        # One archive holds both.
        both = (self.plan.engine, self.plan.language_host)
        wanted = frozenset(choice.piece for choice in both if choice.origin is Origin.OFFICIAL_DOWNLOAD)
        return download_pieces(self.shop, wanted)[piece]


def _known(path: Path | None) -> Path:
    if path is None:
        raise ToolchainError("The plan names a program that was not found; this is a fault of toolchain/plan.py")
    return path


def _manifest(root: Path, from_source: bool | None) -> Path:
    mode = {None: "auto", True: "source", False: "official"}[from_source]
    return cache.manifest_path(root, mode, cache.toolchain_key())
