"""A real SMTP server for tests, in this process or as one of its own, which writes down what it accepted before saying so.

    python tests/support_smtp.py --port-file F --log F [--tls CERT KEY] [--implicit] [--auth USER:PASSWORD] [--delay MS]
        [--fail-rcpt PATTERN=CODE[xTIMES]] [--fail-data PATTERN=CODE[xTIMES]] [--fail-mail CODE[xTIMES]]
        [--drop-after-data N] [--max-connections N]

The port file appears, whole, when the server listens. The log holds one JSON line a message, fsynced before the reply.
`--drop-after-data N` accepts (and logs) every Nth message, then cuts the connection without a word.
`x1` lets a refusal happen once for each address.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import datetime as dt
import hashlib
import ipaddress
import json
import os
import re
import signal
import ssl
import sys
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from typing import Self

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


@dataclass
class Rule:
    """Refuse what matches with `code`, `times` times for each address; 0 is always."""

    pattern: str
    code: int
    times: int = 0
    seen: Counter = field(default_factory=Counter)

    @classmethod
    def parse(cls, text: str) -> Rule:
        pattern, _, code = text.rpartition("=")
        code, _, times = code.partition("x")
        return cls(pattern or ".*", int(code), int(times or 0))

    def refuses(self, address: str) -> bool:
        if re.search(self.pattern, address) is None:
            return False
        self.seen[address] += 1
        return not self.times or self.seen[address] <= self.times


@dataclass
class Behaviour:
    """How the server behaves; may be changed while it runs."""

    delay: float = 0.0
    fail_rcpt: list[Rule] = field(default_factory=list)
    fail_data: list[Rule] = field(default_factory=list)
    fail_mail: list[Rule] = field(default_factory=list)
    drop_after_data: int = 0
    drop_before_data: int = 0
    max_connections: int = 0
    refuse_after: int = 0
    pipelining: bool = True
    rcpt_text: str = "recipient refused"
    data_reply: str = "250 2.0.0 accepted"


@dataclass
class Accepted:
    """One message as the server took it."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self):
        return message_from_bytes(self.raw, policy=policy.default)


class SmtpServer:
    """The server. `port` is set once started; `accepted` grows; `sessions` and `most_at_once` count connections; `live` are open."""

    def __init__(
        self,
        behaviour: Behaviour | None = None,
        *,
        log: Path | None = None,
        tls: tuple[Path, Path] | None = None,
        implicit: bool = False,
        auth: tuple[str, str] | None = None,
    ):
        self.behaviour = behaviour or Behaviour()
        self.accepted: list[Accepted] = []
        self.logins: list[tuple[str, str]] = []
        self.sessions = 0
        self.refused_connections = 0
        self.refused_recipients = 0
        self.most_at_once = 0
        self.port = 0
        self.live: set[asyncio.BaseTransport] = set()
        self._empty = asyncio.Event()
        self._empty.set()
        self._log = log.open("a", encoding="utf-8") if log else None
        self._tls = _server_context(*tls) if tls else None
        self._implicit = implicit
        self._auth = auth
        self._bodies = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            self._session, "127.0.0.1", 0, ssl=self._tls if self._implicit else None
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc) -> None:
        self._server.close()
        for transport in list(self.live):
            transport.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2):
                await self._server.wait_closed()
                await self._empty.wait()  # each session's own end is seen before the loop goes
        if self._log:
            self._log.close()

    def addresses(self) -> list[str]:
        """Every recipient of every accepted message, in order."""
        return [address for message in self.accepted for address in message.recipients]

    def _session(self) -> SMTP:
        return _Session(
            self,
            tls_context=None if self._implicit else self._tls,
            require_starttls=self._tls is not None and not self._implicit,
            auth_required=self._auth is not None,
            auth_require_tls=self._auth is not None and not self._implicit,
            authenticator=self._authenticate,
            hostname="relay.example",
            timeout=60,
        )

    def _authenticate(self, server, session, envelope, mechanism, data) -> AuthResult:
        if isinstance(data, LoginPassword):
            said = (data.login.decode(), data.password.decode())
            self.logins.append(said)
            return AuthResult(success=said == self._auth, handled=False)
        return AuthResult(success=False, handled=False)

    # aiosmtpd calls these by name.

    async def handle_EHLO(self, server, session, envelope, hostname, responses) -> list[str]:  # noqa: N802
        session.host_name = hostname
        return (
            [*responses[:-1], "250-PIPELINING", *responses[-1:]] if self.behaviour.pipelining else responses
        )

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:  # noqa: N802
        if 0 < self.behaviour.refuse_after <= len(self.accepted):
            return "550 sender refused"
        for rule in self.behaviour.fail_mail:
            if rule.refuses(address):
                return f"{rule.code} sender refused"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        for rule in self.behaviour.fail_rcpt:
            if rule.refuses(address):
                self.refused_recipients += 1
                return f"{rule.code} {self.behaviour.rcpt_text}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self._bodies += 1
        if self.behaviour.delay:
            await asyncio.sleep(self.behaviour.delay)
        if self.behaviour.drop_before_data and self._bodies % self.behaviour.drop_before_data == 0:
            raise _cut(server)
        for rule in self.behaviour.fail_data:
            if any(rule.refuses(address) for address in envelope.rcpt_tos):
                return f"{rule.code} message refused"
        self._keep(envelope)
        if self.behaviour.drop_after_data and self._bodies % self.behaviour.drop_after_data == 0:
            raise _cut(server)
        return self.behaviour.data_reply

    def _keep(self, envelope) -> None:
        raw = envelope.original_content
        self.accepted.append(Accepted(envelope.mail_from, list(envelope.rcpt_tos), raw))
        if self._log:
            head = self.accepted[-1].message
            line = {
                "from": envelope.mail_from,
                "to": envelope.rcpt_tos,
                "message_id": str(head["Message-ID"]),
                "subject": str(head["Subject"]),
                "sha256": hashlib.sha256(raw).hexdigest(),
            }
            self._log.write(json.dumps(line) + "\n")
            self._log.flush()
            os.fsync(self._log.fileno())


class _Session(SMTP):
    """One connection: counted, refused when there are too many, and quiet when it is cut."""

    def __init__(self, owner: SmtpServer, **options):
        self._owner = owner
        self._turned_away = False
        super().__init__(owner, **options)

    def connection_made(self, transport) -> None:
        owner = self._owner
        if self._original_transport is None:  # not a second call after STARTTLS
            limit = owner.behaviour.max_connections
            if limit and len(owner.live) >= limit:
                self._turned_away = True
                owner.refused_connections += 1
                transport.write(b"421 4.7.0 too many connections\r\n")
                transport.close()
                return
            owner.sessions += 1
            self._counted = transport
            owner.live.add(transport)
            owner._empty.clear()
            owner.most_at_once = max(owner.most_at_once, len(owner.live))
        super().connection_made(transport)

    def data_received(self, data) -> None:
        if not self._turned_away:
            super().data_received(data)

    def eof_received(self):
        return False if self._turned_away else super().eof_received()

    def connection_lost(self, error) -> None:
        if self._turned_away:
            return
        self._owner.live.discard(self._counted)
        super().connection_lost(error)
        if not self._owner.live:
            self._owner._empty.set()

    async def _handle_client(self) -> None:
        with contextlib.suppress(ConnectionError):
            await super()._handle_client()


def _cut(server: SMTP) -> ConnectionResetError:
    server.transport.abort()
    return ConnectionResetError()


def _server_context(cert: Path, key: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context


@dataclass(frozen=True)
class Certificates:
    """PEM files: what a client should trust, and what the server shows."""

    cafile: Path
    cert: Path
    key: Path


def make_certificates(folder: Path, *names: str, expired: bool = False) -> Certificates:
    """A small authority and one server certificate for `names` (hosts or IP addresses)."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    from console.clock import SystemClock

    today = dt.datetime.fromtimestamp(SystemClock().now().wall / 1000, dt.UTC)
    end = today + dt.timedelta(days=-1 if expired else 2)
    begin = end - dt.timedelta(days=3)

    def builder(subject: str, issuer: str, public):
        return (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
        )

    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    signer = x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key())
    ca = (
        builder("Test authority", "Test authority", ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(signer, critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    alternatives = [_general_name(x509, name) for name in names or ("127.0.0.1", "localhost")]
    server = (
        builder("Test relay", "Test authority", key.public_key())
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(signer), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    files = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    folder.mkdir(parents=True, exist_ok=True)
    files.cafile.write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    files.cert.write_bytes(server.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def _general_name(x509, name: str):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def read_log(path: Path) -> list[dict]:
    """What the server's own log says it accepted; a last line cut by a kill is left out."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def _arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A real SMTP server for tests.")
    parser.add_argument("--port-file", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--tls", nargs=2, type=Path, metavar=("CERT", "KEY"))
    parser.add_argument("--implicit", action="store_true")
    parser.add_argument("--auth", metavar="USER:PASSWORD")
    parser.add_argument("--delay", type=float, default=0, metavar="MS")
    parser.add_argument("--fail-rcpt", action="append", type=Rule.parse, default=[])
    parser.add_argument("--fail-data", action="append", type=Rule.parse, default=[])
    parser.add_argument("--fail-mail", action="append", type=Rule.parse, default=[])
    parser.add_argument("--drop-after-data", type=int, default=0, metavar="N")
    parser.add_argument("--max-connections", type=int, default=0, metavar="N")
    return parser.parse_args(argv)


async def _serve(options: argparse.Namespace) -> None:
    behaviour = Behaviour(
        delay=options.delay / 1000,
        fail_rcpt=options.fail_rcpt,
        fail_data=options.fail_data,
        fail_mail=options.fail_mail,
        drop_after_data=options.drop_after_data,
        max_connections=options.max_connections,
    )
    user, _, password = (options.auth or "").partition(":")
    server = SmtpServer(
        behaviour,
        log=options.log,
        tls=tuple(options.tls) if options.tls else None,
        implicit=options.implicit,
        auth=(user, password) if options.auth else None,
    )
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    async with server:
        part = options.port_file.with_suffix(".part")
        part.write_text(str(server.port))
        part.replace(options.port_file)
        await over.wait()


if __name__ == "__main__":
    asyncio.run(_serve(_arguments(sys.argv[1:])))
