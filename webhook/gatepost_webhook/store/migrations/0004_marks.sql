-- What owners and sequences say of a lead, and what may be asked about leads by index.
ALTER TABLE lead ADD COLUMN stage TEXT NOT NULL DEFAULT '';
-- Points by sequences/scores.yml; a function of the event log, kept so that it can be asked for.
ALTER TABLE lead ADD COLUMN score {int} NOT NULL DEFAULT 0;
-- Hash of the rules that gave the score, and when; '' asks for a new one.
ALTER TABLE lead ADD COLUMN scored_by TEXT NOT NULL DEFAULT '';
ALTER TABLE lead ADD COLUMN scored_at {int} NOT NULL DEFAULT 0;
-- The last thing that the lead is known to have done after asking; 0 is nothing yet.
ALTER TABLE lead ADD COLUMN last_activity_at {int} NOT NULL DEFAULT 0;
-- 1 when lead_answer has the lead's answers as they are now.
ALTER TABLE lead ADD COLUMN answers_kept {int} NOT NULL DEFAULT 0;
-- Who was here before there were scores has passed no threshold by getting one.
UPDATE lead SET scored_by = 'before';
CREATE INDEX lead_stage ON lead(stage) WHERE stage <> '';
CREATE INDEX lead_score ON lead(score) WHERE score <> 0;
CREATE INDEX lead_created ON lead(created_at);
CREATE INDEX lead_active ON lead(last_activity_at) WHERE last_activity_at <> 0;
CREATE INDEX lead_scored ON lead(scored_by, scored_at) WHERE confirmed_at IS NOT NULL;
CREATE INDEX lead_answers_due ON lead(id) WHERE answers_kept = 0;

UPDATE lead SET last_activity_at = coalesce(
  (SELECT max(at) FROM event WHERE lead_id = lead.id AND kind IN ('confirmed', 'downloaded', 'visited')), 0
);

-- A lead's answers as conditions compare them: folded (leads/folding.py), and as a number when they are one.
CREATE TABLE lead_answer (
  lead_id {int} NOT NULL REFERENCES lead(id),
  field TEXT NOT NULL,
  value TEXT NOT NULL,
  number {real},
  PRIMARY KEY (lead_id, field)
){strict};
CREATE INDEX lead_answer_value ON lead_answer(field, value, lead_id);
CREATE INDEX lead_answer_number ON lead_answer(field, number, lead_id) WHERE number IS NOT NULL;

CREATE TABLE lead_tag (
  lead_id {int} NOT NULL REFERENCES lead(id),
  -- Folded; two spellings of a tag are one.
  tag TEXT NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (lead_id, tag)
){strict};
CREATE INDEX lead_tag_tag ON lead_tag(tag, lead_id);

CREATE TABLE lead_note (
  id {pk},
  lead_id {int} NOT NULL REFERENCES lead(id),
  at {int} NOT NULL,
  text TEXT NOT NULL,
  -- Names the occasion: of one occasion there is one note.
  occasion TEXT NOT NULL,
  UNIQUE (lead_id, occasion)
){strict};

-- Which pages and links of ours a lead opened, when first and last.
CREATE TABLE lead_visit (
  lead_id {int} NOT NULL REFERENCES lead(id),
  page TEXT NOT NULL,
  first_at {int} NOT NULL,
  last_at {int} NOT NULL,
  PRIMARY KEY (lead_id, page)
){strict};
CREATE INDEX lead_visit_page ON lead_visit(page, lead_id);

CREATE INDEX submission_magnet ON submission(magnet, lead_id);
CREATE INDEX enrolment_sequence ON enrolment(sequence, state, lead_id);
CREATE INDEX event_finished ON event(sequence, lead_id) WHERE kind = 'finished';
