"""
The job's identity token (OpenID Connect), put where the engine's clients of S3, Google Cloud Storage and Azure look for one. No lasting key is kept.

A token lives for minutes, a deployment to a slow tenant longer: each step that runs the engine gets a fresh one, into the same file.

Not here: what the clouds have to be told beforehand (docs/ci.md).
Source: https://docs.github.com/actions/reference/security/oidc (the request); AWS SDK, `AWS_WEB_IDENTITY_TOKEN_FILE`; Google, external account
credentials; Azure SDK, workload identity (`AZURE_FEDERATED_TOKEN_FILE`); read 2026-11-23
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from guestlist.errors import GuestlistError

GOOGLE_PROVIDER, GOOGLE_ACCOUNT = "GUESTLIST_GCP_PROVIDER", "GUESTLIST_GCP_SERVICE_ACCOUNT"
HANDED_OVER = "GUESTLIST_ID_TOKEN"  # GitLab puts its token into a variable


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One cloud's way of taking a token."""

    cloud: str
    audience: str
    variables: Callable[[Path], Mapping[str, str]] = field(repr=False)  # given the token's file
    documents: Callable[[Path], Mapping[Path, Any]] = field(default=lambda _file: {}, repr=False)


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What was written, and what the steps that follow have to know. No value is a secret."""

    clouds: tuple[str, ...]
    variables: Mapping[str, str]


def wanted(environ: Mapping[str, str]) -> list[Wanted]:
    """Which clouds the job's variables speak of."""
    found: list[Wanted] = []
    if environ.get("AWS_ROLE_ARN"):
        session = f"guestlist-{environ.get('GITHUB_RUN_ID') or environ.get('CI_JOB_ID') or 'ci'}"
        found.append(
            Wanted(
                cloud="aws",
                audience="sts.amazonaws.com",
                variables=lambda file: {"AWS_WEB_IDENTITY_TOKEN_FILE": str(file), "AWS_ROLE_SESSION_NAME": session},
            )
        )
    if environ.get(GOOGLE_PROVIDER):
        provider, account = environ[GOOGLE_PROVIDER], environ.get(GOOGLE_ACCOUNT, "")
        found.append(
            Wanted(
                cloud="gcp",
                audience=f"https://iam.googleapis.com/{provider}",
                variables=lambda file: {"GOOGLE_APPLICATION_CREDENTIALS": str(_google_file(file))},
                documents=lambda file: {_google_file(file): _google(provider, account, file)},
            )
        )
    if environ.get("AZURE_CLIENT_ID") and environ.get("AZURE_TENANT_ID"):
        found.append(
            Wanted(
                cloud="azure",
                audience="api://AzureADTokenExchange",
                variables=lambda file: {"AZURE_FEDERATED_TOKEN_FILE": str(file)},
            )
        )
    return found


def prepare(environ: Mapping[str, str], *, folder: Path, transport: httpx.BaseTransport | None = None) -> Identity:
    """
    Ask for a token for each cloud and write it, readable by this user alone.

    Raises: GuestlistError.
    """
    asked = wanted(environ)
    variables: dict[str, str] = {}
    for one in asked:
        file = folder / f"{one.cloud}.token"
        _write(file, _token(environ, one.audience, transport))
        for path, document in one.documents(file).items():
            _write(path, json.dumps(document, indent=1))
        variables.update(one.variables(file))
    return Identity(clouds=tuple(one.cloud for one in asked), variables=variables)


def _token(environ: Mapping[str, str], audience: str, transport: httpx.BaseTransport | None) -> str:
    if environ.get(HANDED_OVER):
        return environ[HANDED_OVER]
    url, secret = environ.get("ACTIONS_ID_TOKEN_REQUEST_URL"), environ.get("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    if not url or not secret:
        raise GuestlistError(
            "Cannot get an identity token for the state's backend: this job may not ask for one. On GitHub give it "
            f"permissions: id-token: write; on GitLab id_tokens: {HANDED_OVER}"
        )
    if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in {"127.0.0.1", "localhost"}:
        raise GuestlistError("Cannot get an identity token: ACTIONS_ID_TOKEN_REQUEST_URL does not begin with https://")
    try:
        with httpx.Client(transport=transport or httpx.HTTPTransport(retries=3), timeout=30) as client:
            answer = client.get(
                httpx.URL(url).copy_merge_params({"audience": audience}), headers={"Authorization": f"Bearer {secret}"}
            )
            answer.raise_for_status()
            return str(answer.json()["value"])
    except httpx.HTTPStatusError as error:
        raise GuestlistError(
            f"Cannot get an identity token for {audience}: GitHub answered {error.response.status_code}"
        ) from None
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise GuestlistError(f"Cannot get an identity token for {audience}: {type(error).__name__}") from None


def _google_file(file: Path) -> Path:
    return file.with_name("gcp.json")


def _google(provider: str, account: str, file: Path) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": "external_account",
        "audience": f"//iam.googleapis.com/{provider}",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "https://sts.googleapis.com/v1/token",
        "credential_source": {"file": str(file)},
    }
    if account:
        found["service_account_impersonation_url"] = (
            f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{account}:generateAccessToken"
        )
    return found


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.write(text)
    partial.replace(path)


def lines(variables: Mapping[str, str]) -> Iterable[str]:
    """`NAME=VALUE`, as GitHub's file of variables takes them."""
    return (f"{name}={value}" for name, value in variables.items())
