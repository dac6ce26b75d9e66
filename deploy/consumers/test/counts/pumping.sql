-- The codes of a claim's time by what their shown block says: certainly of the claimed numbers, or possibly.
WITH codes AS (
  SELECT customer_id, outcome, cost_minor, currency, phone.block AS shown FROM verifications
  WHERE country = '{{ country }}' AND outcome <> 'UNKNOWN' AND {{ ms('created_at') }} >= {{ since }} AND {{ ms('created_at') }} < {{ until }}
), placed AS (
  SELECT *, CASE WHEN {{ prefix("coalesce(shown, '')", "'" ~ numbers ~ "'") }} THEN 1 ELSE 0 END AS certain,
    CASE WHEN {{ prefix("coalesce(shown, '')", "'" ~ numbers ~ "'") }} OR {{ prefix("'" ~ numbers ~ "'", "coalesce(shown, '')") }} THEN 1 ELSE 0 END AS possible
  FROM codes
)
SELECT sum(certain) AS certain_codes, sum(possible) AS possible_codes,
  sum(CASE WHEN certain = 1 AND outcome = 'SUCCESS' THEN 1 ELSE 0 END) AS certain_verified, sum(CASE WHEN possible = 1 AND outcome = 'SUCCESS' THEN 1 ELSE 0 END) AS possible_verified,
  sum(CASE WHEN certain = 1 THEN coalesce(cost_minor, 0) ELSE 0 END) AS certain_cost, sum(CASE WHEN possible = 1 THEN coalesce(cost_minor, 0) ELSE 0 END) AS possible_cost
FROM placed
