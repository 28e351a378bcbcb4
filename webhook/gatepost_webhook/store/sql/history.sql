-- name: lead_as_it_came^
-- Who a lead is, and since when.
SELECT id, created_at FROM lead WHERE id = :lead_id;

-- name: requests_until
-- What a lead had asked for at a moment, and what was answered.
SELECT magnet, at, fields, language, CASE WHEN confirmed_at <= :at THEN confirmed_at END AS confirmed_at
FROM submission WHERE lead_id = :lead_id AND at <= :at ORDER BY id;

-- name: events_until
-- What had happened to a lead at a moment, oldest first.
SELECT at, kind, magnet, sequence, detail FROM event WHERE lead_id = :lead_id AND at <= :at ORDER BY id;

-- name: consent_until^
-- What was last said about marketing at a moment, of what takes effect.
SELECT act FROM receipt
WHERE lead_id = :lead_id AND at <= :at AND purpose = 'marketing' AND act IN ('confirmed', 'withdrawn')
ORDER BY id DESC LIMIT 1;

-- name: leads_until
-- The leads that there were at a moment.
SELECT id FROM lead WHERE created_at <= :at ORDER BY id;

-- name: lead_by_address^
-- The lead behind a canonical address.
SELECT id, email FROM lead WHERE canonical = :canonical;
