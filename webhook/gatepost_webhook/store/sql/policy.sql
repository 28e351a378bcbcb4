-- name: add_pause!
-- Stop sending, all or one sequence; a second reason does not replace the first.
INSERT INTO pause (sequence, cause, reason, at) VALUES (:sequence, :cause, :reason, :now)
ON CONFLICT (sequence) DO NOTHING;

-- name: all_pauses
-- What is paused, and why.
SELECT sequence, cause, reason, at FROM pause ORDER BY sequence;

-- name: pause_of^
-- Whether all mail ('') or one sequence is paused.
SELECT sequence, cause, reason, at FROM pause WHERE sequence = :sequence;

-- name: pause_of_enrolment^
-- Whether all mail, or the sequence of an enrolment, is paused.
SELECT sequence, cause, reason, at FROM pause
WHERE sequence = '' OR sequence = (SELECT sequence FROM enrolment WHERE id = :id) LIMIT 1;

-- name: lift_pause!
-- Go on with sending, as far as this pause is concerned.
DELETE FROM pause WHERE sequence = :sequence AND cause = :cause;

-- name: delay_mail!
-- A mail that is due has to wait, for a pause's end or its turn; that it may have arrived before is not forgotten.
UPDATE mail SET due_at = :due_at, changed_at = :now,
  reason = CASE WHEN reason LIKE 'repeated:%' OR reason LIKE 'the database was restored%' THEN reason ELSE :reason END
WHERE id = :id AND state = 'due';

-- name: end_waiting_for_pause!
-- What waited for a sequence's pause is due now.
UPDATE mail SET due_at = :now, reason = '', changed_at = :now
WHERE state = 'due' AND reason = :reason AND due_at > :now
  AND enrolment_id IN (SELECT id FROM enrolment WHERE sequence = :sequence);

-- name: note_road!
-- Keep how a channel's relay was met, and since when.
INSERT INTO road (channel, state, reply, since) VALUES (:channel, :state, :reply, :now)
ON CONFLICT (channel) DO UPDATE SET reply = excluded.reply, state = excluded.state,
  since = CASE WHEN road.state = excluded.state THEN road.since ELSE excluded.since END;

-- name: road_of^
-- How a channel's relay was met last.
SELECT channel, state, reply, since FROM road WHERE channel = :channel;

-- name: counter_of^
-- A number that only grows.
SELECT value FROM counter WHERE name = :name;

-- name: count_up^
-- Count so many more.
INSERT INTO counter (name, value) VALUES (:name, :by)
ON CONFLICT (name) DO UPDATE SET value = counter.value + excluded.value RETURNING value;

-- name: raise_counter!
-- Set a number, unless it is higher already.
INSERT INTO counter (name, value) VALUES (:name, :value)
ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value > counter.value;

-- name: any_mail^
-- Whether there is any mail.
SELECT id FROM mail LIMIT 1;

-- name: handed_at_of^
-- When a copy of a mail may have been accepted for the first time.
SELECT handed_at FROM mail WHERE id = :id;

-- name: add_hits!
-- Count some more.
INSERT INTO hit (key, until, count) VALUES (:key, :until, :count)
ON CONFLICT (key, until) DO UPDATE SET count = hit.count + excluded.count;

-- name: take_back_hits!
-- Count some less: they did not happen.
UPDATE hit SET count = count - :count WHERE key = :key AND until = :until AND count >= :count;

-- name: sum_of_hits^
-- How often something was done within its window.
SELECT coalesce(sum(count), 0) AS total FROM hit WHERE key = :key AND until > :now;

-- name: last_turn^
-- The last turn that was given to anybody who waits.
SELECT until, count FROM hit WHERE key = :key AND until >= :earliest ORDER BY until DESC LIMIT 1;

-- name: bytes_of_mail^
-- The bytes of a mail that may have arrived: the next copy must be the same.
SELECT mime FROM mail WHERE id = :id;

-- name: count_mails_over^
-- How many mails were handed over, or given up.
SELECT count(*) AS count FROM mail WHERE state IN ('sent', 'held', 'failed');

-- name: due_by_kind
-- What is due, and since when.
SELECT mail.kind, coalesce(enrolment.sequence, '') AS sequence, count(*) AS count, min(mail.due_at) AS oldest
FROM mail LEFT JOIN enrolment ON enrolment.id = mail.enrolment_id
WHERE mail.state IN ('due', 'claimed') AND mail.due_at <= :now
GROUP BY mail.kind, coalesce(enrolment.sequence, '') ORDER BY 1 DESC, 2;

-- name: doubt_drips!
-- Steps that a lost database may have sent: each is held for the owner when its turn comes.
UPDATE mail SET reason = :reason
WHERE state IN ('due', 'claimed') AND kind = 'drip' AND due_at <= :before AND reason NOT LIKE 'repeated:%';

-- name: name_mail!
-- Give a mail that was never written here the Message-ID that it would have had.
UPDATE mail SET message_id = :message_id WHERE id = :id AND message_id = '';

-- name: oldest_lead_at^
-- Since when there is anybody worth a backup; 9999999999 while there is nobody.
SELECT coalesce(min(created_at), 9999999999) AS at FROM lead;
