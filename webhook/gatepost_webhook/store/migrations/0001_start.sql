-- What Gatepost keeps. Times are epoch seconds; JSON is opaque to SQL.
-- {pk}, {pk_once}, {int}, {blob} and {strict} are the few words in which SQLite and PostgreSQL differ.
-- Numbers that stand in links and Message-IDs are given out once ({pk_once}): an erased lead's link must not become
-- another lead's.

CREATE TABLE lead (
  id {pk_once},
  -- As typed, and as compared: lower case, domain in ASCII.
  email TEXT NOT NULL,
  canonical TEXT NOT NULL UNIQUE,
  -- JSON object of the form fields, newest answer first.
  fields TEXT NOT NULL DEFAULT '{{}}',
  created_at {int} NOT NULL,
  -- Set by the first confirmation.
  confirmed_at {int},
  -- Set while a confirmed marketing consent is in force.
  marketing_at {int}
){strict};

CREATE TABLE wording (
  -- SHA-256 of the exact text.
  hash TEXT PRIMARY KEY,
  text TEXT NOT NULL,
  first_seen_at {int} NOT NULL
){strict};

CREATE TABLE submission (
  id {pk_once},
  lead_id {int} NOT NULL REFERENCES lead(id),
  magnet TEXT NOT NULL,
  at {int} NOT NULL,
  -- Address of the page that held the form, without its query.
  page TEXT NOT NULL,
  fields TEXT NOT NULL,
  -- 1 when the marketing box was ticked.
  marketing {int} NOT NULL,
  wording TEXT REFERENCES wording(hash),
  -- SHA-256 over magnet, address and answers: a second press of the button is the same submission.
  fingerprint TEXT NOT NULL,
  confirmed_at {int},
  downloaded_at {int}
){strict};
CREATE INDEX submission_lead ON submission(lead_id, magnet, at);
CREATE INDEX submission_fingerprint ON submission(fingerprint, at);
CREATE INDEX submission_at ON submission(at);

-- Consent as it was given, confirmed and withdrawn. Append-only.
CREATE TABLE receipt (
  id {pk},
  lead_id {int} NOT NULL REFERENCES lead(id),
  submission_id {int} REFERENCES submission(id),
  purpose TEXT NOT NULL,
  -- given, declined, confirmed or withdrawn.
  act TEXT NOT NULL,
  at {int} NOT NULL,
  -- form, button, one-click or page.
  method TEXT NOT NULL,
  page TEXT NOT NULL,
  wording TEXT REFERENCES wording(hash),
  -- Message-ID of the confirmation mail, once confirmed.
  message_id TEXT
){strict};
CREATE INDEX receipt_lead ON receipt(lead_id, at);

-- Everything that happened. Append-only.
CREATE TABLE event (
  id {pk},
  at {int} NOT NULL,
  lead_id {int} NOT NULL REFERENCES lead(id),
  kind TEXT NOT NULL,
  magnet TEXT NOT NULL DEFAULT '',
  sequence TEXT NOT NULL DEFAULT '',
  step TEXT NOT NULL DEFAULT '',
  -- JSON object.
  detail TEXT NOT NULL DEFAULT '{{}}'
){strict};
CREATE INDEX event_lead ON event(lead_id, at);

-- A sequence as some enrolment knows it: its files as one JSON document, by content hash.
CREATE TABLE sequence_version (
  hash TEXT PRIMARY KEY,
  sequence TEXT NOT NULL,
  source TEXT NOT NULL,
  first_seen_at {int} NOT NULL
){strict};

CREATE TABLE enrolment (
  id {pk_once},
  lead_id {int} NOT NULL REFERENCES lead(id),
  sequence TEXT NOT NULL,
  submission_id {int} REFERENCES submission(id),
  -- Content hash of the sequence with which it was planned last; its event "enrolled" keeps the first.
  version TEXT NOT NULL,
  -- active, finished or stopped.
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  started_at {int} NOT NULL,
  ended_at {int},
  UNIQUE (lead_id, sequence)
){strict};

-- One mail each; of an enrolment only the next step is a row that waits.
CREATE TABLE mail (
  id {pk_once},
  -- confirm, delivery or drip.
  kind TEXT NOT NULL,
  lead_id {int} NOT NULL REFERENCES lead(id),
  submission_id {int} REFERENCES submission(id),
  enrolment_id {int} REFERENCES enrolment(id),
  step TEXT NOT NULL DEFAULT '',
  -- due, claimed, talking, sent, failed, held, skipped or cancelled.
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  due_at {int} NOT NULL,
  lease_until {int} NOT NULL DEFAULT 0,
  -- Grows with each claim: a worker that lost its lease finds another number here.
  fence {int} NOT NULL DEFAULT 0,
  attempts {int} NOT NULL DEFAULT 0,
  message_id TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL DEFAULT '',
  -- The exact bytes, from claim until a while after sending.
  mime {blob},
  content_hash TEXT NOT NULL DEFAULT '',
  created_at {int} NOT NULL,
  -- Epoch second of the last change of state.
  changed_at {int} NOT NULL,
  UNIQUE (enrolment_id, step)
){strict};
CREATE INDEX mail_due ON mail(due_at, id) WHERE state = 'due';
CREATE INDEX mail_open ON mail(lease_until) WHERE state IN ('claimed', 'talking');
CREATE INDEX mail_lead ON mail(lead_id, kind, created_at);
-- How many confirmations an hour: asked with every submission.
CREATE INDEX mail_confirm ON mail(due_at) WHERE kind = 'confirm';

-- Addresses that get no mail. Survives erasure, so the address is a keyed hash.
CREATE TABLE suppression (
  address TEXT NOT NULL,
  -- marketing, or all.
  scope TEXT NOT NULL,
  -- unsubscribed, not-me, bounced, complained or owner.
  reason TEXT NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (address, scope)
){strict};

-- How often something was done in a slot of time: limits that survive a restart.
CREATE TABLE hit (
  key TEXT NOT NULL,
  -- Epoch second at which the slot ends.
  until {int} NOT NULL,
  count {int} NOT NULL,
  PRIMARY KEY (key, until)
){strict};
CREATE INDEX hit_until ON hit(until);
