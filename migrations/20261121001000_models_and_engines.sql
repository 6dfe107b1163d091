-- What models can do, engines outside the platform, the playground.

-- Tokenizers (tokenizer.json) by the SHA-256 of their text. They are kept here so that every gateway finds them; each
-- writes those it needs beside its configuration.
create table tokenizers (
  sha256 bytea primary key check (octet_length(sha256) = 32),
  content bytea not null,
  created_at timestamptz not null
);
grant select, insert, delete on tokenizers to switchyard_operator;
grant select on tokenizers to switchyard_gateway;

alter table models
  add column kind text not null default 'chat' check (kind in ('chat', 'embedding', 'rerank', 'moderation')),
  add column capabilities text[] not null default '{}' check (
    capabilities <@ '{tools,parallel_tools,json_schema,vision,logprobs,reasoning,completions,lora}'),
  add column tokenizer bytea references tokenizers (sha256);
-- What was served so far was chat on engines that do all of this.
update models set capabilities = '{tools,parallel_tools,json_schema,logprobs,completions}';

-- external: an upstream outside the platform (another provider's API), used only for tenants that allow it.
alter table deployments
  drop constraint deployments_engine_check,
  add constraint deployments_engine_check check (
    engine in ('vllm', 'sglang', 'ollama', 'tgi', 'nim', 'llamacpp', 'tei', 'openai', 'anthropic')),
  add column external boolean not null default false,
  add column max_output_tokens integer check (max_output_tokens > 0),
  add column quantization text,
  add column engine_version text;
-- Which models are served outside: all that a tenant's catalogue may know of deployments.
create function models_served_outside() returns setof uuid
language sql stable security definer set search_path = pg_catalog, public as
$$ select distinct model_id from deployments where external and state = 'active' and deleted_at is null $$;
revoke all on function models_served_outside() from public;
grant execute on function models_served_outside() to switchyard_app, switchyard_operator;

alter table tenants add column external_engines boolean not null default false;

-- How sensitive a project's data is, in the operator's own words.
create table data_classes (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  description text not null default '',
  allows_external boolean not null,
  created_at timestamptz not null
);
select announce_changes('data_classes');
grant select on data_classes to switchyard_app, switchyard_gateway;
grant select, insert, update on data_classes to switchyard_operator;

alter table projects
  add column data_class text constraint projects_data_class references data_classes (name),
  add column store_responses boolean not null default false;

-- A tenant's own data key, wrapped by the key-encryption key. Destroying it destroys what it sealed.
create table tenant_data_keys (
  tenant_id uuid primary key references tenants (id),
  wrapped bytea not null,
  created_at timestamptz not null
);
select protect_tenant_table('tenant_data_keys');
select announce_changes('tenant_data_keys');
grant select, insert on tenant_data_keys to switchyard_app;
grant select on tenant_data_keys to switchyard_gateway;
grant select (tenant_id), delete on tenant_data_keys to switchyard_operator;

-- A tenant's own account at a provider outside: serves this tenant and no other, with a credential sealed by its data key.
create table tenant_upstreams (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  name text not null,
  engine text not null check (engine in ('openai', 'anthropic')),
  base_url text not null,
  model_id uuid not null references models (id),
  upstream_model text not null,
  context_length integer check (context_length > 0),
  max_output_tokens integer check (max_output_tokens > 0),
  credential bytea not null,
  created_by text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  constraint tenant_upstreams_name unique (tenant_id, name)
);
select protect_tenant_table('tenant_upstreams');
select announce_changes('tenant_upstreams');
grant select, insert, delete on tenant_upstreams to switchyard_app;
grant select on tenant_upstreams to switchyard_gateway;
grant select (tenant_id, id, name, engine, base_url, model_id, upstream_model, context_length, max_output_tokens, created_by, created_at),
  delete on tenant_upstreams to switchyard_operator;

-- The playground calls by a key of its own, one a project, that has no secret and so opens nothing from outside.
alter table api_keys
  add column kind text not null default 'secret' check (kind in ('secret', 'playground')),
  drop constraint api_keys_name,
  add constraint api_keys_name unique (tenant_id, project_id, kind, name);
create unique index api_keys_playground on api_keys (tenant_id, project_id) where kind = 'playground';

-- A conversation's setup, shared by link inside its tenant. Content: an operator can end it, not read it.
create table playground_shares (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  title text not null,
  setup jsonb not null,
  member_id uuid not null,
  created_by text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
select protect_tenant_table('playground_shares');
grant select, insert, delete on playground_shares to switchyard_app;
grant select (tenant_id, id), delete on playground_shares to switchyard_operator;

-- Engine errors of the last days, for operators.
create index usage_events_failed on usage_events (started_at) where error_code is not null and deployment_id is not null;
