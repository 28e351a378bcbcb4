-- SQLite cannot take a UNIQUE away, so the table is made anew; `mail` refers to it, which is checked at the COMMIT.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE enrolment_before AS SELECT * FROM enrolment;
DROP TABLE enrolment;
CREATE TABLE enrolment (
  -- As before: these numbers stand in links, and are given out once.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  lead_id INTEGER NOT NULL REFERENCES lead(id),
  sequence TEXT NOT NULL,
  submission_id INTEGER REFERENCES submission(id),
  version TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  round INTEGER NOT NULL DEFAULT 1,
  cause TEXT NOT NULL DEFAULT 'magnet',
  UNIQUE (lead_id, sequence, round)
) STRICT;
INSERT INTO enrolment (id, lead_id, sequence, submission_id, version, state, reason, started_at, ended_at, round, cause)
SELECT id, lead_id, sequence, submission_id, version, state, reason, started_at, ended_at, round, cause
FROM enrolment_before;
DROP TABLE enrolment_before;
