-- Verifications and journeys whose awaited half came after its deadline.
SELECT 'verifications' AS kind, count(*) AS late_rows FROM {{ source('tributary', 'verifications') }} WHERE late
UNION ALL
SELECT 'journeys' AS kind, count(*) AS late_rows FROM {{ source('tributary', 'journeys') }} WHERE late
