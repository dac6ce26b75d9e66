"""The questions whose natural query was wrong before 0.1.0, each in the SQL that an analyst
would write first, in plain Python over rows, and from the truth."""

import collections

from answers import quantile, render


def group(pairs):
    sums = collections.Counter()
    for key, n in pairs:
        sums[key] += n
    return sorted(((*(k if isinstance(k, tuple) else (k,)), n) for k, n in sums.items()), key=str)


class Case:
    def __init__(self, sql, rows, truth):
        self.text, self.rows, self.truth = sql, rows, truth

    def sql(self, engine):
        return render(self.text, engine)


def channel_rows(attempts):
    return group((a["channel"], 1) for a in attempts), group((a["channel"], 1) for a in attempts if a["status"] == "SUCCESS")


CASES = {
    "revenue": Case(
        "SELECT currency, sum(net_minor) FROM payments GROUP BY currency",
        lambda v: group((p["currency"], p["net_minor"]) for p in v["payments"]),
        lambda t: group((p.currency, p.net) for p in t.payments),
    ),
    "revenue of what is paid now": Case(
        "SELECT currency, sum(net_minor) FROM payments WHERE phase = 'PAID' GROUP BY currency",
        lambda v: group((p["currency"], p["net_minor"]) for p in v["payments"] if p["phase"] == "PAID"),
        lambda t: group((p.currency, p.net) for p in t.payments if p.phase == "PAID"),
    ),
    "cost of verifications": Case(
        "SELECT currency, sum(cost_minor) FROM verifications WHERE cost_minor IS NOT NULL GROUP BY currency",
        lambda v: group((r["currency"], r["cost_minor"]) for r in v["verifications"] if r["cost_minor"] is not None),
        lambda t: group((r.currency, r.cost) for r in t.verifications if r.cost is not None),
    ),
    "frozen accounts now": Case(
        "SELECT count(*) FROM accounts WHERE frozen",
        lambda v: [(sum(a["frozen"] for a in v["accounts"]),)],
        lambda t: [(sum(a[3] for a in t.answers.accounts_state()),)],
    ),
    "success by channel": Case(
        "SELECT channel, count(*), count(*) FILTER (WHERE status = 'SUCCESS') FROM attempts GROUP BY channel",
        lambda v: [(c, n, dict(channel_rows(v["attempts"])[1]).get(c, 0)) for c, n in channel_rows(v["attempts"])[0]],
        lambda t: [(c, n, dict(channel_rows(t.answers.attempts())[1]).get(c, 0)) for c, n in channel_rows(t.answers.attempts())[0]],
    ),
    "fallbacks and failed attempts": Case(
        "SELECT sum(channel_switches), sum(failed_attempts) FROM verifications",
        lambda v: [(sum(r["channel_switches"] for r in v["verifications"]), sum(r["failed_attempts"] for r in v["verifications"]))],
        lambda t: [(sum(r.switches for r in t.verifications), sum(r.failed for r in t.verifications))],
    ),
    "verified to paid, p90": Case(
        "SELECT {{ quantile(0.9, 'verified_to_captured_ms') }} FROM journeys",
        lambda v: [(quantile([j["verified_to_captured_ms"] for j in v["journeys"] if j["verified_to_captured_ms"] is not None], 0.9),)],
        lambda t: [(quantile([j["to_captured"] for j in t.journeys if j["to_captured"] is not None], 0.9),)],
    ),
    "verified, never paid": Case(
        "SELECT count(*) FROM journeys WHERE missing = 'PAYMENT'",
        lambda v: [(sum(j["missing"] == "PAYMENT" for j in v["journeys"]),)],
        lambda t: [(sum(j["not_paid"] for j in t.journeys),)],
    ),
    "refunds by day": Case(
        "SELECT {{ day('movement_at') }}, sum(-amount_minor) FROM money WHERE kind = 'REFUNDED' GROUP BY {{ day('movement_at') }}",
        lambda v: group((m["movement_at"].date(), -m["amount_minor"]) for m in v["money"] if m["kind"] == "REFUNDED"),
        lambda t: [(r[0], r[4]) for r in merge(t.answers.revenue_by_day()) if r[4]],
    ),
    "revenue by country": Case(
        "SELECT v.country, p.currency, sum(p.net_minor) FROM payments p JOIN journeys v ON v.journey_id = p.journey_id GROUP BY v.country, p.currency",
        lambda v: group(((j["country"], j["currency"]), j["net_minor"]) for j in v["journeys"] if j["payments"]),
        lambda t: group(((j["country"], "UAH"), j["net"]) for j in t.journeys if j["payments"]),
    ),
    "one order number of two shops": Case(
        "SELECT correlation_id FROM journeys GROUP BY correlation_id HAVING count(*) = 2",
        lambda v: [(id,) for id, n in collections.Counter(j["correlation_id"] for j in v["journeys"]).items() if n == 2],
        lambda t: [(id,) for id, n in collections.Counter(j["order"] for j in t.journeys).items() if n == 2],
    ),
}


def merge(rows):
    """Revenue by day of all sources together."""
    out = {}
    for day, _, currency, *sums in rows:
        out[day] = [a + b for a, b in zip(out.get(day, [0] * len(sums)), sums)]
    return [(day, None, None, *sums) for day, sums in out.items()]
