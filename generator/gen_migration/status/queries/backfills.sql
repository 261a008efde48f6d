-- Backfills that run just now: a revision says in the name of its session how far it is.
SELECT pid, application_name
FROM pg_stat_activity
WHERE datname = current_database() AND application_name ~ '^[0-9]+ rows filled, '
ORDER BY pid
