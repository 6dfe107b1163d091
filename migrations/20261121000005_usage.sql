-- One usage event a call, whatever its end. Events carry ids, not foreign keys to rows that can be deleted.
create table usage_events (
  tenant_id uuid not null,
  id uuid not null,
  started_at timestamptz not null,
  team_id uuid,
  project_id uuid not null,
  cost_centre text,
  key_id uuid not null,
  end_user text,
  model_asked text not null,
  model_id uuid,
  model_served text,
  deployment_id uuid,
  pool_id uuid,
  region text,
  engine text,
  operation text not null,
  streamed boolean not null,
  status text not null check (status in ('completed', 'error', 'client_abort', 'upstream_abort', 'rejected', 'gateway_lost')),
  http_status smallint not null,
  error_code text,
  finish_reason text,
  prompt_tokens bigint not null check (prompt_tokens >= 0),
  cached_tokens bigint not null check (cached_tokens >= 0),
  completion_tokens bigint not null check (completion_tokens >= 0),
  reasoning_tokens bigint not null check (reasoning_tokens >= 0),
  tokens_estimated boolean not null,
  queue_ms integer not null,
  first_token_ms integer,
  total_ms integer not null,
  tries smallint not null,
  fallbacks smallint not null,
  price_id uuid,
  currency text,
  amount numeric(38, 18) not null check (amount >= 0 and amount <> 'NaN'),
  trace_id text,
  demo boolean not null default false,
  primary key (tenant_id, started_at, id)
) partition by range (started_at);
select protect_tenant_table('usage_events');
create index usage_events_recent on usage_events (tenant_id, started_at desc);
grant select on usage_events to switchyard_app, switchyard_operator;
grant select, insert on usage_events to switchyard_metering;

-- Makes the partition of a month, with the parent's protection. No role but the owner gets a grant on a partition:
-- a direct select on one would skip the parent's policy.
create function ensure_usage_partition(month date) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  first date := date_trunc('month', month);
  part text := format('usage_events_%s', to_char(first, 'YYYYMM'));
begin
  if to_regclass('public.' || part) is not null then return; end if;
  execute format('create table public.%I partition of public.usage_events for values from (%L) to (%L)',
    part, first::timestamp at time zone 'UTC', (first + interval '1 month')::timestamp at time zone 'UTC');
  perform public.protect_tenant_table(format('public.%I', part)::regclass);
  execute format('revoke all on public.%I from switchyard_maintenance', part);
end $$;
revoke all on function ensure_usage_partition(date) from public;
grant execute on function ensure_usage_partition(date) to switchyard_metering, switchyard_system;

create table usage_events_default partition of usage_events default;
select protect_tenant_table('usage_events_default');
revoke all on usage_events_default from switchyard_maintenance;
select ensure_usage_partition(m::date) from generate_series(date_trunc('month', now()) - interval '2 months', date_trunc('month', now()) + interval '2 months', interval '1 month') m;

-- Hourly sums, grown only by rows that the insert of an event really returned, in the same transaction.
-- latency_counts: calls per bucket of total_ms, bounds as metering::LATENCY_BOUNDS_MS; the last bucket is open.
create table usage_hourly (
  tenant_id uuid not null,
  hour timestamptz not null,
  project_id uuid not null,
  key_id uuid not null,
  model text not null,
  demo boolean not null,
  team_id uuid,
  currency text not null,
  requests bigint not null,
  errors bigint not null,
  rejected bigint not null,
  aborted bigint not null,
  prompt_tokens bigint not null,
  cached_tokens bigint not null,
  completion_tokens bigint not null,
  reasoning_tokens bigint not null,
  amount numeric(38, 18) not null,
  latency_counts bigint[] not null,
  first_token_counts bigint[] not null,
  primary key (tenant_id, hour, project_id, key_id, model, currency, demo)
);
select protect_tenant_table('usage_hourly');
grant select on usage_hourly to switchyard_app, switchyard_operator;
grant select, insert, update on usage_hourly to switchyard_metering;

-- Events that could not be stored, kept with the reason so that they never block those behind them.
create table usage_quarantine (
  id uuid primary key,
  received_at timestamptz not null,
  reason text not null,
  record jsonb not null
);
grant select, insert on usage_quarantine to switchyard_metering;
grant select on usage_quarantine to switchyard_operator;

-- Sums histograms element by element.
create function add_counts(a bigint[], b bigint[]) returns bigint[]
language sql immutable parallel safe set search_path = pg_catalog as $$
  select case when a is null then b when b is null then a else
    (select array_agg(coalesce(x, 0) + coalesce(y, 0) order by i) from unnest(a, b) with ordinality u (x, y, i)) end
$$;
create aggregate sum_counts(bigint[]) (sfunc = add_counts, stype = bigint[], combinefunc = add_counts, parallel = safe);
revoke all on function add_counts(bigint[], bigint[]) from public;
grant execute on function add_counts(bigint[], bigint[]) to switchyard_app, switchyard_operator, switchyard_metering;
