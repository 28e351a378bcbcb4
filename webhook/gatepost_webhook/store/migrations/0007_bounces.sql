-- What came back after a mail: of one lead, about one mail where that is known.
CREATE TABLE bounce (
  id {pk},
  lead_id {int} NOT NULL REFERENCES lead(id),
  mail_id {int} REFERENCES mail(id),
  at {int} NOT NULL,
  -- bounced, soft, blocked, delayed, complained or unsubscribed.
  kind TEXT NOT NULL,
  -- Enhanced status code (RFC 3463), '' when none was told.
  status TEXT NOT NULL,
  -- What the other side said, in one printable line.
  diagnostic TEXT NOT NULL,
  -- Who told it: smtp, dsn, arf, prose, mail, or a provider's name.
  source TEXT NOT NULL
){strict};
CREATE INDEX bounce_lead ON bounce(lead_id, kind, at);
CREATE INDEX bounce_mail ON bounce(mail_id);

-- Reports that were acted upon, by a hash of what tells them apart: told twice, they are acted upon once.
CREATE TABLE report (
  key TEXT PRIMARY KEY,
  at {int} NOT NULL
){strict};

-- What became of the reports that were read from a mailbox: how many, by source.
CREATE TABLE report_count (
  source TEXT NOT NULL,
  -- done, repeated, forged, gone, nothing or unreadable.
  verdict TEXT NOT NULL,
  count {int} NOT NULL,
  latest_at {int} NOT NULL,
  PRIMARY KEY (source, verdict)
){strict};

-- Why an address is suppressed, in codes: the row outlives the lead, so nothing here is about a person.
ALTER TABLE suppression ADD COLUMN detail TEXT NOT NULL DEFAULT '';
