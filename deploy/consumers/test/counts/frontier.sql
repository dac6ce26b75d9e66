-- The cost per verified user with each timeout, from the waits of one route. Rates that fall with the wait are those of the min-max formula of isotonic regression.
WITH cells AS (
{{ cells }}
), price AS (
  SELECT 1.0 * sum(CASE WHEN how = 'succeeded' THEN first_sum ELSE 0 END) / greatest(sum(CASE WHEN how = 'succeeded' THEN codes ELSE 0 END), 1) AS of_succeeded,
    1.0 * sum(CASE WHEN how = 'failed' THEN first_sum ELSE 0 END) / greatest(sum(CASE WHEN how = 'failed' THEN codes ELSE 0 END), 1) AS of_failed,
    1.0 * sum(CASE WHEN how = 'given up' THEN first_sum ELSE 0 END) / greatest(sum(CASE WHEN how = 'given up' THEN codes ELSE 0 END), 1) AS of_given_up,
    1.0 * sum(CASE WHEN how = 'ended' THEN first_sum ELSE 0 END) / greatest(sum(CASE WHEN how = 'ended' THEN codes ELSE 0 END), 1) AS of_ended,
    1.0 * sum(CASE WHEN how IN ('failed', 'given up') THEN next_sum ELSE 0 END) / greatest(sum(CASE WHEN how IN ('failed', 'given up') THEN codes ELSE 0 END), 1) AS of_next
  FROM cells
), steps AS (
  SELECT bucket AS b, sum(codes) AS all_codes, sum(CASE WHEN how = 'succeeded' THEN codes ELSE 0 END) AS succeeded FROM cells GROUP BY bucket
), risks AS (
  SELECT b, ln(greatest(1 - 1.0 * succeeded / sum(all_codes) OVER (ORDER BY b DESC), 1e-300)) AS stays FROM steps
), went AS (
  SELECT bucket AS b, sum(codes) AS n, sum(good) AS k FROM cells WHERE how IN ('failed', 'given up') GROUP BY bucket
), sums AS (
  SELECT b, sum(n) OVER (ORDER BY b) AS n_to, sum(k) OVER (ORDER BY b) AS k_to, sum(n) OVER (ORDER BY b) - n AS n_from, sum(k) OVER (ORDER BY b) - k AS k_from FROM went
), spans AS (
  SELECT i.b AS b, s.b AS s, max(1.0 * (t.k_to - s.k_from) / (t.n_to - s.n_from)) AS best FROM sums i CROSS JOIN sums s CROSS JOIN sums t
  WHERE s.b <= i.b AND t.b >= i.b GROUP BY i.b, s.b
), rates AS (
  SELECT b, min(best) AS rate FROM spans GROUP BY b
), points AS (
  SELECT bucket AS b FROM cells
  UNION DISTINCT SELECT CASE WHEN t <= 120 THEN t ELSE 120 + (t - 120) / 10 END FROM ({{ timeouts }}) AS judged
), knows AS (
  SELECT p.b AS b, max(CASE WHEN r.b <= p.b THEN r.b END) AS at_most, min(r.b) AS least_of_all FROM points p CROSS JOIN rates r GROUP BY p.b
), after_of AS (
  SELECT k.b AS b, r.rate AS rate FROM knows k CROSS JOIN rates r WHERE r.b = coalesce(k.at_most, k.least_of_all)
), success_of AS (
  SELECT p.b AS b, 1 - exp(sum(CASE WHEN r.b <= p.b THEN r.stays ELSE 0 END)) AS share FROM points p CROSS JOIN risks r GROUP BY p.b
), judged_at AS (
  SELECT t AS seconds, CASE WHEN t <= 120 THEN t ELSE 120 + (t - 120) / 10 END AS tb FROM ({{ timeouts }}) AS judged
), played AS (
  SELECT j.seconds AS seconds, c.how AS how, c.codes AS codes, c.good AS good, c.bucket AS b, j.tb AS tb,
    greatest(0.0, least(1.0, 1.0 * c.good / c.codes + a.rate - o.rate)) AS moved, (st.share - sb.share) / greatest(1 - sb.share, 1e-300) AS in_between
  FROM judged_at j CROSS JOIN cells c
  JOIN after_of a ON j.tb = a.b JOIN after_of o ON c.bucket = o.b JOIN success_of st ON j.tb = st.b JOIN success_of sb ON c.bucket = sb.b
  WHERE j.tb <= (SELECT max(b) FROM went)
), costs AS (
  SELECT seconds,
    CASE WHEN how = 'ended' THEN codes * of_ended
      WHEN how = 'succeeded' THEN codes * (of_succeeded + CASE WHEN b > tb THEN of_next ELSE 0 END)
      WHEN how = 'failed' THEN codes * (of_failed + of_next)
      WHEN b >= tb THEN codes * (of_given_up + of_next)
      ELSE in_between * codes * of_succeeded + (1 - in_between) * codes * (of_given_up + of_next) END AS cost,
    CASE WHEN how IN ('ended', 'succeeded') THEN 1.0 * good
      WHEN b > tb THEN codes * moved
      WHEN b = tb OR how = 'failed' THEN 1.0 * good
      ELSE in_between * codes + (1 - in_between) * codes * moved END AS users
  FROM played CROSS JOIN price
)
SELECT seconds, sum(cost) / greatest(sum(users), 1.0) AS per_verified FROM costs GROUP BY seconds
UNION ALL
SELECT 0 AS seconds, 1.0 * sum(first_sum + next_sum) / greatest(sum(good), 1) FROM cells
