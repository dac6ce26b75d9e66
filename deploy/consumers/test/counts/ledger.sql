-- The same, and what became of no fact, by the minutes of the ledger.
SELECT provider, CAST(minute AS DATE) AS day, sum(decoded) AS facts, sum(duplicates) AS repeats, sum(dead_letters) AS dead_letters,
  sum(missed_attempts) - sum(missed_attempts_withdrawn) AS missed
FROM ledger GROUP BY provider, CAST(minute AS DATE)
