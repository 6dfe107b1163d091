-- Files of tenants (their content is in the object store) and batches of model calls.
-- Both are content: operators have no grant here.

create table files (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  project_id uuid not null,
  filename text not null check (length(filename) between 1 and 255),
  purpose text not null check (purpose in
    ('assistants', 'assistants_output', 'batch', 'batch_output', 'fine-tune', 'fine-tune-results', 'vision', 'user_data', 'evals')),
  bytes bigint not null check (bytes >= 0),
  -- 'uploading' is seen by nobody; what stays so is swept away.
  status text not null check (status in ('uploading', 'uploaded')),
  created_at timestamptz not null,
  expires_at timestamptz,
  primary key (tenant_id, id),
  constraint files_project foreign key (tenant_id, project_id) references projects (tenant_id, id)
);
select protect_tenant_table('files');
create index files_of_project on files (tenant_id, project_id, id);
create index files_expiry on files (expires_at) where expires_at is not null;
create index files_unfinished on files (created_at) where status = 'uploading';
grant select, insert, update, delete on files to switchyard_app;
-- The sweep, which learns no names.
grant select (tenant_id, id, status, created_at, expires_at), delete on files to switchyard_system;
grant select (id, status) on tenants to switchyard_system;

create table batches (
  tenant_id uuid not null references tenants (id),
  id uuid not null,
  project_id uuid not null,
  -- The calls are made and billed as this key's.
  key_id uuid not null,
  -- Files can be deleted while a batch remembers them: ids, no references.
  input_file_id uuid not null,
  output_file_id uuid,
  error_file_id uuid,
  endpoint text not null check (endpoint in ('/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/responses')),
  status text not null check (status in
    ('validating', 'failed', 'in_progress', 'finalizing', 'completed', 'expired', 'cancelling', 'cancelled')),
  -- What 'finalizing' ends in.
  ends_as text not null default 'completed' check (ends_as in ('completed', 'expired', 'cancelled')),
  metadata jsonb,
  output_expires_s integer not null check (output_expires_s between 3600 and 2592000),
  model text,
  errors jsonb,
  total integer not null default 0 check (total >= 0),
  completed integer not null default 0 check (completed >= 0),
  failed integer not null default 0 check (failed >= 0),
  input_tokens bigint not null default 0,
  cached_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  reasoning_tokens bigint not null default 0,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  in_progress_at timestamptz,
  finalizing_at timestamptz,
  completed_at timestamptz,
  failed_at timestamptz,
  expired_at timestamptz,
  cancelling_at timestamptz,
  cancelled_at timestamptz,
  -- Who works on it, and until when that holds without another sign of life.
  locked_by text,
  locked_until timestamptz,
  primary key (tenant_id, id),
  constraint batches_project foreign key (tenant_id, project_id) references projects (tenant_id, id),
  constraint batches_key foreign key (tenant_id, key_id) references api_keys (tenant_id, id)
);
select protect_tenant_table('batches');
create index batches_of_project on batches (tenant_id, project_id, id);
create index batches_held on batches (tenant_id) where locked_by is not null;
create index batches_open on batches (created_at) where status in ('validating', 'in_progress', 'finalizing', 'cancelling');
grant select, insert, update on batches to switchyard_app;
-- Workers find and hold batches across tenants, and no more.
grant select (tenant_id, id, input_file_id, status, created_at, expires_at, locked_by, locked_until), update (locked_by, locked_until), delete
  on batches to switchyard_system;

-- Finished lines of open batches, and how often a line was tried. Gone once the batch's files are written.
create table batch_results (
  tenant_id uuid not null,
  batch_id uuid not null,
  line integer not null check (line > 0),
  tries smallint not null default 0 check (tries >= 0),
  ok boolean not null default false,
  -- One line of the output or error file; null while the line is not finished.
  result text,
  primary key (tenant_id, batch_id, line),
  constraint batch_results_batch foreign key (tenant_id, batch_id) references batches (tenant_id, id) on delete cascade
);
select protect_tenant_table('batch_results');
grant select, insert, update, delete on batch_results to switchyard_app;
