-- name: drips_sent_twice
-- Steps that went out more than once to one enrolment.
SELECT enrolment_id, step, count(*) AS times
FROM mail
WHERE kind = 'drip' AND state = 'sent'
GROUP BY enrolment_id, step
HAVING count(*) > 1;

-- name: drips_without_consent
-- Mails of a sequence that went out although no consent had been confirmed before.
SELECT mail.id, mail.lead_id, mail.step
FROM mail
WHERE mail.kind = 'drip' AND mail.state = 'sent'
  AND NOT EXISTS (
    SELECT 1 FROM receipt
    WHERE receipt.lead_id = mail.lead_id AND receipt.act = 'confirmed' AND receipt.at <= mail.changed_at
  );

-- name: drips_after_withdrawal
-- Mails of a sequence that went out after a withdrawal, with no fresh confirmation in between.
SELECT mail.id, mail.lead_id, mail.step, withdrawn.at AS withdrawn_at
FROM mail
JOIN receipt AS withdrawn ON withdrawn.lead_id = mail.lead_id AND withdrawn.act = 'withdrawn'
WHERE mail.kind = 'drip' AND mail.state = 'sent' AND mail.changed_at > withdrawn.at + :talking_for
  AND NOT EXISTS (
    SELECT 1 FROM receipt AS again
    WHERE again.lead_id = mail.lead_id AND again.act = 'confirmed'
      AND again.id > withdrawn.id AND again.at <= mail.changed_at
  );

-- name: suppressed_events
-- When which lead's address was suppressed, and how.
SELECT id, at, lead_id, detail FROM event WHERE kind = 'suppressed' ORDER BY id;

-- name: mails_sent_after
-- Mails to one lead that went out after an instant.
SELECT id, kind, step FROM mail WHERE lead_id = :lead_id AND state = 'sent' AND changed_at > :instant;

-- name: mails_stuck
-- Mails in somebody's hand whose lease is over.
SELECT id, kind, state, lease_until FROM mail
WHERE state IN ('claimed', 'talking') AND lease_until < :now;

-- name: mails_sent
-- Every mail that is recorded as sent.
SELECT id, kind, message_id FROM mail WHERE state = 'sent';

-- name: mails_named
-- Every mail that was ever given a Message-ID.
SELECT id, kind, state, message_id FROM mail WHERE message_id <> '';

-- name: submitted_addresses
-- The address of every lead that a stored submission belongs to.
SELECT DISTINCT lead.canonical FROM submission JOIN lead ON lead.id = submission.lead_id;
