-- name: add_tag!
-- A lead gets a tag, once.
INSERT INTO lead_tag (lead_id, tag, at) VALUES (:lead_id, :tag, :now) ON CONFLICT (lead_id, tag) DO NOTHING;

-- name: drop_tag!
-- A lead loses a tag.
DELETE FROM lead_tag WHERE lead_id = :lead_id AND tag = :tag;

-- name: tags_of_lead
-- The tags of a lead, by name.
SELECT tag FROM lead_tag WHERE lead_id = :lead_id ORDER BY tag;

-- name: stage_of_lead^
-- The stage of a lead.
SELECT stage FROM lead WHERE id = :lead_id;

-- name: set_stage!
-- A lead moves from one stage to another.
UPDATE lead SET stage = :stage, scored_by = '' WHERE id = :lead_id AND stage = :before;

-- name: add_note^
-- Something worth knowing of a lead; of one occasion once.
INSERT INTO lead_note (lead_id, at, text, occasion) VALUES (:lead_id, :now, :text, :occasion)
ON CONFLICT (lead_id, occasion) DO NOTHING RETURNING id;

-- name: notes_of_lead
-- The notes about a lead, oldest first.
SELECT at, text FROM lead_note WHERE lead_id = :lead_id ORDER BY id;

-- name: add_visit!
-- A lead opened a page of ours; within an hour it is the same visit.
INSERT INTO lead_visit (lead_id, page, first_at, last_at) VALUES (:lead_id, :page, :now, :now)
ON CONFLICT (lead_id, page) DO UPDATE SET last_at = excluded.last_at WHERE lead_visit.last_at <= :since;

-- name: wants_score!
-- What counts for a lead's score has changed.
UPDATE lead SET scored_by = '' WHERE id = :lead_id AND scored_by <> '';
