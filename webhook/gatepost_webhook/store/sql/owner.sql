-- name: count_leads^
-- How many leads there are, of one magnet or ('') of all: all, confirmed, with marketing consent in force.
SELECT COUNT(*), COUNT(confirmed_at), COUNT(marketing_at) FROM lead
WHERE :magnet = '' OR id IN (SELECT lead_id FROM submission WHERE magnet = :magnet);

-- name: newest_leads
-- Leads of one magnet or ('') of all, newest first.
SELECT id, email, fields, created_at, confirmed_at, marketing_at,
  (SELECT MAX(at) FROM receipt WHERE receipt.lead_id = lead.id AND act = 'withdrawn') AS withdrawn_at,
  score, stage
FROM lead
WHERE :magnet = '' OR id IN (SELECT lead_id FROM submission WHERE magnet = :magnet)
ORDER BY id DESC LIMIT :most;

-- name: all_leads
-- Every lead, oldest first.
SELECT id, email, fields, created_at, confirmed_at, marketing_at,
  (SELECT MAX(at) FROM receipt WHERE receipt.lead_id = lead.id AND act = 'withdrawn') AS withdrawn_at,
  score, stage
FROM lead ORDER BY id;

-- name: lead_numbered
-- One lead.
SELECT id, email, fields, created_at, confirmed_at, marketing_at,
  (SELECT MAX(at) FROM receipt WHERE receipt.lead_id = lead.id AND act = 'withdrawn') AS withdrawn_at,
  score, stage
FROM lead WHERE id = :lead_id;

-- name: magnets_of_lead
-- The magnets that a lead asked for.
SELECT DISTINCT magnet FROM submission WHERE lead_id = :lead_id ORDER BY magnet;

-- name: standing_of_lead
-- The sequences that a lead is or was in, each with the mail that waits, if one does.
SELECT enrolment.sequence, enrolment.state, enrolment.reason, mail.step, mail.due_at
FROM enrolment
LEFT JOIN mail ON mail.enrolment_id = enrolment.id AND mail.state IN ('due', 'claimed', 'talking')
WHERE enrolment.lead_id = :lead_id ORDER BY enrolment.id;

-- name: magnets_asked_for
-- Every magnet that anybody asked for.
SELECT DISTINCT magnet FROM submission ORDER BY magnet;

-- name: count_rows^
-- How many rows each of the tables has that a review copies.
SELECT (SELECT COUNT(*) FROM lead) AS leads, (SELECT COUNT(*) FROM submission) AS submissions,
  (SELECT COUNT(*) FROM receipt) AS receipts, (SELECT COUNT(*) FROM event) AS events,
  (SELECT COUNT(*) FROM enrolment) AS enrolments, (SELECT COUNT(*) FROM mail) AS mails,
  (SELECT COUNT(*) FROM bounce) AS bounces;

-- name: fields_of_leads
-- The answers of every lead, as JSON objects.
SELECT fields FROM lead;

-- name: fields_of_submissions
-- The answers of every submission, as JSON objects.
SELECT fields FROM submission;

-- name: submissions_by_lead
-- Every submission with the consent wording that it showed, the ones of one lead together.
SELECT submission.id, submission.lead_id, lead.email, submission.magnet, submission.at, submission.page,
  submission.marketing, wording.text AS wording, submission.confirmed_at, submission.downloaded_at, submission.fields
FROM submission
JOIN lead ON lead.id = submission.lead_id
LEFT JOIN wording ON wording.hash = submission.wording
ORDER BY submission.lead_id, submission.magnet, submission.at, submission.id;

-- name: tags_by_lead
-- Every tag, those of one lead together.
SELECT lead_id, tag FROM lead_tag ORDER BY lead_id, tag;

-- name: review_notes
-- Every note about a lead.
SELECT id, lead_id, at, text FROM lead_note ORDER BY id;

-- name: review_receipts
-- Every receipt of consent with its exact wording.
SELECT receipt.id, receipt.lead_id, receipt.submission_id, receipt.purpose, receipt.act, receipt.at, receipt.method,
  receipt.page, wording.text AS wording, receipt.message_id
FROM receipt LEFT JOIN wording ON wording.hash = receipt.wording ORDER BY receipt.id;

-- name: review_events
-- Everything that happened.
SELECT id, lead_id, at, kind, magnet, sequence, step, detail FROM event ORDER BY id;

-- name: review_enrolments
-- Who is or was in which sequence, each with the mail that waits, if one does.
SELECT enrolment.id, enrolment.lead_id, enrolment.submission_id, enrolment.sequence, enrolment.state,
  enrolment.reason, enrolment.started_at, enrolment.ended_at, mail.step, mail.due_at
FROM enrolment
LEFT JOIN mail ON mail.enrolment_id = enrolment.id AND mail.state IN ('due', 'claimed', 'talking')
ORDER BY enrolment.id;

-- name: review_mails
-- Every mail without its bytes.
SELECT mail.id, mail.lead_id, mail.submission_id, mail.enrolment_id, mail.kind, enrolment.sequence, mail.step,
  mail.state, mail.reason, mail.subject, mail.due_at, mail.changed_at, mail.attempts, mail.message_id, mail.variant,
  mail.language, mail.file, mail.revision
FROM mail LEFT JOIN enrolment ON enrolment.id = mail.enrolment_id ORDER BY mail.id;

-- name: review_suppressions
-- How many addresses get no mail, and why; not which.
SELECT scope, reason, COUNT(*) AS addresses FROM suppression GROUP BY scope, reason ORDER BY scope, reason;
