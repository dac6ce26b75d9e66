-- The raw offsets of each day, as the ledger has them.
SELECT provider, partition AS part, CAST(minute AS DATE) AS day, min(from_offset) AS first_place, max(to_offset) AS next_place
FROM ledger WHERE to_offset > from_offset GROUP BY provider, partition, CAST(minute AS DATE)
