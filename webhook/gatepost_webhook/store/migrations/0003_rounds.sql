-- A lead may go through a sequence again: each time is a round, and no step is sent twice within one.
ALTER TABLE enrolment ADD COLUMN round {int} NOT NULL DEFAULT 1;
-- Why the lead came in: magnet, or a word of `enter` in sequence.yml with what it named; start for another sequence.
ALTER TABLE enrolment ADD COLUMN cause TEXT NOT NULL DEFAULT 'magnet';
-- IANA name of the lead's time zone; '' is not known.
ALTER TABLE lead ADD COLUMN zone TEXT NOT NULL DEFAULT '';

-- Calls of other systems that steps of sequences want made. What they say is made of the lead when they are made.
CREATE TABLE call (
  id {pk},
  lead_id {int} NOT NULL REFERENCES lead(id),
  enrolment_id {int} NOT NULL,
  step TEXT NOT NULL,
  -- Of the address in GATEPOST_WEBHOOKS.
  name TEXT NOT NULL,
  -- due, claimed, sent or failed.
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  due_at {int} NOT NULL,
  lease_until {int} NOT NULL DEFAULT 0,
  fence {int} NOT NULL DEFAULT 0,
  attempts {int} NOT NULL DEFAULT 0,
  created_at {int} NOT NULL,
  changed_at {int} NOT NULL,
  UNIQUE (enrolment_id, step)
){strict};
CREATE INDEX call_due ON call(due_at, id) WHERE state = 'due';
CREATE INDEX call_claimed ON call(lease_until) WHERE state = 'claimed';
CREATE INDEX call_lead ON call(lead_id);

-- How far somebody has read in the log of events. What happened before there were such readers concerns nobody.
CREATE TABLE reading (
  reader TEXT PRIMARY KEY,
  event_id {int} NOT NULL
){strict};
INSERT INTO reading (reader, event_id) SELECT 'sequences', coalesce(max(id), 0) FROM event;
