-- name: lead_ids
-- Leads with their addresses, for whoever looks for keyed hashes.
SELECT id, canonical, created_at FROM lead WHERE id > :after ORDER BY id LIMIT :limit;

-- name: lead_to_erase^
-- What has to be known of a lead before it goes.
SELECT id, email, canonical, fields, created_at FROM lead WHERE id = :lead_id;

-- name: begin_erasing!
-- The rows of this lead may leave the append-only tables.
INSERT INTO erasing (lead_id) VALUES (:lead_id) ON CONFLICT (lead_id) DO NOTHING;

-- name: end_erasing!
-- No rows may leave them any more.
DELETE FROM erasing WHERE lead_id = :lead_id;

-- name: add_erasure!
-- Remember that somebody was erased, without saying who.
INSERT INTO erasure (address, at, method, mails) VALUES (:address, :now, :method, :mails);

-- name: erasures_since
-- Who was erased after an instant, oldest first.
SELECT address, at, method FROM erasure WHERE at >= :since ORDER BY id;

-- name: erasures_of
-- When somebody was erased.
SELECT at, method FROM erasure WHERE address = :address ORDER BY id;

-- name: count_erased_mails^
-- How many mails were known of people who are erased.
SELECT coalesce(sum(mails), 0) AS mails FROM erasure;

-- name: keep_proofs!
-- Keep what shows a lead's consent, under the keyed hash of the address.
INSERT INTO proof (address, purpose, act, at, method, page, wording, erased_at)
SELECT :address, purpose, act, at, method, page, wording, :now FROM receipt WHERE lead_id = :lead_id ORDER BY id;

-- name: proofs_of
-- What shows the consent of somebody who was erased.
SELECT proof.purpose, proof.act, proof.at, proof.method, proof.page, '' AS message_id,
  proof.wording AS hash, wording.text AS wording, '' AS magnet, NULL AS asked_at
FROM proof LEFT JOIN wording ON wording.hash = proof.wording
WHERE proof.address = :address ORDER BY proof.id;

-- name: mails_to_erase
-- The mails of a lead, and whether one is in a worker's hand.
SELECT id, state FROM mail WHERE lead_id = :lead_id ORDER BY id;

-- name: fields_to_erase
-- What a lead ever answered.
SELECT fields FROM submission WHERE lead_id = :lead_id;

-- name: lead_named^
-- The lead of a number, or of a canonical address.
SELECT id, email, canonical FROM lead WHERE id = :number OR canonical = :canonical LIMIT 1;

-- name: receipts_of_lead
-- What a lead agreed to, declined and took back, in order.
SELECT receipt.purpose, receipt.act, receipt.at, receipt.method, receipt.page, receipt.message_id,
  receipt.wording AS hash, wording.text AS wording, submission.magnet, submission.at AS asked_at
FROM receipt
LEFT JOIN wording ON wording.hash = receipt.wording
LEFT JOIN submission ON submission.id = receipt.submission_id
WHERE receipt.lead_id = :lead_id ORDER BY receipt.id;

-- name: consent_in_force^
-- Since when a lead's marketing consent is in force.
SELECT marketing_at FROM lead WHERE id = :lead_id;
