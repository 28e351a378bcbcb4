-- The story of one lead
-- Everything that happened with one person, from the first form to the last mail. Type the e-mail address.
SELECT events.at, events.kind, events.magnet, events.sequence, events.step, events.mail, events.reason
FROM events JOIN leads ON leads.id = events.lead_id
WHERE ltrim(leads.email, '''') = trim(:email) COLLATE NOCASE
ORDER BY events.id;
