-- name: unconfirmed_leads
-- Leads who never confirmed, asked last before an instant, and wait for no mail.
SELECT id FROM lead
WHERE confirmed_at IS NULL AND created_at <= :before
  AND NOT EXISTS (SELECT 1 FROM submission WHERE submission.lead_id = lead.id AND submission.at > :before)
  AND NOT EXISTS (SELECT 1 FROM mail WHERE mail.lead_id = lead.id AND mail.state IN ('due', 'claimed', 'talking'))
ORDER BY created_at, id LIMIT :limit;

-- name: inactive_leads
-- Leads who did nothing since an instant: what is sent to them and decided about them is not their doing.
SELECT id FROM lead
WHERE created_at <= :before AND last_activity_at <= :before
  AND NOT EXISTS (
    SELECT 1 FROM event
    WHERE event.lead_id = lead.id AND event.at > :before AND event.kind NOT IN (
      'enrolled', 'sent', 'skipped', 'failed', 'held', 'acted', 'finished', 'stopped', 'cancelled', 'suppressed'
    )
  )
ORDER BY created_at, id LIMIT :limit;

-- name: kept_mails
-- Mails whose bytes are kept although they were sent, or given up, before an instant.
SELECT id FROM mail
WHERE mime IS NOT NULL AND state IN ('sent', 'failed', 'skipped', 'cancelled') AND changed_at <= :before
ORDER BY changed_at LIMIT :limit;

-- name: forget_bytes!
-- Let the bytes of a mail go.
UPDATE mail SET mime = NULL WHERE id = :id AND state IN ('sent', 'failed', 'skipped', 'cancelled');

-- name: old_hits
-- Counts that no limit looks at any more.
SELECT key, until FROM hit WHERE until <= :before ORDER BY until LIMIT :limit;

-- name: forget_hit!
-- Drop one of them.
DELETE FROM hit WHERE key = :key AND until = :until;

-- name: old_proofs
-- Proofs of the consent of people who were erased before an instant.
SELECT id FROM proof WHERE erased_at <= :before ORDER BY erased_at, id LIMIT :limit;

-- name: forget_proof!
-- Drop one of them.
DELETE FROM proof WHERE id = :id;
