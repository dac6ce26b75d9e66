-- How late half, 90 % and 99 % of a day's facts were received, in milliseconds.
WITH days AS (
{{ days }}
), late AS (
  SELECT d.provider AS provider, d.day AS day, greatest(f.late_ms, 1) AS late_ms FROM (
{{ facts }}
  ) AS f JOIN days d ON f.provider = d.provider AND f.part = d.part WHERE f.late_ms IS NOT NULL AND f.place >= d.first_place AND f.place < d.next_place
), ranked AS (
  SELECT provider, day, late_ms, row_number() OVER (PARTITION BY provider, day ORDER BY late_ms) AS place, count(*) OVER (PARTITION BY provider, day) AS n FROM late
)
SELECT provider, day,
  max(CASE WHEN place = ceil(CAST(0.5 AS DOUBLE) * n) THEN late_ms END) AS p50,
  max(CASE WHEN place = ceil(CAST(0.9 AS DOUBLE) * n) THEN late_ms END) AS p90,
  max(CASE WHEN place = ceil(CAST(0.99 AS DOUBLE) * n) THEN late_ms END) AS p99
FROM ranked GROUP BY provider, day
