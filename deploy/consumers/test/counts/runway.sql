-- What an account spends per hour, from the balances that its callbacks report: the first and the last of each half-hour.
WITH seen AS (
  SELECT account_id, CAST(callback_id AS {{ bigint }}) AS n, {{ ms('received_at') }} AS moment, {{ even('balance * 100') }} AS left_minor, currency,
    CASE WHEN type IN ('card_payment', 'robokassa_payment', 'wire_transfer') THEN 1 ELSE 0 END AS pays
  FROM decoded_voximplant_account_callback WHERE account_id = '{{ account }}' AND balance IS NOT NULL
), newest AS (
  SELECT max(moment) AS newest_at, max(left_minor) AS newest_minor FROM seen WHERE n = (SELECT max(n) FROM seen)
), slots AS (
  SELECT s.n AS n, s.moment AS moment, s.left_minor AS left_minor, s.currency AS currency,
    max(s.pays) OVER (PARTITION BY floor(s.moment / 1800000)) AS pays,
    row_number() OVER (PARTITION BY floor(s.moment / 1800000) ORDER BY s.n) AS up, row_number() OVER (PARTITION BY floor(s.moment / 1800000) ORDER BY s.n DESC) AS down
  FROM seen s CROSS JOIN newest w WHERE floor(s.moment / 1800000) >= floor((w.newest_at - {{ span }}) / 1800000)
), points AS (
  SELECT n, moment, left_minor, currency, pays, max(moment) OVER (ORDER BY n) AS until_at FROM slots WHERE up = 1 OR down = 1
), steps AS (
  SELECT n, until_at - lag(until_at) OVER (ORDER BY n) AS took, lag(left_minor) OVER (ORDER BY n) - left_minor AS spent,
    CASE WHEN pays = 1 OR left_minor > lag(left_minor) OVER (ORDER BY n) OR currency <> lag(currency) OVER (ORDER BY n) THEN 1 ELSE 0 END AS broken
  FROM points
), marked AS (
  SELECT n, took, spent, sum(CASE WHEN took > 0 THEN 1 ELSE 0 END) OVER (ORDER BY n) AS stretch FROM steps WHERE broken = 0 AND took IS NOT NULL
), stretches AS (
  SELECT stretch, sum(took) / 3600000.0 AS hours, 1.0 * sum(spent) AS minor FROM marked WHERE stretch > 0 GROUP BY stretch
), ordered AS (
  SELECT hours, minor, row_number() OVER (ORDER BY minor / hours) AS place, count(*) OVER () AS all_of FROM stretches
), usual AS (
  SELECT max(minor / hours) AS rate FROM ordered WHERE place = floor(all_of / 2) + 1
), kept AS (
  SELECT o.hours AS hours, o.minor AS minor FROM ordered o CROSS JOIN usual u WHERE o.minor <= 5 * u.rate * o.hours
), burn AS (
  SELECT sum(minor) / sum(hours) AS rate, count(*) AS stretch_count, sum(hours) AS all_hours FROM kept
)
SELECT max(b.rate) AS per_hour, max(b.stretch_count) AS stretches, max(b.all_hours) AS covered, max(w.newest_minor) AS newest_minor, max(w.newest_at) AS newest_at,
  sqrt(sum(power(k.minor - b.rate * k.hours, 2)) * max(b.stretch_count) / greatest(max(b.stretch_count) - 1, 1)) / max(b.all_hours) AS standard_error
FROM kept k CROSS JOIN burn b CROSS JOIN newest w
