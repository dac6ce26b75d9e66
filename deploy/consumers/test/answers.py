"""The answers: the SQL of the dbt models for each engine, and the same from the truth."""

import collections
import pathlib

import jinja2

from truth import DAY, HOUR, moment

MODELS = pathlib.Path(__file__).parent.parent / "models"

# What dbt's macros say for each engine.
HOURS = {"flink": "FLOOR({} TO HOUR)"}
QUANTILES = {
    "duckdb": "quantile_cont({of}, {share})", "clickhouse": "quantileExactInclusive({share})({of})",
    "spark": "percentile({of}, {share})", "flink": "PERCENTILE({of}, {share})",
}


def render(text, engine):
    """The SQL of a model as dbt makes it for an engine."""
    return jinja2.Template(text).render(
        source=lambda _, table: table,
        hour=lambda at: HOURS.get(engine, "date_trunc('hour', {})").format(at),
        day=lambda at: f"CAST({at} AS DATE)",
        quantile=lambda share, of: QUANTILES[engine].format(share=share, of=of),
    )


def model(name, engine):
    return render((MODELS / f"{name}.sql").read_text(), engine)


def names():
    return sorted(p.stem for p in MODELS.glob("*.sql"))


def by(rows, *keys):
    groups = collections.defaultdict(list)
    for row in rows:
        groups[tuple(k(row) for k in keys)].append(row)
    return groups.items()


def share(n, of):
    return n / of if of else None


def total(values):
    values = [v for v in values if v is not None]
    return sum(values) if values else None


def quantile(values, at):
    values = sorted(values)
    place = (len(values) - 1) * at
    low = int(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


class Answers:
    """Each answer as a list of rows, from the truth alone."""

    def __init__(self, truth):
        self.t = truth

    def verification_by_hour(self):
        out = []
        for key, vs in by(self.t.verifications, lambda v: v.created // HOUR * HOUR, lambda v: v.country, lambda v: v.first_channel, lambda v: v.currency):
            good = [v for v in vs if v.outcome == "SUCCESS"]
            cost = total(v.cost for v in vs)
            out.append((*key, len(vs), len(good), share(len(good), len(vs)), share(sum(max(0, v.outcome_at - v.created) for v in good), len(good)),
                        cost, None if cost is None else share(cost, len(good))))
        return out

    def attempts(self):
        return [dict(a, verification=v) for v in self.t.verifications for a in v.attempts]

    def channels(self):
        out = []
        for key, rows in by(self.attempts(), lambda a: a["channel"], lambda a: a["verification"].country, lambda a: a["verification"].currency):
            good = sum(a["status"] == "SUCCESS" for a in rows)
            out.append((*key, len(rows), good, share(good, len(rows)), total(a["cost"] for a in rows)))
        return out

    def fallbacks(self):
        out = []
        for (provider,), vs in by(self.t.verifications, lambda v: v.provider):
            switched = sum(v.switches > 0 for v in vs)
            for (currency,), of in by(vs, lambda v: v.currency):
                cost = total(a["cost"] for v in of for a in v.fallbacks)
                out.append((provider, len(vs), switched, sum(v.switches for v in vs), sum(v.failed for v in vs), share(switched, len(vs)), currency, cost))
        return out

    def verified_to_paid(self):
        times = [j["to_captured"] for j in self.t.journeys if j["to_captured"] is not None]
        return [(len(times), quantile(times, 0.5), quantile(times, 0.9))]

    def verified_not_paid(self):
        return [(country, len(js)) for (country,), js in by([j for j in self.t.journeys if j["not_paid"]], lambda j: j["country"])]

    def paid_not_verified(self):
        js = [j for j in self.t.journeys if j["not_verified"]]
        return [(*key, len(rows), sum(j["net"] for j in rows)) for key, rows in by(js, lambda j: j["payments"][0].source, lambda j: j["payments"][0].currency)]

    def revenue_by_day(self):
        moves = [(p.paid_at, p.source, p.currency, p.gross) for p in self.t.payments if p.gross]
        moves += [(at, p.source, p.currency, -n) for p in self.t.payments if p.gross for at, n, _ in p.steps]
        out = []
        for key, rows in by(moves, lambda m: m[0] // DAY * DAY, lambda m: m[1], lambda m: m[2]):
            back = [-m[3] for m in rows if m[3] < 0]
            out.append((*key, sum(m[3] for m in rows if m[3] > 0), sum(back), len(back), sum(m[3] for m in rows)))
        return out

    def conflicts(self):
        return [("uapay:" + p.id, self.journey(p), p.phase, p.gross, p.net, p.currency) for p in self.t.payments if p.conflict]

    def journey(self, member):
        return self.t.journey_id(member.namespace, member.order)

    def accounts_state(self):
        out = []
        for id, callbacks in self.t.accounts.items():
            frozen = low = False
            agreement = None
            for number in sorted(callbacks):
                c = callbacks[number]
                kind = c["type"]
                frozen = {"account_is_frozen": True, "account_is_unfrozen": False}.get(kind, frozen)
                low = {"min_balance": True, "card_payment": False}.get(kind, low)
                if kind == "expiring_agreement":
                    agreement = moment(c[kind]["expiration_date"])
                last = c
            if frozen or low or agreement:
                balance = round(round(last["balance"] * 1000) / 10)  # half to even
                out.append((f"voximplant:{id}", last["currency"], balance, frozen, low, agreement, False, False))
        return out

    def retries(self):
        return [(*key, n) for key, n in self.t.repeats.items()]

    def lateness(self):
        return [("verifications", sum(v.late for v in self.t.verifications)), ("journeys", sum(j["late"] for j in self.t.journeys))]

    def journeys_by_country(self):
        out = []
        for (country,), js in by(self.t.journeys, lambda j: j["country"]):
            out.append((country, len(js), sum(bool(j["verifications"]) for j in js), sum(j["verified"] for j in js),
                        sum(j["ever_paid"] for j in js), sum(j["paid"] for j in js)))
        return out

    def freshness(self):
        return [(provider, at) for provider, at in self.t.last.items()]

    def customers(self):
        out = []
        for v in self.t.verifications:
            out.append((v.customer, "VERIFICATION " + v.outcome, v.key, self.journey(v), v.created, v.source, v.cost, v.currency))
        for j in self.t.journeys:
            if j["customer"]:
                out += [(j["customer"], kind, f"uapay:{p.id}/{id}", self.journey(p), at, p.source, amount, p.currency)
                        for p in j["payments"] for kind, id, at, amount in p.movements]
        return out
