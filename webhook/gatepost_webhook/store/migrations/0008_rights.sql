-- What a lead chose on the preferences page. Who chose nothing has no row.
CREATE TABLE preference (
  lead_id {int} PRIMARY KEY REFERENCES lead(id),
  -- No step of a sequence goes out before this epoch second; NULL: never paused.
  paused_until {int},
  -- Mails of sequences in any seven days; NULL: as they come.
  most_per_week {int},
  -- BCP 47; '': that of the form.
  language TEXT NOT NULL DEFAULT '',
  -- JSON list of the topics that the lead does not want.
  topics_left TEXT NOT NULL DEFAULT '[]',
  changed_at {int} NOT NULL
){strict};

-- That somebody was erased, so that a restored backup can be told. The address is a keyed hash.
CREATE TABLE erasure (
  id {pk},
  address TEXT NOT NULL,
  at {int} NOT NULL,
  -- command, page, inactive or restored.
  method TEXT NOT NULL,
  -- How many mails were known of, for those who compare with what a relay says.
  mails {int} NOT NULL
){strict};
CREATE INDEX erasure_address ON erasure(address, at);
CREATE INDEX erasure_at ON erasure(at);

-- What shows that an erased person had agreed: found by whoever knows the address and the key, and by nobody else.
CREATE TABLE proof (
  id {pk},
  address TEXT NOT NULL,
  purpose TEXT NOT NULL,
  act TEXT NOT NULL,
  at {int} NOT NULL,
  method TEXT NOT NULL,
  page TEXT NOT NULL,
  wording TEXT REFERENCES wording(hash),
  erased_at {int} NOT NULL
){strict};
CREATE INDEX proof_address ON proof(address, at);
CREATE INDEX proof_erased ON proof(erased_at);

-- Who is being erased, within one transaction: the rows of these leads alone may leave the append-only tables.
CREATE TABLE erasing (
  lead_id {int} PRIMARY KEY
){strict};

-- What is old enough to be forgotten is looked for every day.
CREATE INDEX lead_unconfirmed ON lead(created_at) WHERE confirmed_at IS NULL;
