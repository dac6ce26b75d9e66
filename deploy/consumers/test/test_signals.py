"""The figures of the claims in signals.v1 against counts in SQL over the decoded topics and the
facts, in the engines that read them to an end, and against the raw bodies."""

import os
import subprocess

import pytest

import engines
import pipeline
import signals as claims
from conftest import ENGINES, PROGRAM, SEED
from truth import DAY, Truth

# A week: a frontier needs two hundred codes of a route, a runway several callbacks of an account.
DAYS = int(os.environ.get("SIGNAL_DAYS", "7"))


class Week:
    """A longer run of the market, its export and its claims."""

    def __init__(self, directory):
        os.mkdir(directory)
        self.directory = directory
        self.live = pipeline.Pipeline(PROGRAM, DAYS, SEED, directory)
        try:
            self.export = os.path.join(directory, "export")
            subprocess.run([PROGRAM, "export", self.export], env=self.live.environment(), check=True, stdout=subprocess.DEVNULL)
            avro = pipeline.Avro(self.live.registry)
            self.history = [avro.decode(m.value()) for m in pipeline.read(self.live.brokers, ["signals.v1"]) if m.value() is not None]
            self.truth = Truth(pipeline.read(self.live.brokers, pipeline.RAW))
        except BaseException:
            self.live.stop()
            raise

    def of(self, kind, chosen):
        """The newest revision of each claim of a kind that is chosen."""
        newest = {s["signal_id"]: s for s in self.history if s["kind"] == kind}
        found = [s for s in newest.values() if chosen(s)]
        assert found, f"no such claim of {kind}: the test tries nothing"
        return found


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    made = Week(str(tmp_path_factory.mktemp("week") / "run"))
    yield made
    made.live.stop()


@pytest.fixture(scope="module", params=[e for e in ENGINES if e in claims.DIALECTS])
def asked(request, week):
    opened = engines.ENGINES[request.param](PROGRAM, week.export, week.directory, week.live)
    yield opened
    opened.close()


def everything(_):
    return True


def day_of(signal):
    return claims.milliseconds(signal["evidence_since"])


def test_scorecard(asked, week):
    """Facts, repeats, unknown names, dead letters and missed attempts of each provider and day."""
    counted, kept = claims.scorecards(asked), claims.ledger(asked)
    for s in week.of("PROVIDER_SCORECARD", everything):
        key = s["provider"], day_of(s)
        assert [claims.value(s, n) for n in ("facts", "repeats", "dead_letters", "missed_attempts")] == [*kept[key][:3], max(0, kept[key][3])], s["claim"]
        facts, repeats, odd = counted.get(key, (0, 0, 0))
        assert (claims.value(s, "facts"), claims.value(s, "repeats")) == (facts, repeats), s["claim"]
        if s["provider"] == "lox24":
            assert claims.value(s, "unknown_names") == odd, s["claim"]


def test_contradictions(asked, week):
    """Payments that went back or contradict themselves: all days together, because the payment tells no day."""
    (want,) = asked.query("SELECT sum(CASE WHEN regression THEN 1 ELSE 0 END), sum(CASE WHEN conflict THEN 1 ELSE 0 END) FROM payments")
    cards = week.of("PROVIDER_SCORECARD", lambda s: s["provider"] == "uapay")
    assert tuple(sum(claims.value(s, n) for s in cards) for n in ("regressions", "conflicts")) == want


def test_lateness(asked, week):
    """The quantiles of the lateness: buckets that grow by a tenth, shown with two digits."""
    counted = claims.lateness(asked)
    for s in week.of("PROVIDER_SCORECARD", lambda s: claims.value(s, "lateness_p50") is not None):
        for name, exact in zip(("lateness_p50", "lateness_p90", "lateness_p99"), counted[s["provider"], day_of(s)]):
            assert abs(exact / 1000 - claims.value(s, name)) <= 0.105 * claims.value(s, name) + 0.01, (name, exact, s["claim"])


def test_runway(asked, week):
    """The balance, what is spent per hour, and until when that lasts."""
    for s in week.of("ACCOUNT_RUNWAY", lambda s: s["signal_id"].endswith("/balance") and s["state"] != "WITHDRAWN" and s["evidence"]):
        b, burn = claims.burn(asked, s["account_id"]), claims.evidence(s)["burn_per_hour"]
        hours = b["left"] / b["per_hour"]
        assert (claims.value(s, "balance"), claims.value(s, "balance_at"), claims.value(s, "stretches")) == (b["left"], b["at"] // 1000, b["stretches"]), s["claim"]
        assert claims.near(b["per_hour"], burn["value"]) and claims.near(hours, claims.value(s, "runway")), (b, s["claim"])
        assert abs(b["at"] / 1000 + hours * 3600 - claims.value(s, "ends_at")) <= 61, (b, s["claim"])
        # Student's t of 95 % with at least four degrees of freedom.
        assert 1.94 <= (burn["high"] - burn["low"]) / 2 / b["error"] <= 2.8, (b, burn)


def held_after(history, moment):
    """The figures of the frontiers that still held at a time: those of the newest revision before a withdrawal, which are
    emitted only if they changed."""
    held, over = {}, {}
    for s in history:
        if s["kind"] == "FALLBACK_FRONTIER":
            (over if s["state"] == "WITHDRAWN" else held)[s["signal_id"]] = s
            if s["state"] != "WITHDRAWN":
                over.pop(s["signal_id"], None)
    return [s for id, s in held.items() if id not in over or claims.milliseconds(over[id]["as_of"]) > moment]


def test_frontier(asked, week):
    """What the codes of a route cost per verified user, and what they had cost with each timeout."""
    found = held_after(week.history, max(v.created for v in week.truth.verifications) + DAY)
    if not found:
        pytest.skip("the routes of this run have too few codes for a claim: NOT TESTED")
    for s in found:
        cost, figures = claims.frontier(asked, s), claims.evidence(s)
        done = cost.pop(0)
        curve = {int(name.split("_")[-2]): e["value"] for name, e in figures.items() if name.startswith("cost_per_verified_at_")}
        assert claims.near(done, figures["cost_per_verified"]["value"]) and claims.near(done, s["seen"]), (done, s["claim"])
        assert curve.keys() == {int(t) for t in cost}, (cost, curve)
        assert all(claims.near(exact, curve[int(t)]) for t, exact in cost.items()), (cost, curve)
        best = min(sorted(cost), key=lambda t: round(cost[t], 9))
        assert best == figures["best_timeout"]["value"], (cost, s["claim"])
        assert claims.near((done - cost[best]) * s["codes_verified"], figures["saving"]["value"]), (cost, s["claim"])


def test_pumping(asked, week):
    """How many codes a pumped range got, how many were typed, and what they cost."""
    for s in week.of("PUMPING", lambda s: s["state"] == "WITHDRAWN" and s["area"]):
        claimed = dict(codes=s["codes"], verified=s["codes_verified"], cost=s["cost_minor"])
        exact = [claims.pumped_truth(week.truth, s, numbers) for numbers in {s["block"], s["area"]}]
        assert claimed in exact, (s["claim"], exact)
        for name, (certain, possible) in claims.pumped(asked, s).items():
            assert certain <= claimed[name] <= possible, (name, certain, possible, s["claim"])
