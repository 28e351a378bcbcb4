-- name: add_call!
-- Want a call made, once for each step of an enrolment.
INSERT INTO call (lead_id, enrolment_id, step, name, state, due_at, created_at, changed_at)
VALUES (:lead_id, :enrolment_id, :step, :name, 'due', :now, :now, :now)
ON CONFLICT (enrolment_id, step) DO NOTHING;

-- name: due_calls
-- Calls that are due, but of some names.
SELECT id, lead_id, enrolment_id, step, name, fence, attempts, created_at
FROM call WHERE state = 'due' AND due_at <= :now AND name NOT IN EACH(:without) ORDER BY due_at, id LIMIT :limit;

-- name: old_calls
-- Due calls of some names that were wanted long ago.
SELECT id, lead_id, enrolment_id, step, name, fence, attempts, created_at
FROM call WHERE state = 'due' AND due_at <= :now AND created_at <= :before AND name IN EACH(:names)
ORDER BY due_at, id LIMIT :limit;

-- name: claim_call!
-- Take a due call in hand.
UPDATE call SET state = 'claimed', fence = :fence + 1, lease_until = :lease_until, changed_at = :now
WHERE id = :id AND state = 'due' AND fence = :fence;

-- name: return_call!
-- A call was not taken: it is due again later.
UPDATE call SET state = 'due', reason = :reason, due_at = :due_at, attempts = attempts + 1, changed_at = :now
WHERE id = :id AND state = 'claimed' AND fence = :fence;

-- name: end_call!
-- A call was taken, or is given up.
UPDATE call SET state = :state, reason = :reason, changed_at = :now
WHERE id = :id AND state = 'claimed' AND fence = :fence;

-- name: return_abandoned_calls!
-- What a worker took in hand and never ended is due again when its lease is over, or longer than any lease.
UPDATE call SET state = 'due', changed_at = :now
WHERE state = 'claimed' AND (lease_until <= :now OR lease_until > :latest);

-- name: call_is_due^
-- Whether a call is due, or one in hand is not any more.
SELECT id FROM call WHERE (state = 'due' AND due_at <= :now) OR (state = 'claimed' AND lease_until <= :now) LIMIT 1;
