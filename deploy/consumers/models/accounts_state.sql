-- Accounts that are frozen, low or about to expire.
SELECT account_id, currency, balance_minor, frozen, below_min_balance, agreement_expiration, card_expired, card_expires_in_month
FROM {{ source('tributary', 'accounts') }}
WHERE frozen OR below_min_balance OR agreement_expiration IS NOT NULL OR card_expired OR card_expires_in_month
