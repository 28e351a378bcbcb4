-- Many steps of sequences at a time, in a handful of statements for all of them.
-- EACH(:list) is the column of a JSON array's values: SQLite and PostgreSQL spell it differently.

-- name: dossiers_of_mails
-- What deciding about steps and writing them needs to know, a row for each.
SELECT mail.id AS mail_id, lead.id AS lead_id, lead.email, lead.canonical, lead.fields, lead.marketing_at, lead.zone,
  enrolment.id AS enrolment_id, enrolment.sequence, enrolment.submission_id AS brought_by, enrolment.version,
  enrolment.state, enrolment.started_at, enrolment.round, enrolment.cause,
  submission.id AS submission_id, submission.magnet, submission.at, submission.page, submission.marketing,
  submission.confirmed_at, submission.language,
  preference.paused_until, preference.most_per_week, preference.language AS wished, preference.topics_left,
  preference.changed_at,
  lead.marketing_at IS NULL AND enrolment.cause = 'magnet' AND EXISTS (
    SELECT 1 FROM receipt WHERE receipt.lead_id = lead.id AND receipt.submission_id = enrolment.submission_id
      AND receipt.purpose = 'course' AND receipt.act = 'confirmed'
  ) AS is_requested,
  EXISTS (
    SELECT 1 FROM mail AS other WHERE other.lead_id = mail.lead_id AND other.kind = 'drip' AND other.id <> mail.id
      AND (other.state IN ('claimed', 'talking') OR (other.state = 'due' AND other.due_at <= :now))
  ) AS has_others,
  EXISTS (
    SELECT 1 FROM mail AS other WHERE other.enrolment_id = mail.enrolment_id AND other.id <> mail.id
      AND other.state = 'due'
  ) AS is_waiting
FROM mail
JOIN lead ON lead.id = mail.lead_id
JOIN enrolment ON enrolment.id = mail.enrolment_id
JOIN submission ON submission.id = mail.submission_id
LEFT JOIN preference ON preference.lead_id = mail.lead_id
WHERE mail.id IN EACH(:mails);

-- name: events_of_leads
-- What happened to leads, as far as planning depends on it, oldest first.
SELECT lead_id, at, kind, magnet, sequence, step, detail FROM event
WHERE lead_id IN EACH(:leads)
  AND kind IN (
    'enrolled', 'sent', 'acted', 'skipped', 'failed', 'held', 'finished', 'stopped', 'reopened', 'renamed',
    'downloaded', 'tagged', 'staged', 'visited'
  )
ORDER BY id;

-- name: claim_mails*!
-- Take due mails in hand: nobody else sends them before the lease is over.
WITH written (
  id, fence, lease_until, message_id, subject, mime, content_hash, data_hash, file, revision, version, variant,
  language, now
) AS (
  VALUES (
    :id, :fence, :lease_until, :message_id, :subject, :mime, :content_hash, :data_hash, :file, :revision, :version,
    :variant, :language, :now
  )
)
UPDATE mail SET state = 'claimed', fence = written.fence + 1, lease_until = written.lease_until,
  message_id = written.message_id, subject = written.subject, mime = written.mime,
  content_hash = written.content_hash, data_hash = written.data_hash, file = written.file,
  revision = written.revision, version = written.version, variant = written.variant, language = written.language,
  written_at = written.now, changed_at = written.now
FROM written
WHERE mail.id = written.id AND mail.state = 'due' AND mail.fence = written.fence;

-- name: mails_are_talking
-- The next byte may make the relay accept these mails; only of leads who may have them, and of what is not paused.
UPDATE mail SET state = 'talking', lease_until = :lease_until, changed_at = :now,
  handed_at = coalesce(handed_at, :now)
WHERE id IN EACH(:mails) AND id || '/' || fence IN EACH(:claims) AND state = 'claimed'
  AND NOT EXISTS (SELECT 1 FROM pause WHERE sequence = '')
  AND EXISTS (
    SELECT 1 FROM enrolment JOIN lead ON lead.id = enrolment.lead_id
    WHERE enrolment.id = mail.enrolment_id AND enrolment.state = 'active'
      AND (lead.marketing_at IS NOT NULL OR enrolment.cause = 'magnet' AND EXISTS (
        SELECT 1 FROM receipt WHERE receipt.lead_id = lead.id AND receipt.submission_id = enrolment.submission_id
          AND receipt.purpose = 'course' AND receipt.act = 'confirmed'
      ))
      AND NOT EXISTS (SELECT 1 FROM pause WHERE pause.sequence = enrolment.sequence)
  )
RETURNING id;

-- name: mails_are_sent
-- Mails in hand are sent.
UPDATE mail SET state = 'sent', reason = '', changed_at = :now
WHERE id IN EACH(:mails) AND id || '/' || fence IN EACH(:claims) AND state IN ('claimed', 'talking')
RETURNING id;

-- name: add_step_events*!
-- What happened to steps of sequences, and to leads in them.
INSERT INTO event (at, lead_id, kind, sequence, step, detail)
VALUES (:at, :lead_id, :kind, :sequence, :step, :detail);

-- name: add_due_steps*!
-- Queue the next steps; a step only once, unless it was cancelled before anything was sent. One that may have arrived
-- keeps that mark.
INSERT INTO mail (kind, lead_id, submission_id, enrolment_id, step, state, due_at, created_at, changed_at)
VALUES (:kind, :lead_id, :submission_id, :enrolment_id, :step, 'due', :due_at, :now, :now)
ON CONFLICT (enrolment_id, step) DO UPDATE
SET kind = excluded.kind, state = 'due', due_at = excluded.due_at, attempts = 0, changed_at = excluded.changed_at,
  reason = CASE WHEN mail.reason LIKE 'repeated:%' OR mail.reason LIKE 'the database was restored%' THEN mail.reason
    ELSE '' END
WHERE mail.state = 'cancelled';

-- name: finish_enrolments!
-- Finish enrolments that are active.
UPDATE enrolment SET state = 'finished', reason = '', ended_at = :now
WHERE id IN EACH(:enrolments) AND state = 'active';
