-- name: lead_of_address^
-- The lead behind a canonical address.
SELECT id, email, fields, confirmed_at, marketing_at FROM lead WHERE canonical = :canonical;

-- name: lead_of_id^
-- One lead.
SELECT id, email, canonical, fields, confirmed_at, marketing_at FROM lead WHERE id = :lead_id;

-- name: add_lead^
-- A person asks for the first time; nothing is returned when there is such a lead already.
INSERT INTO lead (email, canonical, fields, created_at)
VALUES (:email, :canonical, :fields, :now)
ON CONFLICT (canonical) DO NOTHING
RETURNING id;

-- name: set_lead_fields!
-- Keep newer answers, unless they changed meanwhile.
UPDATE lead SET fields = :fields WHERE id = :lead_id AND fields = :before;

-- name: confirm_lead!
-- The first proof that the address belongs to who asked.
UPDATE lead SET confirmed_at = :now WHERE id = :lead_id AND confirmed_at IS NULL;

-- name: grant_marketing!
-- A confirmed consent comes into force.
UPDATE lead SET marketing_at = :now WHERE id = :lead_id AND marketing_at IS NULL;

-- name: withdraw_marketing!
-- A consent in force ends.
UPDATE lead SET marketing_at = NULL WHERE id = :lead_id AND marketing_at IS NOT NULL;

-- name: keep_wording!
-- A consent wording is kept once.
INSERT INTO wording (hash, text, first_seen_at) VALUES (:hash, :text, :now) ON CONFLICT (hash) DO NOTHING;

-- name: wording_of_hash^
-- A wording that was shown.
SELECT text FROM wording WHERE hash = :hash;

-- name: repeated_submission^
-- The same answers to the same form, a short while ago. Who has unsubscribed since then asks afresh.
SELECT id FROM submission
WHERE fingerprint = :fingerprint AND at > :since
  AND NOT EXISTS (
    SELECT 1 FROM receipt
    WHERE receipt.lead_id = submission.lead_id AND receipt.act = 'withdrawn' AND receipt.at >= submission.at
  )
ORDER BY id DESC LIMIT 1;

-- name: add_submission<!
-- Somebody asks for a magnet.
INSERT INTO submission (lead_id, magnet, at, page, fields, marketing, wording, fingerprint, language)
VALUES (:lead_id, :magnet, :now, :page, :fields, :marketing, :wording, :fingerprint, :language)
RETURNING id;

-- name: submission_of_id^
-- One submission with its lead.
SELECT submission.id, submission.lead_id, submission.magnet, submission.at, submission.page, submission.fields,
  submission.marketing, submission.wording, submission.confirmed_at, submission.language,
  lead.email, lead.canonical, lead.fields AS lead_fields,
  lead.confirmed_at AS lead_confirmed_at, lead.marketing_at AS lead_marketing_at
FROM submission JOIN lead ON lead.id = submission.lead_id
WHERE submission.id = :submission_id;

-- name: language_of_lead^
-- The language in which a lead asked last.
SELECT language FROM submission WHERE lead_id = :lead_id ORDER BY id DESC LIMIT 1;

-- name: confirm_submission!
-- The button was pressed for the first time.
UPDATE submission SET confirmed_at = :now WHERE id = :submission_id AND confirmed_at IS NULL;

-- name: delivery_of_submission^
-- The mail that brings a submission's file.
SELECT id FROM mail
WHERE lead_id = :lead_id AND kind = 'delivery' AND submission_id = :id AND state <> 'cancelled' LIMIT 1;

-- name: waiting_submissions
-- Other magnets that an unconfirmed lead has asked for lately, the newest request of each.
SELECT max(id) AS id, magnet FROM submission
WHERE lead_id = :lead_id AND magnet <> :magnet AND confirmed_at IS NULL AND at > :since
GROUP BY magnet ORDER BY 1 DESC LIMIT :most;

-- name: note_download!
-- The file was handed out; once an hour is enough to know.
UPDATE submission SET downloaded_at = :now
WHERE id = :submission_id AND (downloaded_at IS NULL OR downloaded_at <= :since);

-- name: add_receipt!
-- Consent as it was given, declined, confirmed or withdrawn.
INSERT INTO receipt (lead_id, submission_id, purpose, act, at, method, page, wording, message_id)
VALUES (:lead_id, :submission_id, :purpose, :act, :now, :method, :page, :wording, :message_id);

-- name: enrolment_of_lead^
-- The request with which a lead came into a sequence.
SELECT submission_id FROM enrolment
WHERE lead_id = :lead_id AND sequence = :sequence ORDER BY round DESC LIMIT 1;

-- name: confirmation_message_id^
-- The Message-ID of the mail whose button was pressed.
SELECT message_id FROM mail
WHERE lead_id = :lead_id AND kind = 'confirm' AND submission_id = :submission_id AND message_id <> ''
ORDER BY id DESC LIMIT 1;

-- name: suppress_address!
-- An address gets no mail of a scope any more.
INSERT INTO suppression (address, scope, reason, at)
VALUES (:address, :scope, :reason, :now)
ON CONFLICT (address, scope) DO NOTHING;

-- name: lift_unsubscription!
-- A fresh confirmed consent ends what an unsubscribe began; nothing else does.
DELETE FROM suppression WHERE address = :address AND scope = 'marketing' AND reason = 'unsubscribed';

-- name: cancel_lead_drips
-- No further step of a sequence goes to a lead.
UPDATE mail SET state = 'cancelled', reason = :reason, changed_at = :now
WHERE lead_id = :lead_id AND kind = 'drip' AND state IN ('due', 'claimed')
RETURNING id, kind, step;

-- name: cancel_lead_mails
-- Nothing that waits for a lead is sent.
UPDATE mail SET state = 'cancelled', reason = :reason, changed_at = :now
WHERE lead_id = :lead_id AND state IN ('due', 'claimed')
RETURNING id, kind, step;

-- name: hits_of
-- How often something was done within its window, the oldest first: no more rows than its limit allows.
SELECT until, count FROM hit WHERE key = :key AND until > :now ORDER BY until;

-- name: add_hit!
-- Count one more.
INSERT INTO hit (key, until, count) VALUES (:key, :until, 1)
ON CONFLICT (key, until) DO UPDATE SET count = hit.count + 1;

-- name: forget_hits!
-- Drop some of what no limit looks at any more; a few at a time keeps each request short.
DELETE FROM hit WHERE until <= :now AND until IN (
  SELECT until FROM hit WHERE until <= :now ORDER BY until LIMIT 20
);

-- name: forget_key!
-- Drop one count.
DELETE FROM hit WHERE key = :key;

-- name: add_answering_mail!
-- Queue a mail about a submission.
INSERT INTO mail (kind, lead_id, submission_id, state, due_at, created_at, changed_at)
VALUES (:kind, :lead_id, :submission_id, 'due', :due_at, :now, :now);

-- name: earlier_confirmation^
-- When the confirmation mail that stands this far back in the queue was due.
SELECT due_at FROM mail WHERE kind = 'confirm' ORDER BY due_at DESC LIMIT 1 OFFSET :back;
