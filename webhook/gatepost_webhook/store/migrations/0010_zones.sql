-- Who said in which time zone a lead is: form, import or page (the lead, where they choose what is sent); '' is nobody.
ALTER TABLE lead ADD COLUMN zone_from TEXT NOT NULL DEFAULT '';
