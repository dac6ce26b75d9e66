-- Repeated webhooks by provider and source.
SELECT provider, source, count(*) AS repeats
FROM {{ source('tributary', 'duplicates') }}
GROUP BY provider, source
