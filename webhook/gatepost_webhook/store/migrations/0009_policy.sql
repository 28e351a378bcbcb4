-- Why nothing, or nothing of one sequence, is sent for now; it is lifted by the owner alone.
CREATE TABLE pause (
  -- '' is all mail, else one sequence.
  sequence TEXT PRIMARY KEY,
  -- refused, restored or copied.
  cause TEXT NOT NULL,
  reason TEXT NOT NULL,
  at {int} NOT NULL
){strict};

-- How each channel's relay was met last.
CREATE TABLE road (
  channel TEXT PRIMARY KEY,
  -- open, away or closed.
  state TEXT NOT NULL,
  reply TEXT NOT NULL,
  -- Since when it is so.
  since {int} NOT NULL
){strict};

-- Numbers that only grow: how many mails were begun to be handed over, when the last backup was made.
CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value {int} NOT NULL
){strict};

-- When the first copy of a mail could have been accepted; NULL while none could.
ALTER TABLE mail ADD COLUMN handed_at {int};
-- What the owner has to decide about is found without reading every mail.
CREATE INDEX mail_held ON mail(changed_at) WHERE state = 'held';
