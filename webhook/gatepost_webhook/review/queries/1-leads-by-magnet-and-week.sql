-- Leads by magnet and week
-- How many people asked for which magnet in which week, and how many of them confirmed. Weeks begin on Monday.
SELECT
  date(submitted, 'weekday 0', '-6 days') AS week_from,
  magnet,
  count(*) AS submissions,
  count(DISTINCT lead_id) AS leads,
  count(DISTINCT CASE WHEN confirmed IS NOT NULL THEN lead_id END) AS confirmed
FROM submissions
GROUP BY week_from, magnet
ORDER BY week_from DESC, leads DESC, magnet;
