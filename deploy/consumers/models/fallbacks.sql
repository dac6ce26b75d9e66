-- The share of verifications that needed another channel, and what the attempts
-- on that channel cost.
SELECT
  v.provider,
  v.verifications,
  v.with_fallback,
  v.fallbacks,
  v.without_success,
  1.0 * v.with_fallback / v.verifications AS fallback_share,
  a.currency,
  a.fallback_cost_minor
FROM (
  SELECT
    provider,
    count(*) AS verifications,
    count(*) FILTER (WHERE channel_switches > 0) AS with_fallback,
    sum(channel_switches) AS fallbacks,
    sum(failed_attempts) AS without_success
  FROM {{ source('tributary', 'verifications') }}
  GROUP BY provider
) AS v
JOIN (
  SELECT provider, currency, sum(CASE WHEN is_fallback THEN cost_minor END) AS fallback_cost_minor
  FROM {{ source('tributary', 'attempts') }}
  GROUP BY provider, currency
) AS a ON a.provider = v.provider
