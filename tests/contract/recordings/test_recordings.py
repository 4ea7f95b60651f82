"""
The local tenant answers the provider's recorded calls as Auth0 did, save for the known disagreements.

The recordings lie in the Go module cache once the toolchain has built the provider; they are read there, never copied.
"""

import pytest

from tests.contract.recordings import coverage
from tests.contract.recordings.cassettes import MODULE, Interaction, folder, is_younger, recordings
from tests.contract.recordings.known import disagreements, known_disagreements, overtaken, without_mended
from tests.contract.recordings.ownership import is_ours
from tests.contract.recordings.replay import verdicts

pytestmark = [
    pytest.mark.xdist_group("recordings"),  # one worker replays, once
    pytest.mark.skipif(not folder().is_dir(), reason=f"the Go module cache has no {MODULE}: run `make setup`"),
]
FEWEST_INTERACTIONS = 8000
SMALLEST_SHARE = 0.95
UPDATE = "run `python -m tests.contract.recordings.coverage`"


def test_every_recording_is_replayed() -> None:
    assert len(verdicts()) >= FEWEST_INTERACTIONS
    assert len({verdict.interaction.label for verdict in verdicts()}) == len(verdicts())


def test_there_is_no_new_disagreement() -> None:
    listed = {found for entry in known_disagreements() for found in entry.found()}
    new = [
        f"{verdict.interaction.label} {verdict.operation} {difference}"
        for verdict in verdicts()
        if is_ours(verdict.operation)
        for difference in verdict.differences
        if (verdict.interaction.label, difference.what) not in listed
    ]
    assert new == []


def test_the_list_of_disagreements_has_no_mended_ones() -> None:
    listed = known_disagreements()
    assert without_mended(listed, disagreements(verdicts())) == listed, f"something was mended: {UPDATE}"


def test_nearly_everything_that_we_own_agrees() -> None:
    ours = [verdict for verdict in verdicts() if is_ours(verdict.operation)]
    found = coverage.tally(ours, overtaken(ours, known_disagreements()))
    assert found.share >= SMALLEST_SHARE


def test_no_call_breaks_the_local_tenant() -> None:
    broken = [verdict.interaction.label for verdict in verdicts() if any("500 here" in what for what in verdict.whats)]
    assert broken == []


def test_who_overrules_is_younger_and_agrees_with_us() -> None:
    agreeing = {verdict.interaction.label: verdict for verdict in verdicts() if verdict.agrees}
    by_label = interactions()
    for entry in known_disagreements():
        if entry.overruled_by is None:
            continue
        witness = agreeing[entry.overruled_by]
        assert witness.operation == entry.operation
        for label in entry.interactions:
            assert is_younger(witness.interaction, by_label[label]), (entry.overruled_by, label)


def test_who_overrules_lacks_the_key_that_we_lack() -> None:
    by_label = interactions()
    for entry in known_disagreements():
        path, _, kind = entry.what.partition(": ")
        if entry.overruled_by and kind == "missing here":
            assert not has(by_label[entry.overruled_by].answer, path.strip(".").split(".")), entry


def test_the_coverage_table_is_fresh() -> None:
    fresh = coverage.render(verdicts(), known_disagreements())
    assert coverage.FILE.read_text(encoding="utf-8") == fresh, f"docs/coverage.md is stale: {UPDATE}"


def interactions() -> dict[str, Interaction]:
    """Every interaction by its label."""
    return {interaction.label: interaction for recording in recordings() for interaction in recording.interactions}


def has(answer: object, steps: list[str]) -> bool:
    """Whether the answer has something at the path, e.g. `["options", "mfa"]`."""
    for step in steps:
        if not isinstance(answer, dict) or step not in answer:
            return False
        answer = answer[step]
    return True
