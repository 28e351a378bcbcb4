-- Many submissions of people who ask for the first time, in a handful of statements for all of them.
-- EACH(:list) is the column of a JSON array's values, and LAST(table) the highest number that its rows were ever given:
-- SQLite and PostgreSQL spell them differently.

-- name: known_addresses
-- Which of these canonical addresses belong to a lead.
SELECT canonical FROM lead WHERE canonical IN EACH(:canonicals);

-- name: counted_keys
-- Which of these keys a limit still counts something for.
SELECT key FROM hit WHERE key IN EACH(:keys) AND until > :now;

-- name: suppressed_addresses
-- Which of these addresses, as keyed hashes, get no mail of some scope.
SELECT address FROM suppression WHERE address IN EACH(:addresses);

-- name: last_numbers^
-- The highest numbers that leads and submissions were ever given.
SELECT LAST(lead) AS lead, LAST(submission) AS submission;

-- name: latest_confirmations
-- When the confirmation mails at the end of the queue are due, the last one first.
SELECT due_at FROM mail WHERE kind = 'confirm' ORDER BY due_at DESC LIMIT :many;

-- name: add_newcomer_leads*!
-- People who ask for the first time.
INSERT INTO lead (id, email, canonical, fields, created_at) VALUES (:lead, :email, :canonical, :fields, :now);

-- name: add_newcomer_submissions*!
-- What they ask for.
INSERT INTO submission (id, lead_id, magnet, at, page, fields, marketing, wording, fingerprint, language)
VALUES (:submission, :lead, :magnet, :now, :page, :fields, :marketing, :wording, :fingerprint, :language);

-- name: add_newcomer_events*!
-- That they asked.
INSERT INTO event (at, lead_id, kind, magnet, detail) VALUES (:now, :lead, 'submitted', :magnet, :detail);

-- name: add_newcomer_receipts*!
-- What they agreed to, or did not.
INSERT INTO receipt (lead_id, submission_id, purpose, act, at, method, page, wording)
VALUES (:lead, :submission, :purpose, :act, :now, 'form', :page, :wording);

-- name: add_newcomer_mails*!
-- The mails that ask whether it was them.
INSERT INTO mail (kind, lead_id, submission_id, state, due_at, created_at, changed_at)
VALUES ('confirm', :lead, :submission, 'due', :due_at, :now, :now);

-- name: add_newcomer_hits*!
-- That their network addresses and their mailboxes have had one, for which nothing was counted before.
INSERT INTO hit (key, until, count) VALUES (:key, :until, 1);
