-- The cluster's roles, and what they may do in the database that this runs in.
--
-- Run as a superuser, once for each database and again after every change; it can be repeated.
-- PostgreSQL 16 or newer, because a role is granted with SET but without INHERIT:
--
--   createdb chatbo
--   CHATBO_OWNER_PASSWORD=... CHATBO_APP_PASSWORD=... psql -X -d chatbo -f deploy/roles.sql
--
-- Without these two variables the passwords stay as they are (\password sets them too).
-- The embedded PostgreSQL (chatbo/embedded.py) runs this very file, in template1 as well, so
-- that the databases of the tests are born with the same rights.

\set ON_ERROR_STOP on
\set QUIET on
\getenv owner_password CHATBO_OWNER_PASSWORD
\getenv app_password CHATBO_APP_PASSWORD

BEGIN;
SET LOCAL client_min_messages = warning;

SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['chatbo_owner', 'chatbo_app', 'chatbo_platform']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

-- Owns the tables: migrations, dumps, the tests' set-up. Row-level security does not bind it.
ALTER ROLE chatbo_owner LOGIN NOSUPERUSER BYPASSRLS CREATEDB NOCREATEROLE NOREPLICATION;

-- What web, worker and schedule log in as. It owns nothing, so it can switch no policy off.
ALTER ROLE chatbo_app LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;

-- What the application becomes inside platform_scope() (SET LOCAL ROLE): nobody logs in as it,
-- and without INHERIT the application has none of its rights before it says so.
ALTER ROLE chatbo_platform NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
GRANT chatbo_platform TO chatbo_app WITH INHERIT FALSE, SET TRUE, ADMIN FALSE;

\if :{?owner_password}
ALTER ROLE chatbo_owner PASSWORD :'owner_password';
\endif
\if :{?app_password}
ALTER ROLE chatbo_app PASSWORD :'app_password';
\endif

SELECT format('ALTER DATABASE %I OWNER TO chatbo_owner', current_database())
WHERE current_database() <> 'template1'
\gexec

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO chatbo_app, chatbo_platform;
ALTER DEFAULT PRIVILEGES FOR ROLE chatbo_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO chatbo_app, chatbo_platform;
ALTER DEFAULT PRIVILEGES FOR ROLE chatbo_owner IN SCHEMA public
    GRANT USAGE ON SEQUENCES TO chatbo_app, chatbo_platform;

-- All tenants' sessions log in as one role, and PostgreSQL shows a role its own sessions: their
-- statements, with the values in them, would be readable from another tenant's. Large objects
-- belong to a role as well, and no policy guards them. The application needs neither.
REVOKE EXECUTE ON FUNCTION pg_stat_get_activity(integer), pg_stat_get_backend_activity(integer)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION pg_stat_get_activity(integer), pg_stat_get_backend_activity(integer)
    TO pg_monitor, chatbo_owner;
REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea),
    lo_open(oid, integer), lo_get(oid), lo_get(oid, bigint, integer), lo_put(oid, bigint, bytea)
    FROM PUBLIC;

COMMIT;
