"""What a killed engine leaves half-written beside a state in a folder."""

from pathlib import Path

from guestlist.folder_state import mend

WHOLE = '{"user.content_type":"text/plain; charset=utf-8"}'


def a_backend(folder: Path, **files: str) -> Path:
    """A folder with a state; keys name files below .pulumi, with `__` for `/`."""
    for name, content in files.items():
        path = folder / ".pulumi" / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


def test_a_side_file_that_was_cut_off_is_removed_and_the_state_stays(tmp_path: Path) -> None:
    backend = a_backend(
        tmp_path,
        stacks__guestlist__local_dot_json="{}",
        stacks__guestlist__local_dot_json_dot_attrs="",
        locks__organization__guestlist__local__1_dot_json_dot_attrs='{"user.con',
    )

    removed = mend(backend, project="guestlist", stack="local")

    assert sorted(path.name for path in removed) == ["1.json.attrs", "local.json.attrs"]
    assert (backend / ".pulumi/stacks/guestlist/local.json").read_text() == "{}"
    assert mend(backend, project="guestlist", stack="local") == ()


def test_whole_side_files_and_those_of_other_stacks_are_left_alone(tmp_path: Path) -> None:
    backend = a_backend(
        tmp_path,
        stacks__guestlist__local_dot_json_dot_attrs=WHOLE,
        stacks__guestlist__local2_dot_json_dot_attrs="",
        stacks__other__local_dot_json_dot_attrs="",
    )

    assert mend(backend, project="guestlist", stack="local") == ()
