-- Success, time and cost per verified user, by hour, country and first channel.
SELECT
  {{ hour('created_at') }} AS created_hour,
  country,
  first_channel,
  currency,
  count(*) AS verifications,
  count(*) FILTER (WHERE outcome = 'SUCCESS') AS verified,
  1.0 * count(*) FILTER (WHERE outcome = 'SUCCESS') / count(*) AS success_rate,
  1.0 * sum(CASE WHEN outcome = 'SUCCESS' THEN duration_ms END) / nullif(count(*) FILTER (WHERE outcome = 'SUCCESS'), 0) AS mean_duration_ms,
  sum(cost_minor) AS total_cost_minor,
  1.0 * sum(cost_minor) / nullif(count(*) FILTER (WHERE outcome = 'SUCCESS'), 0) AS cost_per_verified_minor
FROM {{ source('tributary', 'verifications') }}
GROUP BY {{ hour('created_at') }}, country, first_channel, currency
