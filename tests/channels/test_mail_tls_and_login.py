from __future__ import annotations

import base64

import pytest
from support_smtp import make_certificates

from console.channels.protocol import Done, Failed
from console.errors import VaultLocked


@pytest.fixture
def tls(certificates):
    return certificates.cert, certificates.key


@pytest.fixture(params=["starttls", "implicit"])
def mode(request):
    return request.param


async def test_a_relay_with_a_certificate_we_trust(
    mode, serve, mailer, make_ledger, order, certificates, tls
):
    server = await serve(tls=tls, implicit=mode == "implicit")
    channel = mailer(server.port, tls=mode, cafile=certificates.cafile)
    outcome = await channel.act(order(), await make_ledger([f"p{n}@example.net" for n in range(12)]))
    assert outcome.accepted == 12


async def test_a_certificate_of_another_authority_is_refused(
    mode, serve, mailer, make_ledger, order, tls, tmp_path
):
    stranger = make_certificates(tmp_path / "stranger")
    server = await serve(tls=tls, implicit=mode == "implicit")
    ledger = await make_ledger(["a@example.net", "b@example.net", "c@example.net"])
    outcome = await mailer(server.port, tls=mode, cafile=stranger.cafile).act(order(), ledger)
    assert isinstance(outcome, Failed)
    assert "certificate" in outcome.reason
    assert (await ledger.counts())["waiting"] == 3
    assert server.accepted == []


async def test_a_certificate_for_another_host_is_refused(serve, mailer, make_ledger, order, people, tmp_path):
    other = make_certificates(tmp_path, "relay.example.org")
    server = await serve(tls=(other.cert, other.key))
    channel = mailer(server.port, tls="starttls", cafile=other.cafile)
    outcome = await channel.act(order(), await make_ledger(people(1)))
    assert isinstance(outcome, Failed)
    assert "certificate" in outcome.reason


async def test_an_expired_certificate_is_refused(serve, mailer, make_ledger, order, people, tmp_path):
    old = make_certificates(tmp_path, "127.0.0.1", expired=True)
    server = await serve(tls=(old.cert, old.key))
    channel = mailer(server.port, tls="starttls", cafile=old.cafile)
    outcome = await channel.act(order(), await make_ledger(people(1)))
    assert isinstance(outcome, Failed)
    assert "expired" in outcome.reason


async def test_a_relay_that_offers_no_starttls_gets_nothing(serve, mailer, make_ledger, order, people):
    server = await serve()
    outcome = await mailer(server.port, tls="starttls").act(order(), await make_ledger(people(1)))
    assert isinstance(outcome, Failed)
    assert server.accepted == []


async def test_a_login_with_a_password_beyond_ascii(
    serve, mailer, make_ledger, order, people, certificates, tls
):
    server = await serve(tls=tls, auth=("press", "pässwörd £1"))
    channel = mailer(
        server.port, tls="starttls", cafile=certificates.cafile, user="press", password="pässwörd £1"
    )
    outcome = await channel.act(order(), await make_ledger(people(5)))
    assert isinstance(outcome, Done)
    assert set(server.logins) == {("press", "pässwörd £1")}


async def test_a_wrong_password_sends_nothing_and_is_never_repeated_to_anybody(
    serve, mailer, make_ledger, order, people, certificates, tls
):
    server = await serve(tls=tls, auth=("press", "right"))
    channel = mailer(
        server.port, tls="starttls", cafile=certificates.cafile, user="press", password="canary-wrong"
    )
    outcome = await channel.act(order(), await make_ledger(people(5)))
    assert isinstance(outcome, Failed)
    assert "refused the login" in outcome.reason
    for form in ("canary-wrong", base64.b64encode(b"canary-wrong").decode()):
        assert form not in f"{outcome}"
    assert server.accepted == []


async def test_a_password_is_not_offered_in_clear(
    serve, mailer, make_ledger, order, people, certificates, tls
):
    server = await serve(auth=("press", "right"))
    channel = mailer(server.port, user="press", password="right")
    outcome = await channel.act(order(), await make_ledger(people(1)))
    assert isinstance(outcome, Failed)
    assert server.logins == []


async def test_no_password_kept_and_a_locked_vault_both_send_nothing(
    serve, mailer, make_ledger, order, people, certificates, tls
):
    server = await serve(tls=tls, auth=("press", "right"))
    channel = mailer(server.port, tls="starttls", cafile=certificates.cafile, user="press")
    outcome = await channel.act(order(), await make_ledger(people(1)))
    assert isinstance(outcome, Failed)
    assert "No password" in outcome.reason

    async def locked():
        raise VaultLocked("The keyring is locked.")

    channel = mailer(server.port, tls="starttls", cafile=certificates.cafile, user="press", password=locked)
    outcome = await channel.act(order(), await make_ledger(people(1)))
    assert isinstance(outcome, Failed)
    assert "The keyring is locked" in outcome.reason


async def test_the_channel_test_says_what_works(serve, mailer, certificates, tls):
    server = await serve(tls=tls, auth=("press", "right"))
    channel = mailer(
        server.port,
        tls="starttls",
        cafile=certificates.cafile,
        user="press",
        password="right",
        internal_to="",
    )
    found = await channel.test()
    said = "\n".join(found.lines)
    assert found.ok
    assert "TLS by STARTTLS" in said
    assert "Logged in as press" in said
    assert "250" in said
    assert "send-internal, because internal-to is not set" in said
    assert server.accepted == []


async def test_the_channel_test_says_what_does_not(mailer, unused_port, certificates, tmp_path):
    found = await mailer(unused_port).test()
    assert not found.ok
    assert "cannot be reached" in "\n".join(found.lines)
    (tmp_path / "no.pem").write_text("not a certificate")
    found = await mailer(unused_port, tls="starttls", cafile=tmp_path / "no.pem").test()
    assert not found.ok
    assert "no certificate" in "\n".join(found.lines)
