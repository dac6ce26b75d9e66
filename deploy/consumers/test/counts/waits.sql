-- How the first channel of each code with several planned channels ended: after which wait, at what cost. From the attempts.
WITH plans AS (
  SELECT verification_id AS id, max({{ first('routing_strategy') }}.timeout_sec) AS timeout_sec FROM decoded_lox24_verify_code GROUP BY verification_id
), ranked AS (
  SELECT verification_id AS id, lower(channel_raw) AS channel_of, status AS result, cost_minor AS price, {{ ms('started_at') }} AS began, {{ ms('ended_at') }} AS over_at,
    row_number() OVER (PARTITION BY verification_id ORDER BY CASE WHEN position < 0 THEN 1 ELSE 0 END, position) AS place
  FROM attempts WHERE provider = 'lox24'
), firsts AS (
  SELECT * FROM ranked WHERE place = 1
), sums AS (
  SELECT r.id AS id,
    min(CASE WHEN r.result <> 'NEW' AND r.channel_of <> f.channel_of THEN r.place END) AS next_place,
    sum(CASE WHEN r.result <> 'NEW' AND r.channel_of = f.channel_of THEN r.price ELSE 0 END) AS first_price,
    sum(CASE WHEN r.result <> 'NEW' AND r.channel_of <> f.channel_of THEN r.price ELSE 0 END) AS next_price,
    max(CASE WHEN r.result <> 'NEW' AND r.price IS NULL THEN 1 ELSE 0 END) AS unpriced
  FROM ranked r JOIN firsts f ON r.id = f.id GROUP BY r.id
), nexts AS (
  SELECT r.id AS id, r.began AS next_began FROM ranked r JOIN sums s ON r.id = s.id WHERE r.place = s.next_place
), known AS (
  SELECT v.verification_id AS id, v.provider AS provider, v.country AS country, v.first_channel AS channel, v.currency AS currency, v.created_at AS created_at, v.outcome AS outcome,
    coalesce(f.began, {{ ms('v.created_at') }}) AS began, {{ ms('v.outcome_at') }} AS ended, f.result AS result, f.over_at AS over_at, n.next_began AS next_began,
    s.next_place AS next_place, s.first_price AS first_price, s.next_price AS next_price, p.timeout_sec AS timeout_sec
  FROM verifications v
  JOIN plans p ON v.verification_id = p.id JOIN firsts f ON v.verification_id = f.id JOIN sums s ON v.verification_id = s.id
  LEFT JOIN nexts n ON v.verification_id = n.id
  WHERE {{ size('v.planned_channels_raw') }} >= 2 AND s.unpriced = 0
), lengths AS (
  SELECT *,
    CASE WHEN next_place IS NULL THEN CASE WHEN outcome = 'SUCCESS' THEN ended - began ELSE 86400000 END
      WHEN result IN ('FAILED', 'ERROR') AND over_at IS NOT NULL THEN over_at - began ELSE next_began - began END AS wait_ms
  FROM known
  WHERE next_place IS NOT NULL OR outcome IN ('SUCCESS', 'FAILED', 'ERROR', 'EXPIRED')
), seconds AS (
  SELECT *, ceil(greatest(wait_ms, 0) / 1000.0) AS wait_s FROM lengths
)
SELECT provider, country, channel, currency, created_at,
  CASE WHEN next_place IS NULL THEN CASE WHEN outcome = 'SUCCESS' THEN 'succeeded' ELSE 'ended' END
    WHEN timeout_sec > 0 AND wait_ms >= (timeout_sec - 1) * 1000 THEN 'given up' ELSE 'failed' END AS how,
  CASE WHEN wait_s <= 120 THEN wait_s WHEN wait_s <= 600 THEN 120 + ceil((wait_s - 120) / 10.0) ELSE least(168 + ceil((wait_s - 600) / 60.0), 278) END AS bucket,
  CASE WHEN outcome = 'SUCCESS' THEN 1 ELSE 0 END AS verified, first_price, next_price
FROM seconds
