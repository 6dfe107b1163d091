-- Runs as switchyard_owner. The roles exist already (server/db/src/bootstrap.sql).
-- What every later table stands on: the current tenant, one protection for all tenant tables, the change counter.

revoke create on schema public from public;
revoke all on schema public from public;
grant usage on schema public to
  switchyard_app, switchyard_operator, switchyard_gateway, switchyard_metering,
  switchyard_system, switchyard_lookup, switchyard_maintenance;

-- The tenant of this transaction. Raises when none is set: there is no permissive fallback.
-- A reverted set_config(.., true) leaves '', not null, so both count as unset.
create function current_tenant() returns uuid
language plpgsql stable parallel safe set search_path = pg_catalog, public as $$
declare value text := current_setting('app.tenant_id', true);
begin
  if value is null or value = '' then
    raise exception 'app.tenant_id is not set in this transaction' using errcode = 'insufficient_privilege';
  end if;
  return value::uuid;
end $$;
revoke all on function current_tenant() from public;
grant execute on function current_tenant() to switchyard_app, switchyard_maintenance, switchyard_operator,
  switchyard_gateway, switchyard_metering, switchyard_system, switchyard_lookup;

-- The one protection of tenant-owned tables: row-level security, forced, with one policy per role.
-- Which role can reach a table at all is decided by its grants, which stand beside the table.
create function protect_tenant_table(target regclass, tenant_column name default 'tenant_id') returns void
language plpgsql set search_path = pg_catalog, public as $$
declare role name;
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant on %s for all to switchyard_app using (%I = (select current_tenant())) with check (%I = (select current_tenant()))',
    target, tenant_column, tenant_column);
  foreach role in array array['operator', 'gateway', 'metering', 'system', 'lookup', 'maintenance'] loop
    execute format('create policy %I on %s for all to %I using (true) with check (true)',
      role, target, 'switchyard_' || role);
  end loop;
  execute format('grant select, insert, update, delete on %s to switchyard_maintenance', target);
end $$;
revoke all on function protect_tenant_table(regclass, name) from public;

-- One counter for the whole configuration. Bumped in the transaction that changes anything a gateway reads,
-- so a reader that sees the new number sees the change too; NOTIFY wakes the gateways, polling covers a lost one.
create table config_generation (
  only_row boolean primary key default true check (only_row),
  generation bigint not null default 1
);
insert into config_generation default values;
grant select on config_generation to switchyard_app, switchyard_operator, switchyard_gateway;

create function bump_config_generation() returns trigger
language plpgsql security definer set search_path = pg_catalog, public as $$
declare now_at bigint;
begin
  update config_generation set generation = generation + 1 returning generation into now_at;
  perform pg_notify('switchyard_config', now_at::text);
  return null;
end $$;
revoke all on function bump_config_generation() from public;

create function announce_changes(target regclass) returns void
language plpgsql set search_path = pg_catalog, public as $$
begin
  execute format('create trigger announce after insert or update or delete or truncate on %s '
    'for each statement execute function bump_config_generation()', target);
end $$;
revoke all on function announce_changes(regclass) from public;

-- Append-only tables refuse change whoever asks, the owner included.
create function refuse_change() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
