-- The roles of Switchyard, and the database handed to their owner. Idempotent. Needs a superuser; run it in the
-- database that Switchyard is to use. Then give the two that log in a password:
--   alter role switchyard_owner password '...';   -- DATABASE_MIGRATION_URL
--   alter role switchyard_login password '...';   -- DATABASE_URL
do $$
declare role text;
begin
  foreach role in array array['owner', 'login', 'app', 'operator', 'gateway', 'metering', 'system', 'lookup', 'maintenance'] loop
    if not exists (select from pg_roles where rolname = 'switchyard_' || role) then
      execute format('create role %I noinherit', 'switchyard_' || role);
    end if;
  end loop;
end $$;

-- The owner does not inherit either: it takes the maintenance or the look-up role when a migration says so, and
-- forced row-level security binds it otherwise.
alter role switchyard_owner login noinherit nosuperuser nocreaterole nocreatedb noreplication nobypassrls;
-- The server's login has no right of its own.
alter role switchyard_login login noinherit nosuperuser nocreaterole nocreatedb noreplication nobypassrls;
alter role switchyard_app nologin nosuperuser nocreaterole nocreatedb noreplication nobypassrls;
alter role switchyard_operator nologin nosuperuser nocreaterole nocreatedb noreplication nobypassrls;
alter role switchyard_gateway nologin nosuperuser nocreaterole nocreatedb noreplication nobypassrls;
alter role switchyard_metering nologin nosuperuser nocreaterole nocreatedb noreplication nobypassrls;
alter role switchyard_system nologin nosuperuser nocreaterole nocreatedb noreplication nobypassrls;
-- Owns the look-up functions and nothing else.
alter role switchyard_lookup nologin nosuperuser nocreaterole nocreatedb noreplication bypassrls;
-- Backfills and backups, by explicit policies.
alter role switchyard_maintenance nologin nosuperuser nocreaterole nocreatedb noreplication nobypassrls;

grant switchyard_app, switchyard_operator, switchyard_gateway, switchyard_metering, switchyard_system to switchyard_login;
grant switchyard_lookup, switchyard_maintenance to switchyard_owner;

do $$
begin
  execute format('alter database %I owner to switchyard_owner', current_database());
  execute format('revoke create, temporary on database %I from public', current_database());
  execute format('grant connect on database %I to switchyard_login', current_database());
end $$;
alter schema public owner to switchyard_owner;
