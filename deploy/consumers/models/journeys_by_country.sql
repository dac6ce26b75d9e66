-- From the order of a code to money that stays, by country.
SELECT
  country,
  count(*) AS journeys,
  count(*) FILTER (WHERE verifications > 0) AS with_code,
  count(*) FILTER (WHERE verified) AS verified,
  count(*) FILTER (WHERE ever_paid) AS ever_paid,
  count(*) FILTER (WHERE paid) AS paid
FROM {{ source('tributary', 'journeys') }}
GROUP BY country
