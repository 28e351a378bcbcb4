-- name: forget_mail_bytes!
-- Let the bytes go of mails that ended long ago, a batch at a time.
UPDATE mail SET mime = NULL WHERE id IN (
  SELECT id FROM mail
  WHERE mime IS NOT NULL AND changed_at < :before AND state IN ('sent', 'failed', 'skipped', 'cancelled')
  ORDER BY changed_at LIMIT :limit
);

-- name: written_mails
-- Mails that were written, newest first; '' is every one.
SELECT mail.id, mail.kind, lead.email, enrolment.sequence, mail.step, mail.state, mail.reason, mail.subject,
  mail.variant, mail.language, mail.file, mail.revision, mail.version, mail.content_hash, mail.data_hash,
  mail.message_id, mail.attempts, mail.due_at, mail.created_at, mail.written_at, mail.changed_at,
  mail.mime IS NOT NULL AS kept
FROM mail JOIN lead ON lead.id = mail.lead_id LEFT JOIN enrolment ON enrolment.id = mail.enrolment_id
WHERE (mail.message_id <> '' OR mail.state = 'failed')
  AND (:canonical = '' OR lead.canonical = :canonical)
  AND (:sequence = '' OR enrolment.sequence = :sequence)
  AND (:state = '' OR mail.state = :state)
ORDER BY mail.id DESC LIMIT :most;

-- name: written_mail^
-- One mail that was written, with its bytes while they are kept.
SELECT mail.id, mail.kind, lead.email, enrolment.sequence, mail.step, mail.state, mail.reason, mail.subject,
  mail.variant, mail.language, mail.file, mail.revision, mail.version, mail.content_hash, mail.data_hash,
  mail.message_id, mail.attempts, mail.due_at, mail.created_at, mail.written_at, mail.changed_at,
  mail.mime IS NOT NULL AS kept
FROM mail JOIN lead ON lead.id = mail.lead_id LEFT JOIN enrolment ON enrolment.id = mail.enrolment_id
WHERE mail.id = :id;

-- name: bytes_of_mail^
-- The bytes of a mail, NULL when they are not kept any more.
SELECT mime FROM mail WHERE id = :id;

-- name: mail_to_write_again^
-- A mail as whoever writes it needs it.
SELECT id, kind, lead_id, submission_id, enrolment_id, step, reason, due_at, fence, attempts, created_at,
  message_id, subject, NULL AS mime
FROM mail WHERE id = :id;

-- name: source_of_version^
-- The files of a sequence as they were in a version.
SELECT source FROM sequence_version WHERE hash = :hash;
