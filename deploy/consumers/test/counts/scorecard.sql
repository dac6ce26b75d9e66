-- Facts, repeats and unknown names by provider and day, from the decoded topics and the repeats.
WITH days AS (
{{ days }}
), records AS (
  SELECT provider, part, place, 1 AS facts, 0 AS repeats, odd FROM (
{{ facts }}
  ) AS f
  UNION ALL SELECT provider, record.partition AS part, record.offset AS place, 0 AS facts, 1 AS repeats, 0 AS odd FROM duplicates
)
SELECT d.provider, d.day, sum(r.facts) AS facts, sum(r.repeats) AS repeats, sum(r.odd) AS odd
FROM records r JOIN days d ON r.provider = d.provider AND r.part = d.part WHERE r.place >= d.first_place AND r.place < d.next_place GROUP BY d.provider, d.day
