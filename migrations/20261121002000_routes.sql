-- Routes: names that callers use like a model's, with versions of what is done with their calls. Residency, clearance for
-- classes of data, what models are good at, and what came of a route's arms.

alter table tenants add column residency text[] check (cardinality(residency) between 1 and 64);
alter table projects add column residency text[] check (cardinality(residency) between 1 and 64);
-- needs_clearance: only deployments that name the class take its calls.
alter table data_classes add column needs_clearance boolean not null default false;
alter table models add column tasks jsonb not null default '[]' check (jsonb_typeof(tasks) = 'array');
alter table deployments
  -- Null: cleared for every class that needs no clearance.
  add column data_classes text[],
  add column kv_tokens integer check (kv_tokens > 0),
  add column max_loras integer check (max_loras > 0);

-- The operator's routes, for every tenant that may use their models.
create table routes (
  id uuid primary key,
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$'),
  description text not null default '',
  active_version integer not null check (active_version > 0),
  created_by text not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  retired_at timestamptz
);
create unique index routes_name on routes (name) where retired_at is null;
select announce_changes('routes');
grant select, insert, update on routes to switchyard_operator;
grant select on routes to switchyard_gateway;

create table route_versions (
  route_id uuid not null references routes (id),
  version integer not null check (version > 0),
  spec jsonb not null,
  note text not null default '',
  created_by text not null,
  created_at timestamptz not null,
  primary key (route_id, version)
);
grant select, insert on route_versions to switchyard_operator;
grant select on route_versions to switchyard_gateway;
create trigger append_only before update or delete or truncate on route_versions for each statement execute function refuse_change();

-- What a tenant may know of the operator's routes: their names, and the models that an answer can come from.
create function offered_routes() returns table (name text, description text, models text[])
language sql stable security definer set search_path = pg_catalog, public as $$
  select r.name, r.description, array(
    select distinct named #>> '{}' from (
      select jsonb_path_query(v.spec, '$.arms[*].models[*]')
      union all select jsonb_path_query(v.spec, '$.fallbacks[*]')
      union all select jsonb_path_query(v.spec, '$.when_exhausted[*].model')) as all_of (named) order by 1)
  from routes r join route_versions v on v.route_id = r.id and v.version = r.active_version
  where r.retired_at is null
$$;
revoke all on function offered_routes() from public;
grant execute on function offered_routes() to switchyard_app, switchyard_operator;

-- Where a model is served for the present tenant, in the terms that a tenant may know.
create function places_of_model(wanted uuid) returns table (dedicated boolean, region text, external boolean)
language sql stable security definer set search_path = pg_catalog, public as $$
  select distinct p.dedicated_to is not null, coalesce(d.region, p.region), d.external
  from deployments d join pools p on p.id = d.pool_id
  where d.model_id = wanted and d.state = 'active' and d.deleted_at is null
    and (p.dedicated_to is null or p.dedicated_to = current_tenant())
$$;
revoke all on function places_of_model(uuid) from public;
grant execute on function places_of_model(uuid) to switchyard_app, switchyard_operator;

-- Tenants' own routes.
create table tenant_routes (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$'),
  description text not null default '',
  active_version integer not null check (active_version > 0),
  created_by text not null,
  created_at timestamptz not null,
  changed_at timestamptz not null,
  retired_at timestamptz,
  primary key (tenant_id, id)
);
create unique index tenant_routes_name on tenant_routes (tenant_id, name) where retired_at is null;
select protect_tenant_table('tenant_routes');
select announce_changes('tenant_routes');
grant select, insert, update on tenant_routes to switchyard_app;
grant select on tenant_routes to switchyard_operator, switchyard_gateway;

create table tenant_route_versions (
  tenant_id uuid not null,
  route_id uuid not null,
  version integer not null check (version > 0),
  spec jsonb not null,
  note text not null default '',
  created_by text not null,
  created_at timestamptz not null,
  primary key (tenant_id, route_id, version),
  constraint tenant_route_versions_route foreign key (tenant_id, route_id) references tenant_routes (tenant_id, id)
);
select protect_tenant_table('tenant_route_versions');
grant select, insert on tenant_route_versions to switchyard_app;
grant select on tenant_route_versions to switchyard_operator, switchyard_gateway;
create trigger append_only before update or delete or truncate on tenant_route_versions for each statement execute function refuse_change();

-- Which arm of which route a call took.
alter table usage_events
  add column route_id uuid,
  add column route_version integer,
  add column arm text;

-- Adds up objects of counts by name.
create function add_tallies(a jsonb, b jsonb) returns jsonb
language sql immutable parallel safe set search_path = pg_catalog as $$
  select coalesce(jsonb_object_agg(key, n), '{}') from (
    select key, sum(value::bigint) as n from (
      select * from jsonb_each_text(coalesce(a, '{}')) union all select * from jsonb_each_text(coalesce(b, '{}'))) as both_of
    group by key) as sums
$$;
create aggregate sum_tallies(jsonb) (sfunc = add_tallies, stype = jsonb, combinefunc = add_tallies, parallel = safe);
revoke all on function add_tallies(jsonb, jsonb) from public;
grant execute on function add_tallies(jsonb, jsonb) to switchyard_app, switchyard_operator, switchyard_metering;

-- Hourly sums by arm, grown as usage_hourly is: only by events that were new, in their transaction. Histograms have the
-- same buckets. finish_reasons: calls by reason, such as {"stop": 12, "length": 3}.
create table route_arm_hourly (
  tenant_id uuid not null,
  hour timestamptz not null,
  route_id uuid not null,
  version integer not null,
  arm text not null,
  currency text not null,
  demo boolean not null,
  requests bigint not null,
  errors bigint not null,
  rejected bigint not null,
  aborted bigint not null,
  prompt_tokens bigint not null,
  cached_tokens bigint not null,
  completion_tokens bigint not null,
  amount numeric(38, 18) not null,
  latency_counts bigint[] not null,
  first_token_counts bigint[] not null,
  finish_reasons jsonb not null,
  primary key (tenant_id, hour, route_id, version, arm, currency, demo)
);
select protect_tenant_table('route_arm_hourly');
create index route_arm_hourly_route on route_arm_hourly (route_id, hour);
grant select on route_arm_hourly to switchyard_app, switchyard_operator;
grant select, insert, update on route_arm_hourly to switchyard_metering;

-- Calls copied to another model besides. The operator's alone: no tenant sees or pays them. `arm` is that of the call
-- that was copied, `cost` what the copy would have come to by the list.
create table shadow_events (
  tenant_id uuid not null,
  id uuid not null,
  started_at timestamptz not null,
  route_id uuid not null,
  route_version integer not null,
  arm text not null,
  model text not null,
  deployment_id uuid,
  engine text,
  status text not null,
  error_code text,
  finish_reason text,
  prompt_tokens bigint not null check (prompt_tokens >= 0),
  cached_tokens bigint not null check (cached_tokens >= 0),
  completion_tokens bigint not null check (completion_tokens >= 0),
  first_token_ms integer,
  total_ms integer not null,
  currency text,
  cost numeric(38, 18) not null check (cost >= 0 and cost <> 'NaN'),
  primary key (tenant_id, id)
);
select protect_tenant_table('shadow_events');
create index shadow_events_route on shadow_events (route_id, started_at);
create index shadow_events_age on shadow_events (started_at);
grant select on shadow_events to switchyard_operator;
grant select, insert on shadow_events to switchyard_metering;
grant select (tenant_id, id, started_at), delete on shadow_events to switchyard_system;
