"""Settings from the environment, and the process that they start."""

import subprocess
import sys

import httpx
import pytest

from sampleapp.settings import BadSettings, Settings

GOOD = {
    "SAMPLEAPP_ISSUER": "https://tenant.example.com",
    "SAMPLEAPP_CLIENT_ID": "app",
    "SAMPLEAPP_CLIENT_SECRET": "s3cret",
    "SAMPLEAPP_BASE_URL": "https://app.example.com/",
}


def test_slashes_are_as_the_protocol_wants_them():
    settings = Settings.from_environment(GOOD)
    assert settings.issuer == "https://tenant.example.com/"
    assert settings.base_url == "https://app.example.com"
    assert "s3cret" not in repr(settings)


def test_every_fault_is_said_at_once_and_no_secret():
    with pytest.raises(BadSettings) as bad:
        Settings.from_environment({"SAMPLEAPP_ISSUER": "http://x", "SAMPLEAPP_SESSION_SECRET": "short"})
    assert len(bad.value.faults) == 5
    assert "short" not in str(bad.value)


@pytest.mark.parametrize(
    "url", ["http://app.example.com", "https://", "https://a.example/x", "https://a:x", "nonsense"]
)
def test_an_address_that_is_none(url):
    with pytest.raises(BadSettings, match="SAMPLEAPP_BASE_URL"):
        Settings.from_environment({**GOOD, "SAMPLEAPP_BASE_URL": url})


def test_the_process_says_where_it_listens_and_answers():
    command = [sys.executable, "-m", "sampleapp", "--port", "0"]
    with subprocess.Popen(command, env=GOOD, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        try:
            assert line.startswith("sample application listening on http://127.0.0.1:")
            assert httpx.get(f"{line.split()[-1]}/healthz", trust_env=False).text == "ok"
        finally:
            process.terminate()
        assert process.communicate(timeout=10)[1] == ""


def test_bad_settings_end_it_with_a_line_each():
    command = [sys.executable, "-m", "sampleapp", "--port", "0"]
    done = subprocess.run(command, env={}, capture_output=True, text=True, check=False, timeout=20)
    assert done.returncode == 1
    assert done.stderr.count("Error: SAMPLEAPP_") == 4
