-- name: leads_to_score
-- Confirmed leads whose score is not by these rules, those who did something first; (a lead, its score, by what).
SELECT id, score, scored_by FROM lead
WHERE confirmed_at IS NOT NULL AND (scored_by < :version OR scored_by > :version)
ORDER BY scored_by LIMIT :limit;

-- name: leads_to_fade
-- Confirmed leads with points whose score is older than a moment.
SELECT id, score, scored_by FROM lead
WHERE confirmed_at IS NOT NULL AND scored_by = :version AND scored_at <= :before AND score <> 0
ORDER BY scored_at LIMIT :limit;

-- name: set_score!
-- A lead's score by some rules, unless something happened since that counts.
UPDATE lead SET score = :score, scored_by = :version, scored_at = :now
WHERE id = :lead_id AND score = :before AND scored_by = :was;

-- name: score_of_lead^
-- A lead's score, and by which rules.
SELECT id, score, scored_by FROM lead WHERE id = :lead_id AND confirmed_at IS NOT NULL;

-- name: forget_scores!
-- No rules, no points; and what was done meanwhile lifts nobody when there are rules again. A batch at a time.
UPDATE lead SET score = 0, scored_by = 'none' WHERE id IN (
  SELECT id FROM lead WHERE confirmed_at IS NOT NULL AND scored_by = ''
  UNION ALL
  SELECT id FROM lead WHERE score <> 0
  LIMIT :limit
);
