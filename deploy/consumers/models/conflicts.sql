-- Payments that were reported both captured and refused.
SELECT payment_id, journey_id, phase, gross_minor, net_minor, currency
FROM {{ source('tributary', 'payments') }}
WHERE conflict
