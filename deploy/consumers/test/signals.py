"""The figures of the claims in signals.v1, counted a second time: in SQL over the decoded topics
and the facts, and from the raw bodies."""

import pathlib

import jinja2

from truth import DAY, MINUTE, digits_of

COUNTS = pathlib.Path(__file__).parent / "counts"

# What the engines call alike functions. Flink reads only compacted topics to an end.
DIALECTS = {
    "duckdb": dict(ms="epoch_ms({})", size="len({})", first="{}[1]", even="CAST(round_even({}, 0) AS BIGINT)", bigint="BIGINT", unknown="len(list_filter({}, lambda x: x.channel = 'UNKNOWN')) > 0", prefix="starts_with({}, {})"),
    "clickhouse": dict(ms="toUnixTimestamp64Milli({})", size="length({})", first="{}[1]", even="toInt64OrNull(toString(roundBankers({})))", bigint="Nullable(Int64)", unknown="arrayExists(x -> x.channel = 'UNKNOWN', {})", prefix="startsWith({}, {})"),
}
TIMEOUTS = [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 60, 75, 90, 120, 150, 180, 240, 300]


def render(name, engine, **values):
    """The SQL of a count for an engine."""
    d = {key: (lambda text: lambda *of: text.format(*of))(text) for key, text in DIALECTS[engine].items()}
    d["bigint"] = DIALECTS[engine]["bigint"]
    return jinja2.Template((COUNTS / f"{name}.sql").read_text()).render(**d, **values)


def milliseconds(at):
    return round(at.timestamp() * 1000)


def evidence(signal):
    return {e["name"]: e for e in signal["evidence"]}


def value(signal, name):
    return evidence(signal)[name]["value"]


def near(exact, rounded, digits=3):
    """Whether a figure is the rounding of an exact one to significant digits."""
    return abs(exact - rounded) <= abs(rounded) * 0.51 * 10 ** (1 - digits)


def frontier(engine, signal):
    """The cost per verified user by timeout; 0 is that of what was done."""
    cells = engine.query(render(
        "cells", engine.name, waits=render("waits", engine.name), provider=signal["provider"], country=signal["country"], channel=signal["channel"],
        currency=signal["currency"], since=milliseconds(signal["evidence_since"])))
    # As a table of constants, because an engine may compute a part of a query anew wherever it is used.
    names = ("how", "bucket", "codes", "good", "first_sum", "next_sum")
    rows = [", ".join(f"{v!r} AS {name}" for name, v in zip(names, (row[0], *(int(v) for v in row[1:])))) for row in cells]
    timeouts = [f"SELECT {t} AS t" for t in TIMEOUTS]
    return dict(engine.query(render("frontier", engine.name, cells=union(f"SELECT {row}" for row in rows), timeouts=union(timeouts))))


def union(selects):
    return " UNION ALL ".join(selects)


def burn(engine, account):
    """The money that an account spends per hour, from the last day, or else from the last week."""
    for span in (DAY, 7 * DAY):
        (row,) = engine.query(render("runway", engine.name, account=account, span=span))
        per_hour, stretches, hours, left, at, error = row
        if stretches is not None and stretches >= 5 and hours >= 0.5:
            return dict(per_hour=per_hour, stretches=stretches, left=left, at=at, error=error)
    return None


def scorecards(engine):
    """Facts, repeats and unknown names by provider and day."""
    rows = engine.query(render("scorecard", engine.name, facts=render("facts", engine.name), days=render("days", engine.name)))
    return {(provider, day): counts for provider, day, *counts in rows}


def ledger(engine):
    """Facts, repeats, dead letters and missed attempts by provider and day."""
    return {(provider, day): counts for provider, day, *counts in engine.query(render("ledger", engine.name))}


def lateness(engine):
    """The quantiles of the lateness by provider and day, in milliseconds."""
    rows = engine.query(render("lateness", engine.name, facts=render("facts", engine.name), days=render("days", engine.name)))
    return {(provider, day): quantiles for provider, day, *quantiles in rows}


# A payment is waited for as long before a code counts as not paid.
PAY_WITHIN = 120 * MINUTE


def until(signal):
    """The end of the last minute whose codes a claim of pumping counts."""
    last = milliseconds(signal["as_of"]) // MINUTE * MINUTE + MINUTE
    return last - PAY_WITHIN if signal["measure"] == "paid_per_verified" else last


def pumped(engine, signal):
    """The codes, verified codes and cost that are of a claim's numbers for certain, and those that may be: where fewer than K
    numbers of a block had been seen, the phone of a code shows a shorter beginning."""
    ((*sums,),) = engine.query(render(
        "pumping", engine.name, country=signal["country"], numbers=signal["block"] or signal["area"] or "", since=milliseconds(signal["evidence_since"]), until=until(signal)))
    return dict(zip(("codes", "verified", "cost"), zip(sums[::2], sums[1::2])))


def pumped_truth(truth, signal, numbers):
    """The codes of a beginning of numbers from the raw bodies, which have the numbers."""
    codes = [
        v for v in truth.verifications
        if v.country == signal["country"] and v.outcome != "UNKNOWN" and ("+" + digits_of(v.phone)).startswith(numbers)
        and milliseconds(signal["evidence_since"]) <= v.created < until(signal)
    ]
    return dict(codes=len(codes), verified=sum(v.outcome == "SUCCESS" for v in codes), cost=sum(v.cost or 0 for v in codes))

