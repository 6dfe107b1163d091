-- Rows of the platform itself, reached by switchyard_system: sessions, idempotency records, the job queue, mail.

create table sessions (
  id_hash bytea primary key,
  tenant_id uuid references tenants (id),
  member_id uuid,
  operator_id uuid references operators (id),
  data jsonb not null,
  user_agent text,
  created_at timestamptz not null,
  last_seen_at timestamptz not null,
  expires_at timestamptz not null,
  constraint sessions_member foreign key (tenant_id, member_id) references members (tenant_id, id) on delete cascade
);
create index sessions_tenant on sessions (tenant_id, member_id);
create index sessions_expiry on sessions (expires_at);
select protect_tenant_table('sessions');
grant select, insert, update, delete on sessions to switchyard_system;
grant select, delete on sessions to switchyard_app, switchyard_operator;

create table idempotency_records (
  principal text not null,
  key text not null check (length(key) between 1 and 255),
  request_hash bytea not null,
  status smallint,
  content_type text,
  body bytea,
  created_at timestamptz not null,
  primary key (principal, key)
);
create index idempotency_records_age on idempotency_records (created_at);
grant select, insert, update, delete on idempotency_records to switchyard_system;

create table jobs (
  id uuid primary key,
  kind text not null,
  payload jsonb not null,
  dedup_key text,
  state text not null default 'queued' check (state in ('queued', 'running', 'succeeded', 'failed')),
  attempts integer not null default 0,
  max_attempts integer not null default 10,
  run_at timestamptz not null,
  locked_by text,
  locked_until timestamptz,
  last_error text,
  created_at timestamptz not null,
  finished_at timestamptz
);
create index jobs_due on jobs (run_at) where state in ('queued', 'running');
create unique index jobs_dedup on jobs (kind, dedup_key) where dedup_key is not null and state in ('queued', 'running');
grant select, insert, update, delete on jobs to switchyard_system;
-- Business transactions put work into the outbox; only workers read it.
grant insert on jobs to switchyard_app, switchyard_operator;

create table job_schedules (
  name text primary key,
  cron text not null,
  next_run_at timestamptz not null,
  last_run_at timestamptz
);
grant select, insert, update, delete on job_schedules to switchyard_system;

create table mails (
  id uuid primary key,
  tenant uuid,
  recipient text not null,
  subject text not null,
  body_text text not null,
  created_at timestamptz not null,
  sent_at timestamptz,
  last_error text
);
create index mails_recent on mails (created_at desc);
grant select, insert, update, delete on mails to switchyard_system;
grant insert on mails to switchyard_app;
grant select, insert on mails to switchyard_operator;

-- Audit: one hash chain per tenant, one for the operator. Two rows an action: 'begun', then its outcome.
create table audit_log (
  tenant_id uuid not null references tenants (id),
  seq bigint not null,
  action_id uuid not null,
  phase text not null check (phase in ('begun', 'success', 'denied', 'error', 'timeout')),
  at timestamptz not null,
  actor text not null,
  action text not null,
  resource text not null,
  request_id text,
  detail jsonb not null default '{}',
  prev_hash bytea not null,
  hash bytea not null,
  primary key (tenant_id, seq)
);
create index audit_log_action on audit_log (tenant_id, action_id);
select protect_tenant_table('audit_log');
grant select, insert on audit_log to switchyard_app;
grant select, insert on audit_log to switchyard_operator;
create trigger append_only before update or delete or truncate on audit_log for each statement execute function refuse_change();

create table operator_audit_log (
  seq bigint primary key,
  action_id uuid not null,
  phase text not null check (phase in ('begun', 'success', 'denied', 'error', 'timeout')),
  at timestamptz not null,
  actor text not null,
  action text not null,
  resource text not null,
  request_id text,
  detail jsonb not null default '{}',
  prev_hash bytea not null,
  hash bytea not null
);
create index operator_audit_log_action on operator_audit_log (action_id);
grant select, insert on operator_audit_log to switchyard_operator;
create trigger append_only before update or delete or truncate on operator_audit_log for each statement execute function refuse_change();

-- Which tenant an identifier belongs to. Ids only; a fixed search_path; owned by a role that owns nothing else.
create function lookup_tenant_by_slug(wanted text) returns uuid
language sql stable security definer set search_path = pg_catalog, public as
$$ select d.tenant from tenant_directory d where d.slug = wanted $$;
create function lookup_access_token(wanted bytea) returns table (tenant uuid, token uuid)
language sql stable security definer set search_path = pg_catalog, public as
$$ select t.tenant_id, t.id from access_tokens t where t.hash = wanted $$;
create function lookup_invitation(wanted bytea) returns table (tenant uuid, invitation uuid)
language sql stable security definer set search_path = pg_catalog, public as
$$ select i.tenant_id, i.id from invitations i where i.token_hash = wanted $$;
-- Only its owner can say who may run a function, so that comes first.
revoke all on function lookup_tenant_by_slug(text), lookup_access_token(bytea), lookup_invitation(bytea) from public;
grant execute on function lookup_tenant_by_slug(text), lookup_access_token(bytea), lookup_invitation(bytea) to switchyard_app;
-- Ownership passes to the look-up role, which may do so for no longer than this takes.
grant create on schema public to switchyard_lookup;
alter function lookup_tenant_by_slug(text) owner to switchyard_lookup;
alter function lookup_access_token(bytea) owner to switchyard_lookup;
alter function lookup_invitation(bytea) owner to switchyard_lookup;
revoke create on schema public from switchyard_lookup;
