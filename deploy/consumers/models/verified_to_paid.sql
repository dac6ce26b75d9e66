-- From the first success to the first capture, over the journeys that have both. A hold
-- is no capture; who paid first is negative.
SELECT
  count(verified_to_captured_ms) AS journeys,
  {{ quantile(0.5, 'verified_to_captured_ms') }} AS median_ms,
  {{ quantile(0.9, 'verified_to_captured_ms') }} AS p90_ms
FROM {{ source('tributary', 'journeys') }}
WHERE verified_to_captured_ms IS NOT NULL
