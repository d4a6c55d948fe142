-- The two roles and the database for an outside PostgreSQL (17 or newer). Run once as a superuser:
--     psql -f deploy/postgres_roles.sql
-- Then give each role a password (\password opencen_owner, \password opencen_app) or a client certificate.
-- Neither role may pass row security: it is the wall under the access rules.

CREATE ROLE opencen_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE ROLE opencen_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
CREATE DATABASE opencen OWNER opencen_owner TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE opencen FROM PUBLIC;
GRANT CONNECT ON DATABASE opencen TO opencen_app;

\connect opencen
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO opencen_app;
ALTER DEFAULT PRIVILEGES FOR ROLE opencen_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO opencen_app;
ALTER DEFAULT PRIVILEGES FOR ROLE opencen_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO opencen_app;
