"""`guestlist env diff`: two environments beside each other. Not here: comparing and saying it (`guestlist.environment_diff`)."""

from __future__ import annotations

import click

from guestlist.cli.output import Invocation, print_json, say


def show_differences(invocation: Invocation, before: str, after: str, *, as_json: bool) -> int:
    """Compare and print."""
    from guestlist.environment_diff.compare import compare_environments
    from guestlist.environment_diff.report import document, lines_of
    from guestlist.environments import environment_names

    project = invocation.project()
    names = environment_names(project.root)
    for name in (before, after):
        if name not in names:
            raise click.UsageError(f"There is no environment {name!r}; there are: {', '.join(names) or 'none'}.")
    report = compare_environments(project, before, after)
    if as_json:
        print_json(document(report))
    else:
        for line in lines_of(report):
            say(line)
    return report.exit_code
