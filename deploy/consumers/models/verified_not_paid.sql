-- Verified, and neither paid nor held by the deadline.
SELECT country, count(*) AS journeys
FROM {{ source('tributary', 'journeys') }}
WHERE missing = 'PAYMENT'
GROUP BY country
