create table operators (
  id uuid primary key,
  email text not null,
  email_key text not null generated always as (lower(email)) stored,
  name text not null,
  password_hash text not null,
  created_at timestamptz not null,
  disabled_at timestamptz,
  last_sign_in_at timestamptz,
  constraint operators_email_key unique (email_key)
);
grant select, insert, update on operators to switchyard_operator;

create table operator_tokens (
  id uuid primary key,
  operator_id uuid not null references operators (id),
  name text not null,
  hash bytea not null,
  last_four text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  constraint operator_tokens_hash unique (hash)
);
grant select, insert, update on operator_tokens to switchyard_operator;

create table tenants (
  id uuid primary key,
  slug text not null,
  name text not null,
  status text not null default 'active' check (status in ('active', 'suspended', 'deleted')),
  max_concurrent_requests integer check (max_concurrent_requests > 0),
  demo boolean not null default false,
  created_at timestamptz not null,
  suspended_at timestamptz,
  deleted_at timestamptz
);
select protect_tenant_table('tenants', 'id');
select announce_changes('tenants');
grant select on tenants to switchyard_app, switchyard_gateway;
grant update (name) on tenants to switchyard_app;
grant select, insert, update on tenants to switchyard_operator;

-- Directory: which tenant has a slug. Not readable by tenants, so its global uniqueness tells them nothing.
create table tenant_directory (
  slug text primary key check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  tenant uuid not null references tenants (id)
);
grant select, insert on tenant_directory to switchyard_operator;
grant select on tenant_directory to switchyard_gateway, switchyard_lookup;

create table teams (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  name text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  constraint teams_name unique (tenant_id, name)
);
select protect_tenant_table('teams');
select announce_changes('teams');
grant select, insert, update, delete on teams to switchyard_app;
grant select on teams to switchyard_gateway, switchyard_operator;

create table projects (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  team_id uuid,
  name text not null,
  cost_centre text,
  created_at timestamptz not null,
  archived_at timestamptz,
  primary key (tenant_id, id),
  constraint projects_team foreign key (tenant_id, team_id) references teams (tenant_id, id),
  constraint projects_name unique (tenant_id, name)
);
select protect_tenant_table('projects');
select announce_changes('projects');
grant select, insert, update on projects to switchyard_app;
grant select, insert on projects to switchyard_operator;
grant select on projects to switchyard_gateway;

create table members (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  email text not null,
  email_key text not null generated always as (lower(email)) stored,
  name text not null,
  role text not null check (role in ('owner', 'admin', 'developer', 'billing', 'viewer')),
  password_hash text,
  created_at timestamptz not null,
  disabled_at timestamptz,
  last_sign_in_at timestamptz,
  primary key (tenant_id, id),
  constraint members_email unique (tenant_id, email_key)
);
select protect_tenant_table('members');
grant select, insert, update, delete on members to switchyard_app;
grant select (tenant_id, id, email, email_key, name, role, created_at, disabled_at, last_sign_in_at) on members to switchyard_operator;

create table invitations (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  email text not null,
  email_key text not null generated always as (lower(email)) stored,
  role text not null check (role in ('owner', 'admin', 'developer', 'billing', 'viewer')),
  token_hash bytea not null,
  invited_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id)
);
create index invitations_token on invitations (token_hash);
create unique index invitations_open on invitations (tenant_id, email_key) where accepted_at is null and revoked_at is null;
select protect_tenant_table('invitations');
grant select, insert, update on invitations to switchyard_app, switchyard_operator;
grant select on invitations to switchyard_lookup;

create table access_tokens (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  member_id uuid not null,
  name text not null,
  hash bytea not null,
  last_four text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  primary key (tenant_id, id),
  constraint access_tokens_member foreign key (tenant_id, member_id) references members (tenant_id, id) on delete cascade
);
create index access_tokens_hash on access_tokens (hash);
select protect_tenant_table('access_tokens');
grant select, insert, update on access_tokens to switchyard_app;
-- An operator who ends a tenant ends its tokens, without seeing them.
grant select (tenant_id, id, revoked_at), update (revoked_at) on access_tokens to switchyard_operator;
grant select on access_tokens to switchyard_lookup;

create table api_keys (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  project_id uuid not null,
  name text not null,
  created_by text not null,
  scopes text[] not null default '{}',
  allowed_models text[],
  created_at timestamptz not null,
  expires_at timestamptz,
  disabled_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  display_prefix text not null,
  last_four text not null,
  primary key (tenant_id, id),
  constraint api_keys_project foreign key (tenant_id, project_id) references projects (tenant_id, id),
  constraint api_keys_name unique (tenant_id, project_id, name)
);
select protect_tenant_table('api_keys');
grant select, insert, update on api_keys to switchyard_app, switchyard_operator;
grant select on api_keys to switchyard_gateway;
grant select, update (last_used_at) on api_keys to switchyard_metering;
-- last_used_at is written by the meter many times a minute: it is not configuration and announces nothing.
create trigger announce_insert after insert or delete on api_keys for each statement execute function bump_config_generation();
create trigger announce_update after update of name, scopes, allowed_models, expires_at, disabled_at, revoked_at, project_id
  on api_keys for each statement execute function bump_config_generation();

-- Up to two live secrets a key: the present one (slot 0) and, while a rotation's grace lasts, the one before (slot 1).
create table api_key_secrets (
  tenant_id uuid not null,
  key_id uuid not null,
  slot smallint not null check (slot in (0, 1)),
  hash bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  primary key (tenant_id, key_id, slot),
  constraint api_key_secrets_hash unique (tenant_id, hash),
  constraint api_key_secrets_key foreign key (tenant_id, key_id) references api_keys (tenant_id, id) on delete cascade
);
select protect_tenant_table('api_key_secrets');
select announce_changes('api_key_secrets');
grant select, insert, update, delete on api_key_secrets to switchyard_app;
grant insert, delete, select (tenant_id, key_id, slot) on api_key_secrets to switchyard_operator;
grant select on api_key_secrets to switchyard_gateway;
