-- What was paid, what went back and what is left, by the day on which it moved.
SELECT
  {{ day('movement_at') }} AS movement_day,
  source,
  currency,
  sum(CASE WHEN kind = 'PAID' THEN amount_minor ELSE 0 END) AS paid_minor,
  sum(CASE WHEN kind = 'REFUNDED' THEN -amount_minor ELSE 0 END) AS refunded_minor,
  count(*) FILTER (WHERE kind = 'REFUNDED') AS refunds,
  sum(amount_minor) AS total_net_minor
FROM {{ source('tributary', 'money') }}
WHERE kind IN ('PAID', 'REFUNDED')
GROUP BY {{ day('movement_at') }}, source, currency
