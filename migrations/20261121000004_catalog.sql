-- What the operator offers: models, pools, deployments, prices, and which tenant may use which model.

create table models (
  id uuid primary key,
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$'),
  display_name text not null,
  description text not null default '',
  context_length integer not null check (context_length > 0),
  max_output_tokens integer check (max_output_tokens > 0),
  input_modalities text[] not null default '{text}',
  output_modalities text[] not null default '{text}',
  supported_parameters text[] not null default '{}',
  created_at timestamptz not null,
  retired_at timestamptz,
  constraint models_name unique (name)
);
select announce_changes('models');
grant select on models to switchyard_app, switchyard_gateway;
grant select, insert, update on models to switchyard_operator;

create table model_grants (
  tenant_id uuid not null references tenants (id),
  model_id uuid not null references models (id),
  created_at timestamptz not null,
  primary key (tenant_id, model_id)
);
select protect_tenant_table('model_grants');
select announce_changes('model_grants');
grant select on model_grants to switchyard_app, switchyard_gateway;
grant select, insert, delete on model_grants to switchyard_operator;

create table pools (
  id uuid primary key,
  name text not null,
  kind text not null check (kind in ('shared', 'dedicated')),
  dedicated_to uuid references tenants (id),
  region text,
  created_at timestamptz not null,
  constraint pools_name unique (name),
  constraint pools_dedicated check ((kind = 'dedicated') = (dedicated_to is not null))
);
select announce_changes('pools');
grant select on pools to switchyard_gateway;
grant select, insert, update on pools to switchyard_operator;

create table deployments (
  id uuid primary key,
  name text not null,
  engine text not null check (engine in ('vllm', 'openai', 'ollama')),
  base_url text not null,
  model_id uuid not null references models (id),
  upstream_model text not null,
  pool_id uuid not null references pools (id),
  region text,
  state text not null default 'active' check (state in ('active', 'draining', 'disabled')),
  weight integer not null default 100 check (weight between 0 and 10000),
  context_length integer check (context_length > 0),
  credential bytea,
  created_at timestamptz not null,
  deleted_at timestamptz
);
create unique index deployments_name on deployments (name) where deleted_at is null;
create index deployments_model on deployments (model_id);
select announce_changes('deployments');
grant select on deployments to switchyard_gateway;
grant select, insert, update on deployments to switchyard_operator;

-- The platform's one dated price list. Amounts are per token, in the currency's unit. A price is never changed, only
-- followed by a later one; valid_from is never in the past (checked where it is made, with the caller's clock).
create table prices (
  id uuid primary key,
  model_id uuid not null references models (id),
  valid_from timestamptz not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  prompt numeric(38, 18) not null check (prompt >= 0 and prompt <> 'NaN'),
  cached_prompt numeric(38, 18) not null check (cached_prompt >= 0 and cached_prompt <> 'NaN'),
  completion numeric(38, 18) not null check (completion >= 0 and completion <> 'NaN'),
  request numeric(38, 18) not null default 0 check (request >= 0 and request <> 'NaN'),
  created_at timestamptz not null,
  constraint prices_start unique (model_id, valid_from)
);
select announce_changes('prices');
grant select on prices to switchyard_app, switchyard_gateway;
grant select, insert on prices to switchyard_operator;
create trigger append_only before update or delete or truncate on prices for each statement execute function refuse_change();

-- The operator's own data key, wrapped by the key-encryption key: seals engine credentials.
create table operator_data_key (
  only_row boolean primary key default true check (only_row),
  wrapped bytea not null,
  created_at timestamptz not null
);
select announce_changes('operator_data_key');
grant select, insert on operator_data_key to switchyard_operator;
grant select on operator_data_key to switchyard_gateway;
