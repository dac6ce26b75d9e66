"""The questions whose natural query was wrong before 0.1.0, each in the SQL that an analyst
would write first, in plain Python over rows, and from the truth."""

import collections

from answers import quantile, render

DAY, HOUR, QUARTER = 86_400_000, 3_600_000, 900_000


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


def funnel_truth(truth, by):
    """The codes, the verified ones, and the journeys ever paid: these count where the code was
    verified first, else where the first was ordered."""
    sums = collections.defaultdict(lambda: [0, 0, 0])
    for c in truth.verifications:
        sums[by(c)][0] += 1
        sums[by(c)][1] += c.outcome == "SUCCESS"
    for j in truth.journeys:
        if j["ever_paid"] and j["verifications"]:
            codes = sorted((v for v in j["verifications"] if v.outcome == "SUCCESS"), key=lambda v: v.outcome_at)
            sums[by((codes or sorted(j["verifications"], key=lambda v: v.created))[0])][2] += 1
    return [(key, *n) for key, n in sums.items()]


def wilson(n, of):
    """The 95 % interval of a share, as the roots of (share - p)^2 = z^2 p (1 - p) / of."""
    z2, share = 1.959963984540054**2, n / of
    a, b, c = 1 + z2 / of, -2 * share - z2 / of, share * share
    root = max(0, b * b - 4 * a * c) ** 0.5
    return (-b - root) / (2 * a), (-b + root) / (2 * a)


def route(c):
    return c.created // DAY * DAY, c.country, c.provider, c.source, c.first_channel


def by_route(truth):
    """Of each day, country and route: the codes, the paid and verified ones, those of unknown
    outcome, the costs by currency, the codes without a known cost."""
    routes = {}
    for key, codes, verified, paid in ((r[0], *r[1:]) for r in funnel_truth(truth, route)):
        mine = [c for c in truth.verifications if route(c) == key]
        costs = collections.Counter()
        for c in mine:
            if c.cost is not None:
                costs[c.currency] += c.cost
        routes[key] = dict(codes=codes, verified=verified, paid=paid, untracked=sum(c.outcome == "UNKNOWN" for c in mine), costs=costs, unknown=sum(c.cost is None for c in mine))
    return routes


def cost_per(truth, users):
    """The cost per user of each route: None without users, with an unknown cost, in several currencies."""
    for key, r in by_route(truth).items():
        currency, cost = next(iter(r["costs"].items())) if len(r["costs"]) == 1 else (None, None)
        known = cost is not None and r["unknown"] == 0 and r[users] > 0
        yield (*key, currency, cost, cost / r[users] if known else None)


def shares(truth):
    for key, r in by_route(truth).items():
        told = r["codes"] - r["untracked"]
        yield (*key, *((r["verified"] / told, *wilson(r["verified"], told)) if told else (None,) * 3), r["paid"] / r["codes"], *wilson(r["paid"], r["codes"]))


def cost_of_routes(truth):
    """The cost per paying user of all days and sources, of what is known, by currency."""
    sums = collections.defaultdict(lambda: [0, 0, 0])
    for (_, country, provider, _, channel), r in by_route(truth).items():
        one = len(r["costs"]) == 1
        s = sums[country, provider, channel, next(iter(r["costs"])) if one else None]
        s[0] += next(iter(r["costs"].values())) if one else 0
        s[1] += r["paid"]
        s[2] += r["unknown"]
    return [(*key, cost / paid if key[3] and paid else None, unknown) for key, (cost, paid, unknown) in sums.items()]


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


# Of the funnel's views: the SQL, and the count from the truth.
FUNNEL = {
    "cost per paying user by country and route": (
        "SELECT window_start, country, provider, source, channel, currency, cost_minor, cost_per_paid_minor FROM funnel",
        lambda t: list(cost_per(t, "paid")),
    ),
    "cost per verified user by country and route": (
        "SELECT window_start, country, provider, source, channel, currency, cost_minor, cost_per_verified_minor FROM funnel",
        lambda t: list(cost_per(t, "verified")),
    ),
    "cost per paying user of all days": (
        "SELECT country, provider, channel, currency, 1.0 * sum(cost_minor) / nullif(sum(paid), 0), sum(cost_unknown) FROM funnel GROUP BY country, provider, channel, currency",
        cost_of_routes,
    ),
    "conversion and paid share with their intervals": (
        "SELECT window_start, country, provider, source, channel, conversion, conversion_low, conversion_high, paid_share, paid_share_low, paid_share_high FROM funnel",
        lambda t: list(shares(t)),
    ),
    "codes by country": (
        "SELECT country, sum(requested), sum(verified), sum(paid) FROM funnel GROUP BY country",
        lambda t: funnel_truth(t, lambda c: c.country),
    ),
    "codes by hour": (
        "SELECT window_start, sum(requested), sum(verified), sum(paid) FROM funnel_hourly GROUP BY window_start",
        lambda t: funnel_truth(t, lambda c: c.created // HOUR * HOUR),
    ),
    "codes by quarter-hour and channel": (
        "SELECT count(*), sum(requested), sum(verified), sum(paid) FROM funnel_quarter_hourly WHERE provider = 'unibell'",
        lambda t: [(len({(c.created // QUARTER, c.source, c.country) for c in t.verifications if c.provider == "unibell"}),
                    *(sum(r[i] for r in funnel_truth(t, lambda c: c.provider) if r[0] == "unibell") for i in (1, 2, 3)))],
    ),
}


def merge(rows):
    """Revenue by day of all sources together."""
    out = {}
    for day, _, currency, *sums in rows:
        out[day] = [a + b for a, b in zip(out.get(day, [0] * len(sums)), sums)]
    return [(day, None, None, *sums) for day, sums in out.items()]
