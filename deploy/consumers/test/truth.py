"""What really happened, counted from the raw bodies alone.

It shares no code with the product: it reads the providers' webhooks as they were sent,
drops repeats, and counts with dicts and loops. Times are milliseconds.
"""

import base64
import collections
import datetime
import hashlib
import hmac
import json
import urllib.parse

import phonenumbers

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000

# What the demo has configured: shops by namespace, sources that call back, the key of
# pseudonyms, and how long a payment or verification is waited for.
NAMESPACES = {"lox24-kiosk": "kiosk", "uapay-kiosk": "kiosk"}
CALLS_BACK = {"unibell"}
KEY_ID, KEY = "demo", b"the demo's key for pseudonyms"
WAIT = 30 * MINUTE


def digits_of(phone):
    return "".join(c for c in phone if c.isdigit())


def country_of(phone):
    """The ISO code of a number's country, None if no such number is assigned."""
    number = phonenumbers.parse("+" + digits_of(phone))
    return phonenumbers.region_code_for_number(number) if phonenumbers.is_valid_number(number) else None


def customer_of(phone):
    return KEY_ID + ":" + hmac.new(KEY, digits_of(phone).encode(), hashlib.sha256).hexdigest()


def moment(text):
    """ISO 8601 or what SQL writes, as milliseconds."""
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.timezone.utc)
    return round(at.timestamp() * 1000)


def earliest(known, at):
    return at if known is None else min(known, at)


class Webhook:
    def __init__(self, message):
        headers = {name: value.decode() for name, value in message.headers()}
        self.source, self.provider = headers["tributary-source"], headers["tributary-provider"]
        self.kind, self.request = headers["tributary-kind"], headers["tributary-request-id"]
        self.received = int(headers["tributary-received-at"])
        self.type, self.id = headers.get("content-type", ""), headers.get("tributary-webhook-id")
        self.key, self.body = message.key().decode(), message.value()


class Truth:
    def __init__(self, messages):
        self.verifications, self.payments, self.accounts = {}, {}, {}
        self.repeats = collections.Counter()
        self.last = {}
        self.seen = set()
        # In the order of the log: of several deliveries of a fact its first one counts.
        for hook in map(Webhook, messages):
            getattr(self, hook.provider)(hook)
        self.verifications = list(self.verifications.values())
        for v in self.verifications:
            v.finish()
        self.payments = [p.finish() for p in self.payments.values()]
        for callbacks in self.accounts.values():
            self.happened("voximplant", callbacks[max(callbacks)]["received"])
        self.journeys = self.join()

    def first(self, hook, *fact):
        """Whether a fact is new; a repeat is counted."""
        if fact in self.seen:
            self.repeats[hook.provider, hook.source] += 1
            return False
        self.seen.add(fact)
        return True

    def happened(self, provider, at):
        self.last[provider] = max(at, self.last.get(provider, 0))

    @staticmethod
    def journey_id(namespace, order):
        """The key of a journey; an order that is a phone number appears as a pseudonym."""
        if order.startswith("+"):
            order = "phone:" + customer_of(order)
        return namespace + ":" + order if namespace else order

    def lox24(self, hook):
        event = json.loads(hook.body)
        if self.first(hook, "lox24", event["id"]) and event["name"].startswith("verify_code."):
            key = "lox24:" + event["data"]["id"]
            self.happened(hook.provider, event["created_at"] * 1000)
            self.verifications.setdefault(key, Code(key, hook)).add(event, hook.received)

    def unibell(self, hook):
        if hook.type.startswith("application/x-www-form-urlencoded"):
            fields = {k: v[0] for k, v in urllib.parse.parse_qs(hook.body.decode()).items()}
        else:
            fields = json.loads(hook.body)
        reference = hook.key.split(":", 2)[2]
        which = fields.get("requestId", "") if hook.kind == "webhook" else hook.request
        if not self.first(hook, "unibell", reference, hook.kind, which, fields.get("status")):
            return
        key = "unibell:" + hook.source + ":" + reference
        self.happened(hook.provider, moment(fields["statusDateTime"]) if "statusDateTime" in fields else hook.received)
        self.verifications.setdefault(key, Call(key, hook, reference)).add(hook, fields)

    def uapay(self, hook):
        part = json.loads(hook.body)["token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        at = claims.get("postbackTime") or claims["iat"] * 1000
        fact = json.dumps({k: v for k, v in claims.items() if k not in ("iat", "postbackTime")}, sort_keys=True)
        payment = self.payments.setdefault(claims["paymentId"], Payment(hook, claims["paymentId"]))
        if self.first(hook, "uapay", claims["paymentId"], fact):
            payment.facts[fact] = [at, hook.received, claims]
            self.happened(hook.provider, at)
        else:  # a repeat may be signed anew: the earliest time counts
            known = payment.facts[fact]
            known[0], known[1] = min(at, known[0]), min(hook.received, known[1])

    def voximplant(self, hook):
        callback = json.loads(hook.body)
        if self.first(hook, "voximplant", callback["account_id"], callback["callback_id"]):
            self.accounts.setdefault(callback["account_id"], {})[callback["callback_id"]] = dict(callback, received=hook.received)

    def standard(self, hook):
        self.first(hook, "standard", hook.id)

    def join(self):
        """The verifications and payments of each order of each shop."""
        journeys = {}
        for members, name in ((self.verifications, "verifications"), (self.payments, "payments")):
            for m in members:
                if m.order:
                    journeys.setdefault((m.namespace, m.order), {"verifications": [], "payments": []})[name].append(m)
        for (namespace, order), j in journeys.items():
            codes = sorted((v for v in j["verifications"] if v.outcome == "SUCCESS"), key=lambda v: v.outcome_at)
            taken = [p.taken for p in j["payments"] if p.taken and p.phase != "REFUSED"]
            paid = sorted((p for p in j["payments"] if p.paid_at), key=lambda p: p.paid_at)
            verified = min((v.success_received for v in codes), default=None)
            j.update(
                namespace=namespace, order=order, verified=bool(codes), paid=any(p.paid for p in j["payments"]),
                ever_paid=bool(paid), net=sum(p.net for p in j["payments"]),
                unknown=any(v.outcome == "UNKNOWN" for v in j["verifications"]),
                customer=next((v.customer for v in codes + j["verifications"]), None),
                conflict=any(p.conflict for p in j["payments"]),
                country=next((v.country for v in j["verifications"]), None),
                to_captured=paid[0].paid_at - codes[0].outcome_at if codes and paid and paid[0].paid_at >= codes[0].outcome_at else None,
            )
            j["not_paid"] = bool(codes) and not taken
            j["not_verified"] = bool(taken) and not codes and not j["unknown"]
            j["late"] = bool(codes and taken) and (min(taken) > verified + WAIT or verified > min(taken) + WAIT)
        return list(journeys.values())


class Verification:
    def __init__(self, key, hook):
        self.key, self.source, self.namespace = key, hook.source, NAMESPACES.get(hook.source)
        self.provider = hook.provider
        self.order = self.phone = self.country = self.currency = self.outcome_at = self.cost = None
        self.outcome, self.success_received, self.attempts = "EXPIRED", None, []
        self.ended = self.deadline = None

    def finish(self):
        self.country = country_of(self.phone)
        self.customer = customer_of(self.phone)
        self.late = self.ended is not None and self.deadline is not None and self.ended > self.deadline
        channels = [a["channel"] for a in self.attempts]
        self.fallbacks = [b for a, b in zip(self.attempts, self.attempts[1:]) if a["channel"] != b["channel"]]
        self.switches = len(self.fallbacks)
        self.failed = sum(a["status"] == "FAILED" for a in self.attempts)
        self.first_channel = channels[0] if channels else None
        self.delivered_channel = self.delivered_channel if self.outcome == "SUCCESS" else None


CHANNELS = {"telegram": "TELEGRAM", "voice": "VOICE", "sms": "SMS"}


class Code(Verification):
    """A code of LOX24."""

    def __init__(self, key, hook):
        super().__init__(key, hook)
        self.entries, self.costs, self.told, self.delivered_channel = {}, {}, [], None

    def add(self, event, received):
        data = event["data"]
        deadline = received + max(HOUR, 5 * MINUTE + 1000 * sum(step["timeout_sec"] for step in data["routing_strategy"]))
        self.deadline = earliest(self.deadline, deadline)
        if data["status"] in (10, 20):
            self.ended = earliest(self.ended, received)
        self.order, self.phone, self.currency = data["payload"], data["phone"], data["currency"]
        self.created = data["created_at"] * 1000
        if data["cost"] is not None:
            self.told.append((event["created_at"], data["cost"]))
        for entry in data["history"] + [c for c in [data.get("channel")] if c]:
            old = self.entries.get(entry["id"])
            # Success and failure are final; the later report of two that are counts.
            if old is None or (entry["status"] > 5, entry["processed_at"]) > (old["status"] > 5, old["processed_at"]):
                self.entries[entry["id"]] = dict(entry, began=min(entry["processed_at"], old["began"] if old else entry["processed_at"]))
            if entry.get("cost") is not None:
                self.costs[entry["id"]] = entry["cost"]
        if data["status"] in (10, 20) and self.outcome != "SUCCESS":
            self.outcome, self.outcome_at = {10: "SUCCESS", 20: "FAILED"}[data["status"]], event["created_at"] * 1000
            self.delivered_channel = CHANNELS.get(data["delivered_channel"], "UNKNOWN")
        if data["status"] == 10:
            self.success_received = earliest(self.success_received, received)
        self.order_of = [step["channel"] for step in data["routing_strategy"]]

    def finish(self):
        self.cost = max(self.told, default=(0, None))[1]
        for id, e in sorted(self.entries.items(), key=lambda item: self.order_of.index(item[1]["channel"])):
            self.attempts.append({
                "channel": CHANNELS.get(e["channel"], "UNKNOWN"), "position": self.order_of.index(e["channel"]),
                "status": {5: "IN_PROGRESS", 10: "SUCCESS", 20: "FAILED"}[e["status"]], "cost": self.costs.get(id),
            })
        super().finish()


class Call(Verification):
    """A call of Unibell."""

    def __init__(self, key, hook, reference):
        super().__init__(key, hook)
        self.order, self.delivered_channel = reference, "CALL"
        if hook.source not in CALLS_BACK:
            self.outcome = "UNKNOWN"

    def add(self, hook, fields):
        if hook.kind == "relay-request":
            self.phone, self.created = fields["sourceAddr"], hook.received
            self.deadline = hook.received + 5 * MINUTE if hook.source in CALLS_BACK else None
        elif hook.kind == "webhook":
            self.outcome = {"DELIVERED": "SUCCESS", "UNDELIVERABLE": "FAILED"}[fields["status"]]
            self.outcome_at = moment(fields["statusDateTime"]) if "statusDateTime" in fields else hook.received
            self.success_received = hook.received if self.outcome == "SUCCESS" else None
            self.ended = hook.received

    def finish(self):
        status = self.outcome if self.outcome in ("SUCCESS", "FAILED", "UNKNOWN") else "IN_PROGRESS"
        self.attempts.append({"channel": "CALL", "position": 0, "status": status, "cost": None})
        super().finish()


class Payment:
    def __init__(self, hook, id):
        self.id, self.source, self.namespace, self.facts = id, hook.source, NAMESPACES.get(hook.source), {}

    def finish(self):
        facts = sorted(self.facts.values(), key=lambda f: f[0])
        words = [{f[2].get(n) for n in ("status", "paymentStatus", "operationStatus")} for f in facts]
        claims = [f[2] for f in facts]
        self.order = claims[0].get("externalId") or claims[0].get("operationExternalId")
        self.currency, self.amount = "UAH", claims[-1].get("amount", claims[-1].get("paymentAmount"))
        holds = [f for f, w in zip(facts, words) if "HOLDED" in w]
        captures = [f for f, w in zip(facts, words) if "HOLDED" not in w and w & {"FINISHED", "PAYED"}]
        refusals = [w for w in words if w & {"REJECTED", "CANCELED"}]
        returns = [f for f, w in zip(facts, words) if "REVERSED" in w]
        back = max((c.get("reversalAmount") or 0 for c in claims), default=0)
        self.conflict = bool(refusals and captures)
        self.gross = self.amount if captures else 0
        self.refunded, self.released = (back, 0) if captures else (0, back)
        self.net = self.gross - self.refunded
        self.paid = self.gross > 0 and self.net > 0
        self.phase = ("REFUNDED" if captures else "RELEASED") if returns else "PAID" if captures else "REFUSED" if refusals else "HELD" if holds else "PENDING"
        self.taken = min((f[1] for f in holds + captures + returns), default=None)
        dates = [moment(c["payDate"]) for c in claims if c.get("payDate")]
        self.paid_at = (min(dates) if dates else captures[0][0]) if captures else None
        self.created = min([moment(c["createDate"]) for c in claims if c.get("createDate")] or [facts[0][0]])
        # Each step of the sum given back is a movement, at the time of the fact that says so.
        self.steps, sum_before = [], 0
        for at, _, c in facts:
            step = (c.get("reversalAmount") or 0) - sum_before
            if step > 0:
                sum_before += step
                self.steps.append((at, step, sum_before))
        self.movements = [("REFUNDED" if captures else "RELEASED", f"back/{total}", at, -step) for at, step, total in self.steps]
        if captures:
            self.movements.append(("PAID", "paid", self.paid_at, self.gross))
        if holds:
            dates = [moment(c["holdDate"]) for c in claims if c.get("holdDate")]
            self.movements.append(("HELD", "held", min(dates) if dates else holds[0][0], self.amount))
        return self
