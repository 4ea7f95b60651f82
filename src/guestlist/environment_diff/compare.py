"""
Compare two environments of a project, offline: their files are read, their programs run against nobody.

Not here: finding causes (`causes.py`), running the program (`guestlist.resolved`).
"""

from __future__ import annotations

from guestlist.environment_diff.causes import Explanation, explain
from guestlist.environment_diff.differences import Picture
from guestlist.environment_diff.local_hosts import as_written, invented
from guestlist.environment_diff.report import Report
from guestlist.environment_diff.settings import Config, Path, differing, with_settings
from guestlist.environments import LOCAL_ENVIRONMENT, Project, check_environments
from guestlist.errors import BadConfiguration


def compare_environments(project: Project, before: str, after: str) -> Report:
    """
    Resolve both, and the first again for each setting that differs.

    Raises: BadConfiguration, with all faults of both files. Secrets are not opened, so theirs are not among them.
    """
    reports = check_environments(project, list(dict.fromkeys((before, after))), open_with_engine=False)
    faults = [str(fault) for report in reports for fault in report.faults]
    if faults:
        raise BadConfiguration(faults)
    first, second = reports[0].stack.config, reports[-1].stack.config
    return Report(before=before, after=after, explanation=_explained((before, first), (after, second)))


def _explained(before: tuple[str, Config], after: tuple[str, Config]) -> Explanation:
    """As the environments are; if one of the two is local, that one as if its hosts had ordinary names."""
    from guestlist.resolved import is_valid

    names = {before[0], after[0]}
    if LOCAL_ENVIRONMENT in names and len(names) > 1:
        (other,) = names - {LOCAL_ENVIRONMENT}
        renamed = [(other, invented(config) if name != other else config) for name, config in (before, after)]
        if all(is_valid(config, environment=name) for name, config in renamed):
            return as_written(_compared(*renamed))
    return _compared(before, after)


def _compared(before: tuple[str, Config], after: tuple[str, Config]) -> Explanation:
    from guestlist.resolved import is_valid, resolve

    (first_name, first), (second_name, second) = before, after

    def resolve_with(settings: tuple[Path, ...]) -> Picture | None:
        """Under the first one's name; under the second one's, if only there they are valid."""
        mixed = with_settings(first, second, settings)
        name = next((name for name in (first_name, second_name) if is_valid(mixed, environment=name)), None)
        return resolve(mixed, environment=name) if name else None

    declared = (resolve(first, environment=first_name), resolve(second, environment=second_name))
    return explain(*declared, differing(first, second), resolve_with)
