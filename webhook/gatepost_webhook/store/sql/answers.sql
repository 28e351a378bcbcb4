-- name: leads_without_answers
-- Leads whose answers are not kept for searching as they are now.
SELECT id, fields FROM lead WHERE answers_kept = 0 ORDER BY id LIMIT :limit;

-- name: drop_answers!
-- Forget a lead's answers as they were.
DELETE FROM lead_answer WHERE lead_id = :lead_id;

-- name: add_answer!
-- Keep an answer for searching.
INSERT INTO lead_answer (lead_id, field, value, number) VALUES (:lead_id, :field, :value, :number);

-- name: answers_are_kept!
-- A lead's answers can be searched.
UPDATE lead SET answers_kept = 1 WHERE id = :lead_id AND fields = :fields AND answers_kept = 0;
