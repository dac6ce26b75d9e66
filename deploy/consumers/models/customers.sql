-- Everything about each customer: filter by customer_id.
SELECT
  v.customer_id,
  concat('VERIFICATION ', v.outcome) AS kind,
  v.verification_id AS id,
  v.journey_id,
  v.created_at AS happened_at,
  v.source,
  v.cost_minor AS amount_minor,
  v.currency
FROM {{ source('tributary', 'verifications') }} AS v
WHERE v.customer_id IS NOT NULL
UNION ALL
SELECT
  j.customer_id,
  m.kind AS kind,
  m.movement_id AS id,
  m.journey_id,
  m.movement_at AS happened_at,
  m.source,
  m.amount_minor,
  m.currency
FROM {{ source('tributary', 'money') }} AS m
JOIN {{ source('tributary', 'journeys') }} AS j ON j.journey_id = m.journey_id
WHERE j.customer_id IS NOT NULL
