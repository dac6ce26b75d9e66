-- Paid or held, and not verified by the deadline.
SELECT payment_source, currency, count(*) AS journeys, sum(net_minor) AS total_net_minor
FROM {{ source('tributary', 'journeys') }}
WHERE missing = 'VERIFICATION'
GROUP BY payment_source, currency
