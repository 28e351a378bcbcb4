-- name: add_arrival_leads*!
-- People who proved their address and agreed to mails before they came here; by coming they pass no threshold.
INSERT INTO lead (email, canonical, fields, created_at, confirmed_at, marketing_at, zone, zone_from, scored_by)
VALUES (:email, :canonical, :fields, :at, :at, :at, :zone, :zone_from, 'before');

-- name: leads_of_addresses
-- The leads of these canonical addresses.
SELECT canonical, id FROM lead WHERE canonical IN EACH(:canonicals);

-- name: add_arrival_submissions*!
-- What they are taken to have asked for.
INSERT INTO submission (lead_id, magnet, at, page, fields, marketing, wording, fingerprint, language, confirmed_at)
VALUES (:lead, :magnet, :at, :page, :fields, 1, :wording, :fingerprint, :language, :at);

-- name: submissions_of_leads
-- What these leads have asked for.
SELECT lead_id, id FROM submission WHERE lead_id IN EACH(:leads);

-- name: add_arrival_receipts*!
-- What they agreed to, and when.
INSERT INTO receipt (lead_id, submission_id, purpose, act, at, method, page, wording)
VALUES (:lead, :submission, 'marketing', 'confirmed', :at, 'import', :page, :wording);

-- name: add_arrival_events*!
-- That they were taken over.
INSERT INTO event (at, lead_id, kind, magnet, detail) VALUES (:at, :lead, 'imported', :magnet, :detail);
