-- name: held_mails
-- Mails of unknown fate, oldest first: what the owner needs to look them up and to decide.
SELECT mail.id, mail.kind, mail.lead_id, mail.step, mail.reason, mail.message_id, mail.subject, mail.fence,
  coalesce(mail.handed_at, mail.changed_at) AS handed_at, mail.changed_at AS held_at,
  lead.email, coalesce(enrolment.sequence, '') AS sequence
FROM mail JOIN lead ON lead.id = mail.lead_id LEFT JOIN enrolment ON enrolment.id = mail.enrolment_id
WHERE mail.state = 'held' ORDER BY mail.changed_at, mail.id;

-- name: count_held^
-- How many mails wait for the owner's decision.
SELECT count(*) AS count FROM mail WHERE state = 'held';

-- name: held_bytes^
-- The bytes of a held mail.
SELECT mime FROM mail WHERE id = :id AND state = 'held';

-- name: deliver_held!
-- The owner found that it arrived; it went out when it was handed over.
UPDATE mail SET state = 'sent', reason = :reason, changed_at = coalesce(handed_at, changed_at)
WHERE id = :id AND state = 'held';

-- name: drop_held!
-- The owner gives it up.
UPDATE mail SET state = 'failed', reason = :reason, changed_at = :now WHERE id = :id AND state = 'held';

-- name: take_held!
-- The owner has it sent again: should that break off, it is held again.
UPDATE mail SET state = 'talking', fence = :fence + 1, lease_until = :lease_until, reason = :reason, changed_at = :now
WHERE id = :id AND state = 'held' AND fence = :fence;

-- name: owner_decisions
-- What the owner decided about held mails, and had sent again.
SELECT detail FROM event WHERE kind IN ('delivered', 'repeated') ORDER BY id;
