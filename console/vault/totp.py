"""Codes from an authenticator app: RFC 6238, six digits, 30 seconds, SHA-1, as every app can do. pyotp is loaded at first use."""

from __future__ import annotations

import base64
import re
import secrets
from typing import Final

from console.incident.house import STEP_SECONDS
from console.incident.moment import SECOND

ISSUER: Final = "Incident Console"
PRACTICE_ISSUER: Final = "Incident Console DRILL"
SEED_BYTES: Final = 20  # 160 bits, the length of SHA-1's output (RFC 4226 section 4)
WINDOW: Final = (
    -1,
    0,
    1,
)  # one step for a slow reader or a clock that is a little off (RFC 6238 section 5.2)
_CODE: Final = re.compile(r"[0-9]{6}", re.ASCII)


def new_seed() -> str:
    """A seed that nobody has: 160 random bits in base32, 32 characters."""
    return seed_text(secrets.token_bytes(SEED_BYTES))


def seed_text(seed: bytes) -> str:
    """A seed's bytes as apps take them: base32."""
    return base64.b32encode(seed).decode("ascii")


def is_code(text: str) -> bool:
    """Whether this is six ASCII digits. pyotp alone would take full-width digits too."""
    return _CODE.fullmatch(text) is not None


def match(seed: str, code: str, wall: int) -> int | None:
    """The timecode that `code` fits at `wall` (UTC ms), within one step; None when it fits none.

    All three steps are always computed. Should a code fit two, the newest is returned: an older one may be used up.
    """
    from pyotp import TOTP
    from pyotp.exceptions import OTPVerificationError

    if not is_code(code):
        return None
    totp = TOTP(seed, interval=STEP_SECONDS)
    found = None
    for step in WINDOW:
        moment = wall // SECOND + step * STEP_SECONDS
        if moment < 0:
            continue
        try:
            found = totp.verify_and_get_timecode(code, for_time=moment)
        except OTPVerificationError:
            continue
    return found


def code_at(seed: str, wall: int) -> str:
    """The code that an app with this seed shows at `wall` (UTC ms)."""
    from pyotp import TOTP

    return TOTP(seed, interval=STEP_SECONDS).at(wall // SECOND)


def uri(seed: str, officer: str, *, practice: bool = False) -> str:
    """The otpauth URI that a QR code carries to the app. A practice seed says DRILL in the app's list."""
    from pyotp import TOTP

    issuer = PRACTICE_ISSUER if practice else ISSUER
    return TOTP(seed, interval=STEP_SECONDS).provisioning_uri(name=officer, issuer_name=issuer)
