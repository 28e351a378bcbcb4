-- From submission to confirmation to download
-- Of the people who sent a magnet's form: how many confirmed, how many of those fetched the file, and how many ticked
-- the box for more mail. "Within an hour" is of those who confirmed. One row a magnet, the whole below.
WITH steps AS (
  SELECT magnet, lead_id, max(confirmed IS NOT NULL) AS confirmed, max(downloaded IS NOT NULL) AS downloaded,
    max(marketing = 'yes') AS ticked, min(minutes_to_confirm) AS minutes
  FROM submissions GROUP BY magnet, lead_id
), parts AS (
  SELECT 0 AS place, magnet, lead_id, confirmed, downloaded, ticked, minutes FROM steps
  UNION ALL
  SELECT 1, 'all magnets', lead_id, max(confirmed), max(downloaded), max(ticked), min(minutes)
  FROM steps GROUP BY lead_id
)
SELECT
  magnet,
  count(*) AS people,
  sum(confirmed) AS confirmed,
  round(100.0 * sum(confirmed) / count(*), 1) AS confirmed_percent,
  sum(downloaded) AS downloaded,
  round(100.0 * sum(downloaded) / nullif(sum(confirmed), 0), 1) AS downloaded_percent,
  round(100.0 * sum(minutes <= 60) / nullif(sum(confirmed), 0), 1) AS within_an_hour_percent,
  sum(ticked) AS ticked_the_box,
  round(100.0 * sum(ticked) / count(*), 1) AS ticked_percent
FROM parts
GROUP BY place, magnet
ORDER BY place, people DESC, magnet;
