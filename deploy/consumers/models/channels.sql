-- Attempts to deliver a code: success and cost by channel and country.
SELECT
  channel,
  country,
  currency,
  count(*) AS attempts,
  count(*) FILTER (WHERE status = 'SUCCESS') AS succeeded,
  1.0 * count(*) FILTER (WHERE status = 'SUCCESS') / count(*) AS success_rate,
  sum(cost_minor) AS total_cost_minor
FROM {{ source('tributary', 'attempts') }}
GROUP BY channel, country, currency
