-- name: add_due_mail^
-- Queue a mail; of an enrolment's step only once, unless that one was cancelled before anything was sent. One that may
-- have arrived keeps that mark.
INSERT INTO mail (kind, lead_id, submission_id, enrolment_id, step, state, due_at, created_at, changed_at)
VALUES (:kind, :lead_id, :submission_id, :enrolment_id, :step, 'due', :due_at, :now, :now)
ON CONFLICT (enrolment_id, step) DO UPDATE
SET kind = excluded.kind, state = 'due', due_at = excluded.due_at, attempts = 0, changed_at = excluded.changed_at,
  reason = CASE WHEN mail.reason LIKE 'repeated:%' OR mail.reason LIKE 'the database was restored%' THEN mail.reason
    ELSE '' END
WHERE mail.state = 'cancelled'
RETURNING id;

-- name: add_new_enrolment^
-- Enrol a lead in a sequence, once for each round.
INSERT INTO enrolment (lead_id, sequence, round, cause, submission_id, version, state, started_at)
VALUES (:lead_id, :sequence, :round, :cause, :submission_id, :version, 'active', :now)
ON CONFLICT (lead_id, sequence, round) DO NOTHING
RETURNING id;

-- name: last_round_of_lead^
-- How a lead went through a sequence the last time.
SELECT round, state, ended_at FROM enrolment
WHERE lead_id = :lead_id AND sequence = :sequence ORDER BY round DESC LIMIT 1;

-- name: add_sequence_version!
-- Keep a version of a sequence's files.
INSERT INTO sequence_version (hash, sequence, source, first_seen_at)
VALUES (:hash, :sequence, :source, :now)
ON CONFLICT (hash) DO NOTHING;

-- name: latest_sequence_sources
-- The versions of a sequence: the one in force last comes first, whenever it was seen first.
SELECT source FROM sequence_version LEFT JOIN counter ON counter.name = 'in force ' || sequence_version.hash
WHERE sequence = :sequence ORDER BY coalesce(counter.value, 0) DESC, first_seen_at DESC, hash;

-- name: put_in_force!
-- Note that a version is in force from now on: the latest of all.
INSERT INTO counter (name, value)
SELECT 'in force ' || :hash, coalesce(max(value), 0) + 1 FROM counter WHERE name LIKE 'in force %'
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

-- name: enrolment_by_id^
-- One enrolment.
SELECT id, lead_id, sequence, submission_id, version, state, started_at, round, cause FROM enrolment WHERE id = :id;

-- name: outdated_enrolments
-- Active enrolments that were planned with another version of their sequence, a batch at a time.
SELECT id, lead_id, sequence, submission_id, version, state, started_at, round, cause FROM enrolment
WHERE sequence = :sequence AND state = 'active' AND version <> :version
ORDER BY id LIMIT :limit;

-- name: course_confirmed^
-- Whether a request for a course, which is a request for its mails, was confirmed.
SELECT id FROM receipt
WHERE lead_id = :lead_id AND submission_id = :submission_id AND purpose = 'course' AND act = 'confirmed' LIMIT 1;

-- name: active_enrolments_of
-- What a lead is being sent.
SELECT id, lead_id, sequence, submission_id, version, state, started_at, round, cause FROM enrolment
WHERE lead_id = :lead_id AND state = 'active' ORDER BY id;

-- name: set_enrolment_version!
-- Note the version with which an enrolment was planned last.
UPDATE enrolment SET version = :version WHERE id = :id AND state = 'active';

-- name: end_enrolment!
-- Finish or stop an enrolment that is active.
UPDATE enrolment SET state = :state, reason = :reason, ended_at = :now WHERE id = :id AND state = 'active';

-- name: lead_for_followup^
-- What planning and rendering need to know of a lead.
SELECT id, email, canonical, fields, marketing_at, zone FROM lead WHERE id = :id;

-- name: events_for_followup
-- What happened to a lead, as far as planning depends on it, oldest first.
SELECT at, kind, magnet, sequence, step, detail FROM event
WHERE lead_id = :lead_id
  AND kind IN (
    'enrolled', 'sent', 'acted', 'skipped', 'failed', 'held', 'finished', 'stopped', 'reopened', 'renamed',
    'downloaded', 'tagged', 'staged', 'visited'
  )
ORDER BY id;

-- name: submission_for_followup^
-- What a mail needs to know of the submission behind it.
SELECT id, magnet, at, page, marketing, confirmed_at, language FROM submission WHERE id = :id;

-- name: rename_open_mail!
-- A step that waits, or is on its way, has another key now.
UPDATE mail SET step = :key
WHERE enrolment_id = :enrolment_id AND step = :old AND state IN ('due', 'claimed', 'talking')
  AND NOT EXISTS (SELECT 1 FROM mail AS other WHERE other.enrolment_id = :enrolment_id AND other.step = :key);

-- name: waiting_mail_of_enrolment^
-- The step of an enrolment that waits.
SELECT id, kind, step, due_at FROM mail WHERE enrolment_id = :enrolment_id AND state = 'due';

-- name: cancel_waiting_mails_of_enrolment!
-- Take back what an enrolment would be sent. What may have arrived keeps that mark, for the day on which it comes back.
UPDATE mail SET state = 'cancelled', changed_at = :now,
  reason = CASE WHEN reason LIKE 'repeated:%' OR reason LIKE 'the database was restored%' THEN reason ELSE :reason END
WHERE enrolment_id = :enrolment_id AND state = 'due';

-- name: move_due_mail!
-- Give a waiting mail another time.
UPDATE mail SET due_at = :due_at, changed_at = :now WHERE id = :id AND state = 'due';

-- name: due_transactional_mails
-- What people wait for goes first: confirmations and deliveries that are due.
SELECT id, kind, lead_id, submission_id, enrolment_id, step, reason, due_at, fence, attempts, created_at,
  message_id, subject, mime
FROM mail WHERE state = 'due' AND kind NOT IN ('drip', 'step') AND due_at <= :now ORDER BY due_at, id LIMIT :limit;

-- name: due_drips
-- Steps of sequences that are due, whether they are mails or not.
SELECT id, kind, lead_id, submission_id, enrolment_id, step, reason, due_at, fence, attempts, created_at,
  message_id, subject, NULL AS mime
FROM mail WHERE state = 'due' AND kind IN ('drip', 'step') AND due_at <= :now ORDER BY due_at, id LIMIT :limit;

-- name: claim_mail!
-- Take a due mail in hand: nobody else sends it before the lease is over.
UPDATE mail SET state = 'claimed', fence = :fence + 1, lease_until = :lease_until, message_id = :message_id,
  subject = :subject, mime = :mime, content_hash = :content_hash, data_hash = :data_hash, file = :file,
  revision = :revision, version = :version, variant = :variant, language = :language, written_at = :now,
  changed_at = :now
WHERE id = :id AND state = 'due' AND fence = :fence;

-- name: reclaim_mail!
-- Take a due mail in hand whose bytes exist already: a repeated mail is the same mail.
UPDATE mail SET state = 'claimed', fence = :fence + 1, lease_until = :lease_until, changed_at = :now
WHERE id = :id AND state = 'due' AND fence = :fence;

-- name: mail_is_talking!
-- The next byte may make the relay accept the mail: from the first time on, a copy of it may be there.
UPDATE mail SET state = 'talking', lease_until = :lease_until, changed_at = :now,
  handed_at = coalesce(handed_at, :now)
WHERE id = :id AND state = 'claimed' AND fence = :fence;

-- name: end_mail!
-- A mail in hand is sent, failed, held or cancelled.
UPDATE mail SET state = :state, reason = :reason, changed_at = :now
WHERE id = :id AND state IN ('claimed', 'talking') AND fence = :fence;

-- name: end_due_mail!
-- A mail is decided before it was taken in hand: skipped, cancelled or failed; or a step is done that is no mail.
UPDATE mail SET state = :state, reason = :reason, changed_at = :now WHERE id = :id AND state = 'due';

-- name: return_mail!
-- A mail in hand was not sent: it is due again, later perhaps.
UPDATE mail SET state = 'due', reason = :reason, due_at = :due_at, attempts = :attempts, changed_at = :now
WHERE id = :id AND state IN ('claimed', 'talking') AND fence = :fence;

-- name: return_abandoned_mails!
-- What a worker claimed and never began to send is due again when its lease is over, or longer than any lease.
-- Both states are named so that the index is used that holds these two and nothing else.
UPDATE mail SET state = 'due', changed_at = :now
WHERE state IN ('claimed', 'talking') AND state = 'claimed' AND (lease_until <= :now OR lease_until > :latest);

-- name: abandoned_conversations
-- Mails whose worker vanished while the relay may have accepted them.
SELECT id, kind, lead_id, submission_id, enrolment_id, step, reason, due_at, fence, attempts, created_at,
  message_id, subject, NULL AS mime, variant
FROM mail
WHERE state IN ('claimed', 'talking') AND state = 'talking' AND (lease_until <= :now OR lease_until > :latest)
ORDER BY lease_until, id LIMIT :limit;

-- name: mail_due_of_kind^
-- Whether a drip is due.
SELECT id FROM mail WHERE state = 'due' AND kind = 'drip' AND due_at <= :now LIMIT 1;

-- name: mail_known^
-- Whether a mail is there; it goes when its lead is erased.
SELECT id FROM mail WHERE id = :id;
-- name: sequence_source^
-- One version of a sequence.
SELECT source FROM sequence_version WHERE hash = :hash;

-- name: finished_outdated_enrolments
-- Enrolments that finished with another version of their sequence, a batch at a time.
SELECT id, lead_id, sequence, submission_id, version, state, started_at, round, cause FROM enrolment
WHERE sequence = :sequence AND state = 'finished' AND version <> :version
  AND NOT EXISTS (
    SELECT 1 FROM enrolment AS later
    WHERE later.lead_id = enrolment.lead_id AND later.sequence = enrolment.sequence AND later.round > enrolment.round
  )
ORDER BY id LIMIT :limit;

-- name: reopen_enrolment!
-- Somebody who had finished goes on.
UPDATE enrolment SET state = 'active', reason = '', ended_at = NULL WHERE id = :id AND state = 'finished';

-- name: keep_finished_version!
-- Note that a finished enrolment was looked at with a version.
UPDATE enrolment SET version = :version WHERE id = :id AND state = 'finished';

-- name: drips_of_lead_under_way
-- A lead's other mails of sequences that are due or in somebody's hand.
SELECT mail.id, mail.state, enrolment.sequence FROM mail JOIN enrolment ON enrolment.id = mail.enrolment_id
WHERE mail.lead_id = :lead_id AND mail.kind = 'drip' AND mail.id <> :id
  AND (mail.state IN ('claimed', 'talking') OR (mail.state = 'due' AND mail.due_at <= :now))
ORDER BY mail.id;

-- name: due_mail_by_id^
-- One mail that is due.
SELECT id, kind, lead_id, submission_id, enrolment_id, step, reason, due_at, fence, attempts, created_at,
  message_id, subject, NULL AS mime
FROM mail WHERE id = :id AND state = 'due';

-- name: last_proven_submission^
-- A lead's last confirmed request, of one magnet or of any.
SELECT id FROM submission
WHERE lead_id = :lead_id AND confirmed_at IS NOT NULL AND (:magnet = '' OR magnet = :magnet)
ORDER BY id DESC LIMIT 1;
