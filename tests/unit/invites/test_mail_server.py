"""Handing a mail over, to a mail server on loopback that says what it is told to say."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import pytest
import trustme

from guestlist.invites.mail_server import MailServer
from guestlist.invites.sending import NobodyKnows, NothingLeft

HUNG_UP = ""


@dataclass
class Script:
    """What the server answers, by the word that the client begins with; `HUNG_UP` closes the connection instead."""

    says: dict[str, str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ("8BITMIME",)
    tls: ssl.SSLContext | None = None
    heard: list[str] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)


class Conversation(socketserver.StreamRequestHandler):
    timeout = 5

    def handle(self) -> None:
        script: Script = self.server.script  # type: ignore[attr-defined]
        self.say(script.says.get("hello", "220 ready"))
        while line := self.rfile.readline():
            words = line.decode().strip()
            script.heard.append(words)
            word = words.split()[0].upper()
            answer = script.says.get(word, self.usual(word, script))
            if answer == HUNG_UP:
                return
            self.say(answer)
            if word == "STARTTLS" and answer.startswith("220") and script.tls is not None:
                try:
                    self.request = script.tls.wrap_socket(self.request, server_side=True)
                except ssl.SSLError:  # the client does not trust it
                    return
                self.setup()
            if word == "DATA" and answer.startswith("354"):
                script.texts.append(self.text())
                ending = script.says.get("text", "250 taken")
                if ending == HUNG_UP:
                    return
                self.say(ending)

    def usual(self, word: str, script: Script) -> str:
        if word == "EHLO":
            return "\r\n".join(
                [*(f"250-{one}" for one in ("me", *script.extensions[:-1])), f"250 {script.extensions[-1]}"]
            )
        return {"DATA": "354 go on", "STARTTLS": "220 begin", "AUTH": "235 welcome", "QUIT": "221 bye"}.get(
            word, "250 ok"
        )

    def text(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line)
        return b"".join(lines)

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@pytest.fixture
def serving() -> Iterator[Callable[..., tuple[MailServer, Script]]]:
    servers: list[socketserver.TCPServer] = []

    def serve(**said: Any) -> tuple[MailServer, Script]:
        extensions = said.pop("extensions", ("8BITMIME",))
        script = Script(extensions=extensions, says=said)
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        server.daemon_threads = True
        server.script = script  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return MailServer(host="127.0.0.1", port=server.server_address[1], timeout_seconds=5), script

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def a_message(**changes: str) -> EmailMessage:
    message = EmailMessage()
    headers = {"From": "Guestlist <invitations@example.com>", "To": "ana@example.com", "Subject": "Olá", **changes}
    for name, value in headers.items():
        message[name] = value
    message.set_content("Hello\n.a line that begins with a dot\n")
    return message


def test_a_mail_is_handed_over_whole(serving: Callable[..., tuple[MailServer, Script]]) -> None:
    server, script = serving()
    server.send(a_message())
    assert "mail FROM:<invitations@example.com>" in script.heard
    assert "rcpt TO:<ana@example.com>" in script.heard
    assert b"\r\n..a line that begins with a dot\r\n" in script.texts[0]
    assert b"\r\nSubject: =?utf-8?" in script.texts[0]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"hello": "554 go away"}, "was not reached"),
        ({"hello": HUNG_UP, "EHLO": HUNG_UP}, "was not reached"),
        ({"MAIL": "550 no"}, r"does not take the sender \(550\)"),
        ({"RCPT": "451 ana@example.com is greylisted"}, r"does not take the recipient for now \(451\)"),
        ({"RCPT": HUNG_UP}, "was not reached"),
        ({"DATA": "421 closing"}, r"does not take mail for now \(421\)"),
        ({"DATA": HUNG_UP}, "was not reached"),
        ({"text": "554 spam: https://login/?ticket=hush"}, r"does not take the mail \(554\)"),
    ],
)
def test_what_the_server_does_not_take_has_not_left(
    serving: Callable[..., tuple[MailServer, Script]], said: dict[str, str], words: str
) -> None:
    server, _ = serving(**said)
    with pytest.raises(NothingLeft, match=words) as failed:
        server.send(a_message())
    assert "hush" not in failed.value.reason
    assert "@" not in failed.value.reason


def test_an_answer_that_is_lost_after_the_text_leaves_a_doubt(
    serving: Callable[..., tuple[MailServer, Script]],
) -> None:
    server, script = serving(text=HUNG_UP)
    with pytest.raises(NobodyKnows, match="had the whole mail, and did not answer"):
        server.send(a_message())
    assert len(script.texts) == 1


def test_a_farewell_that_fails_is_no_failure(serving: Callable[..., tuple[MailServer, Script]]) -> None:
    server, script = serving(QUIT=HUNG_UP)
    server.send(a_message())
    assert len(script.texts) == 1


def test_a_server_that_is_not_there_was_not_reached() -> None:
    with pytest.raises(NothingLeft, match="was not reached"):
        MailServer(host="127.0.0.1", port=1).send(a_message())


def test_user_and_password_are_refused_by_name_only(serving: Callable[..., tuple[MailServer, Script]]) -> None:
    server, _ = serving(extensions=("AUTH PLAIN",), AUTH="535 hush is wrong")
    server = MailServer(host=server.host, port=server.port, user="guestlist", password="hush")
    assert "hush" not in repr(server)
    with pytest.raises(NothingLeft, match=r"does not take user and password \(535\)"):
        server.send(a_message())


def test_an_address_outside_ascii_needs_a_server_that_knows_it(
    serving: Callable[..., tuple[MailServer, Script]],
) -> None:
    server, script = serving()
    server.send(a_message(To="ana@bücher.example"))
    assert "rcpt TO:<ana@xn--bcher-kva.example>" in script.heard
    with pytest.raises(NothingLeft, match="no addresses outside ASCII"):
        server.send(a_message(To="jörg@example.com"))
    server, script = serving(extensions=("8BITMIME", "SMTPUTF8"))
    server.send(a_message(To="jörg@example.com"))
    assert "rcpt TO:<jörg@example.com>" in script.heard


# Elsewhere than on this machine there is TLS, and the certificate is looked at.


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if loopback were another machine."""
    monkeypatch.setattr("guestlist.invites.mail_server.is_loopback", lambda _host: False)


@pytest.mark.usefixtures("elsewhere")
def test_a_server_without_tls_hears_neither_password_nor_mail(
    serving: Callable[..., tuple[MailServer, Script]],
) -> None:
    server, script = serving(extensions=("AUTH PLAIN",))
    server = MailServer(host=server.host, port=server.port, user="guestlist", password="hush")
    with pytest.raises(NothingLeft, match="does not offer what is needed: TLS"):
        server.send(a_message())
    assert {heard.split()[0].lower() for heard in script.heard} <= {"ehlo", "quit"}


@pytest.mark.usefixtures("elsewhere")
def test_a_certificate_is_verified(serving: Callable[..., tuple[MailServer, Script]]) -> None:
    authority = trustme.CA()
    server, script = serving(extensions=("8BITMIME", "STARTTLS"))
    script.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(script.tls)
    with pytest.raises(NothingLeft, match=r"certificate of the mail server 127\.0\.0\.1 is not trusted"):
        server.send(a_message())
    assert script.texts == []

    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    MailServer(host=server.host, port=server.port, tls=trusting, timeout_seconds=5).send(a_message())
    assert len(script.texts) == 1
