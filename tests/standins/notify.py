"""GOV.UK Notify on loopback: templates, mails, limits, statuses and keys, as its description and its prose say.

What the console asks, and what is answered, is held against Notify's own OpenAPI description. Beside `support_http`'s words it
may answer `500-late`: nothing is seen of the mail for a while, and then it is there.
"""

from __future__ import annotations

import asyncio
import re
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from standins.notify_spec import wrong_answer, wrong_request
from support_http import Reply, StandIn

SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"night key-{SERVICE}-{SECRET}"
TEMPLATE = "9d751e0e-f929-4891-82a1-a3e1c3c18ee3"
REPLY_TO = "8e222534-7f05-4972-86e3-17c5d9f894e2"
BODY = "Dear subscriber\r\n\r\n((notice))\r\n\r\nExample Police\r\n"
DAY = 86_400_000
RETENTION = 7 * DAY
PAGE = 250
LATE = 50_000
_FIELD = re.compile(r"\(\(([^()]+)\)\)")
_LINK = re.compile(r"https?://\S+?(?=[)\s]|$)")


@dataclass
class Mail:
    """One mail that was accepted; times are ms of the clock."""

    id: str
    reference: str
    address: str
    subject: str
    body: str
    wall: int
    seen: int  # boot ms from which Notify's list shows it
    unsubscribe: str | None = None
    version: int = 1
    status: str = "created"


def insensitive(name):
    return re.sub(r"[\s_-]", "", name).casefold()


class Refusal(Exception):
    def __init__(self, status, error, message):
        super().__init__(message)
        self.answer = status, error, message


@dataclass
class State:
    """What a test may change."""

    body: str = BODY
    subject: str = "((subject))"
    version: int = 3
    kind: str = "email"
    skew: int = 0  # ms that Notify's clock is ahead of ours
    revoked: bool = False
    trial: bool = False
    dated: bool = True
    per_minute: int = 3_000
    per_day: int = 250_000
    ends: dict[str, str] = field(default_factory=dict)  # the status that mails to an address end in
    invalid: set[str] = field(default_factory=set)


class NotifyService(StandIn):
    """Args:
    clock: what is seen of a mail, and every limit, is as old as this says.

    Attributes:
        mails: what was accepted, in order; `taken` how often by reference, `to` by address.
        rates: boot ms of each mail that was accepted.
        late: how many ms pass before a mail that was answered with `500-late` is seen.
        together: after the first mail nobody is answered before so many requests wait at once; `at_once` is how many do.
    """

    def __init__(self, clock):
        super().__init__()
        self.clock = clock
        self.state = State()
        self.mails: list[Mail] = []
        self.taken: Counter[str] = Counter()
        self.to: Counter[str] = Counter()
        self.rates: list[int] = []
        self.days: Counter[int] = Counter()
        self.together = 0
        self.late = LATE
        self.at_once = 0
        self._here = asyncio.Condition()

    def settle(self, *but):
        """Every mail comes to its end, but those to these addresses."""
        for mail in (mail for mail in self.mails if mail.address not in but):
            mail.status = self.state.ends.get(mail.address, "delivered")

    # -- requests --------------------------------------------------------------------------------------------------------

    async def _answered(self, request, word):
        if word == "500-late":
            self._accept(self._checked(request), seen=self.clock.now().boot + self.late)
            return self.failure(500)
        if self.together and self.mails:
            await self._gather()
        return self._dated(await super()._answered(request, word))

    async def _gather(self):
        async with self._here:
            self.at_once += 1
            if self.at_once == self.together:
                self.at_once = 0
                self._here.notify_all()
            else:
                await self._here.wait()

    def _dated(self, answer):
        if self.state.dated:
            moment = datetime.fromtimestamp((self.clock.now().wall + self.state.skew) / 1_000, UTC)
            answer.headers["Date"] = format_datetime(moment, usegmt=True)
        return answer

    async def reply(self, request):
        method, path = request.method, self._described(request)
        self._checked(request)
        try:
            self._authorised(request)
            status, body = self._done(request, path)
        except Refusal as refusal:
            status, error, message = refusal.answer
            body = {"errors": [{"error": error, "message": message}], "status_code": status}
        wrong = wrong_answer(method, path, status, body)
        assert not wrong, f"the stand-in answers what Notify would not: {wrong}"
        return Reply(status, body)

    def _described(self, request):
        if request.path.startswith("/v2/template/"):
            return "/v2/template/{template_id}"
        if request.path.startswith("/v2/notifications/") and request.method == "GET":
            return "/v2/notifications/{notification_id}"
        return request.path

    def _checked(self, request):
        body = request.json() if request.body else None
        wrong = wrong_request(request.method, self._described(request), request.query, body)
        if wrong:
            self.refuse(f"{request.method} {request.path}: {'; '.join(wrong)}")
        return body

    def _authorised(self, request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer" or not token:
            raise Refusal(401, "AuthError", "Unauthorized: authentication token must be provided")
        try:
            told = jwt.decode(token, OctKey.import_key(SECRET), algorithms=["HS256"])
        except JoseError:
            raise Refusal(403, "AuthError", "Invalid token: API key not found") from None
        if told.header != {"typ": "JWT", "alg": "HS256"} or set(told.claims) != {"iss", "iat"}:
            self.refuse(f"a token of {told.header} {told.claims}")
        if told.claims["iss"] != SERVICE or self.state.revoked:
            raise Refusal(403, "AuthError", "Invalid token: API key not found")
        now = (self.clock.now().wall + self.state.skew) // 1_000
        if abs(now - told.claims["iat"]) > 30:
            raise Refusal(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds")

    def _done(self, request, path):
        if path == "/v2/notifications/email":
            return 201, self._accept(request.json())
        if path == "/v2/notifications":
            return 200, self._listed(request.query)
        if path == "/v2/notifications/{notification_id}":
            return 200, self._one(request.path.rpartition("/")[2])
        return 200, self._template(request.path.rpartition("/")[2])

    # -- mails -----------------------------------------------------------------------------------------------------------

    def _accept(self, asked, seen=None):
        self._limits()
        body, subject, sanitised = self._filled(asked)
        now = self.clock.now()
        mail = Mail(
            id=str(uuid.UUID(int=len(self.mails) + 1)),
            reference=asked.get("reference", ""),
            address=asked["email_address"],
            subject=subject,
            body=body,
            wall=now.wall,
            seen=now.boot if seen is None else seen,
            unsubscribe=asked.get("one_click_unsubscribe_url"),
            version=self.state.version,
        )
        self.mails.append(mail)
        self.taken[mail.reference] += 1
        self.to[mail.address] += 1
        self.rates.append(now.boot)
        self.days[now.wall // DAY] += 1
        return {
            "id": mail.id,
            "reference": mail.reference,
            "scheduled_for": None,
            "content": {
                "subject": subject,
                "body": body,
                "from_email": "example.police@notifications.service.gov.uk",
                "one_click_unsubscribe_url": mail.unsubscribe,
            },
            "uri": f"{self.url}/v2/notifications/{mail.id}",
            "template": {
                "id": TEMPLATE,
                "version": mail.version,
                "uri": f"{self.url}/v2/template/{TEMPLATE}",
            },
            "sanitised_content": sanitised,
        }

    def _limits(self):
        now = self.clock.now()
        recent = sum(now.boot - at < 60_000 for at in self.rates[-self.state.per_minute :])
        if recent >= self.state.per_minute:
            words = (
                f"Exceeded rate limit for key type LIVE of {self.state.per_minute} requests per 60 seconds"
            )
            raise Refusal(429, "RateLimitError", words)
        if self.days[now.wall // DAY] >= self.state.per_day:
            words = f"Exceeded send limits (email: {self.state.per_day}) for today"
            raise Refusal(429, "TooManyRequestsError", words)

    def _filled(self, asked):
        """The mail as it is made: text, subject, what was sanitised; or why there is none."""
        if asked["email_address"] in self.state.invalid or "@" not in asked["email_address"]:
            raise Refusal(400, "ValidationError", "email_address Not a valid email address")
        link = asked.get("one_click_unsubscribe_url", "https://")
        if not link.startswith("https://"):
            raise Refusal(400, "ValidationError", "one_click_unsubscribe_url is not a valid https url")
        if asked["template_id"] != TEMPLATE:
            raise Refusal(400, "BadRequestError", "Template not found")
        if asked.get("email_reply_to_id", REPLY_TO) != REPLY_TO:
            words = f"email_reply_to_id {asked['email_reply_to_id']} does not exist in database for service id {SERVICE}"
            raise Refusal(400, "BadRequestError", words)
        if self.state.trial:
            words = "Cannot send to this recipient when service is in trial mode - see https://www.notifications.service.gov.uk/trial-mode"
            raise Refusal(400, "BadRequestError", words)
        given = {insensitive(name): words for name, words in asked.get("personalisation", {}).items()}
        missing = [name for name in self._fields() if insensitive(name) not in given]
        if missing:
            raise Refusal(400, "BadRequestError", f"Missing personalisation: {', '.join(missing)}")
        told = {}
        for name in asked.get("sanitise_content_for", ()):
            raw = given[insensitive(name)]
            clean = re.sub(r"([\\`*_{}\[\]()#+!|>~^-])", r"\\\1", _LINK.sub("", raw))
            given[insensitive(name)] = clean
            if clean != raw:
                told[name] = {"unsanitised": raw, "sanitised": clean}

        def fill(match):
            return given[insensitive(match[1])]

        subject = _FIELD.sub(fill, self.state.subject)
        return _FIELD.sub(fill, self.state.body), subject.replace("'", "\u2019").strip(), told

    def _fields(self):
        return dict.fromkeys(_FIELD.findall(self.state.subject + self.state.body))

    def _kept(self):
        """What is shown of what was accepted, the newest first."""
        now = self.clock.now()
        return [
            mail
            for mail in reversed(self.mails)
            if mail.seen <= now.boot and now.wall - mail.wall <= RETENTION
        ]

    def _one(self, ident):
        found = [mail for mail in self._kept() if mail.id == ident]
        if not found:
            raise Refusal(404, "NoResultFound", "No result found")
        return self._shown(found[0])

    def _listed(self, query):
        kept = self._kept()
        if "reference" in query:
            kept = [mail for mail in kept if mail.reference == query["reference"]]
        if "older_than" in query:
            after = [at for at, mail in enumerate(kept) if mail.id == query["older_than"]]
            kept = kept[after[0] + 1 :] if after else []
        page = kept[:PAGE]
        links = {"current": f"{self.url}/v2/notifications"}
        if page:
            links["next"] = f"{self.url}/v2/notifications?older_than={page[-1].id}"
        return {"notifications": [self._shown(mail) for mail in page], "links": links}

    def _shown(self, mail):
        return {
            "id": mail.id,
            "reference": mail.reference,
            "email_address": mail.address,
            "type": "email",
            "status": mail.status,
            "template": {
                "id": TEMPLATE,
                "version": mail.version,
                "uri": f"{self.url}/v2/template/{TEMPLATE}",
            },
            "body": mail.body,
            "subject": mail.subject,
            "created_at": datetime.fromtimestamp(mail.wall / 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "one_click_unsubscribe_url": mail.unsubscribe,
            "is_cost_data_ready": True,
        }

    def _template(self, ident):
        if ident != TEMPLATE:
            raise Refusal(404, "NoResultFound", "No result found")
        return {
            "id": TEMPLATE,
            "name": "Notice to subscribers",
            "type": self.state.kind,
            "created_at": "2019-05-10T10:30:31.142535Z",
            "updated_at": None,
            "version": self.state.version,
            "created_by": "press@example.org",
            "body": self.state.body,
            "subject": self.state.subject,
            "personalisation": {name: {"required": True} for name in self._fields()},
        }

    def failure(self, status):
        if status == 429:
            words = "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"
            body = {"errors": [{"error": "RateLimitError", "message": words}], "status_code": 429}
        else:
            body = {
                "errors": [{"error": "Exception", "message": "Internal server error"}],
                "status_code": status,
            }
        return Reply(status, body)
