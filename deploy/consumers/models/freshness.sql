-- The newest event of each provider that is in a snapshot.
SELECT provider, max(last_event_at) AS newest FROM {{ source('tributary', 'verifications') }} GROUP BY provider
UNION ALL
SELECT provider, max(last_event_at) AS newest FROM {{ source('tributary', 'payments') }} GROUP BY provider
UNION ALL
SELECT provider, max(last_event_at) AS newest FROM {{ source('tributary', 'accounts') }} GROUP BY provider
