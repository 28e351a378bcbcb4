-- name: stays_of_lead
-- Every sequence that a lead is or was in, each with the request behind it and the mail that waits.
SELECT enrolment.id, enrolment.sequence, enrolment.version, enrolment.state, enrolment.reason, enrolment.started_at,
  enrolment.ended_at, enrolment.submission_id, submission.magnet, submission.at AS asked_at, submission.page,
  mail.id AS mail_id, mail.step, mail.state AS mail_state, mail.due_at, mail.attempts, mail.reason AS mail_reason
FROM enrolment
LEFT JOIN submission ON submission.id = enrolment.submission_id
LEFT JOIN mail ON mail.enrolment_id = enrolment.id AND mail.state IN ('due', 'claimed', 'talking')
WHERE enrolment.lead_id = :lead_id ORDER BY enrolment.id;

-- name: happenings_of_lead
-- Everything that happened to a lead, oldest first.
SELECT id, at, kind, magnet, sequence, step, detail FROM event WHERE lead_id = :lead_id ORDER BY id;

-- name: versions_of_sequence
-- The versions of a sequence and when each was in force first, oldest first.
SELECT hash, source, first_seen_at FROM sequence_version WHERE sequence = :sequence ORDER BY first_seen_at, hash;
