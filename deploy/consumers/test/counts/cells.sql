-- The codes of one route by how their first channel ended and after which wait.
SELECT how, bucket, count(*) AS codes, sum(verified) AS good, sum(first_price) AS first_sum, sum(next_price) AS next_sum
FROM (
{{ waits }}
) AS w
WHERE provider = '{{ provider }}' AND country = '{{ country }}' AND channel = '{{ channel }}' AND currency = '{{ currency }}' AND {{ ms('created_at') }} >= {{ since }}
GROUP BY how, bucket
