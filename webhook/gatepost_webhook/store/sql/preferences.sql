-- name: preference_of^
-- What a lead chose; nothing when it chose nothing.
SELECT paused_until, most_per_week, language, topics_left, changed_at FROM preference WHERE lead_id = :lead_id;

-- name: add_preference!
-- Keep what a lead chose for the first time.
INSERT INTO preference (lead_id, paused_until, most_per_week, language, topics_left, changed_at)
VALUES (:lead_id, :paused_until, :most_per_week, :language, :topics_left, :now)
ON CONFLICT (lead_id) DO NOTHING;

-- name: change_preference!
-- Keep what a lead chooses instead, unless it was changed meanwhile.
UPDATE preference
SET paused_until = :paused_until, most_per_week = :most_per_week, language = :language, topics_left = :topics_left,
  changed_at = :now
WHERE lead_id = :lead_id AND coalesce(paused_until, -1) = coalesce(:old_paused_until, -1)
  AND coalesce(most_per_week, -1) = coalesce(:old_most_per_week, -1)
  AND language = :old_language AND topics_left = :old_topics_left;

-- name: last_step_mail^
-- When a step of any sequence went to a lead last, or was taken in hand.
SELECT max(changed_at) AS at FROM mail
WHERE lead_id = :lead_id AND kind = 'drip' AND state IN ('claimed', 'talking', 'sent', 'held');
