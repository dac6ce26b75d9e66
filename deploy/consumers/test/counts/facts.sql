-- Every fact of a provider: its raw record, how late it was, whether it has a name that nobody knows.
SELECT 'lox24' AS provider, origin.partition AS part, origin.offset AS place, {{ ms('received_at') }} - {{ ms('event_created_at') }} AS late_ms, CASE WHEN {{ unknown('routing_strategy') }} THEN 1 ELSE 0 END AS odd FROM decoded_lox24_verify_code
UNION ALL SELECT 'lox24' AS provider, origin.partition AS part, origin.offset AS place, {{ ms('received_at') }} - {{ ms('event_created_at') }} AS late_ms, 0 AS odd FROM decoded_lox24_sms
UNION ALL SELECT 'lox24' AS provider, origin.partition AS part, origin.offset AS place, {{ ms('received_at') }} - {{ ms('event_created_at') }} AS late_ms, 1 AS odd FROM decoded_lox24_unknown_event
UNION ALL SELECT 'uapay' AS provider, origin.partition AS part, origin.offset AS place, {{ ms('received_at') }} - {{ ms('coalesce(postback_at, issued_at)') }} AS late_ms, 0 AS odd FROM decoded_uapay_payment
UNION ALL SELECT 'unibell' AS provider, origin.partition AS part, origin.offset AS place, {{ ms('received_at') }} - {{ ms('status_at') }} AS late_ms, 0 AS odd FROM decoded_unibell_call
UNION ALL SELECT 'standard' AS provider, origin.partition AS part, origin.offset AS place, {{ ms('received_at') }} - {{ ms('event_at') }} AS late_ms, 0 AS odd FROM decoded_standard_event
UNION ALL SELECT 'voximplant' AS provider, origin.partition AS part, origin.offset AS place, CASE WHEN 1 = 0 THEN {{ ms('received_at') }} END AS late_ms, 0 AS odd FROM decoded_voximplant_account_callback
