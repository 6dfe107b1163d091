//! One row of a tenant for every table that holds tenants' rows, for the proof that no tenant reaches another's.
//!
//! A new table needs a line here. `$1` is the tenant; identifiers are made from it and a word by `pg_temp.id`, so that a
//! row can refer to another fixture's row, and two tenants have the same rows under different identifiers.

use shared::TenantId;
use sqlx::PgConnection;

/// How one row of a table is inserted for the tenant `$1`.
#[derive(Debug, Clone, Copy)]
pub struct Fixture {
    pub table: &'static str,
    pub insert: &'static str,
}

const fn fixture(table: &'static str, insert: &'static str) -> Fixture {
    Fixture { table, insert }
}

/// In an order that satisfies the foreign keys.
pub const ALL: &[Fixture] = &[
    fixture(
        "tenants",
        "insert into tenants (id, slug, name, created_at) values ($1, 'slug-' || $1::text, 'Name', now())",
    ),
    fixture(
        "teams",
        "insert into teams (tenant_id, id, name, created_at) values ($1, pg_temp.id($1, 'team'), 'Team', now())",
    ),
    fixture(
        "projects",
        "insert into projects (tenant_id, id, team_id, name, created_at)
         values ($1, pg_temp.id($1, 'project'), pg_temp.id($1, 'team'), 'Project', now())",
    ),
    fixture(
        "members",
        "insert into members (tenant_id, id, email, name, role, created_at)
         values ($1, pg_temp.id($1, 'member'), 'ann@example.com', 'Ann', 'owner', now())",
    ),
    fixture(
        "invitations",
        "insert into invitations (tenant_id, id, email, role, token_hash, invited_by, created_at, expires_at)
         values ($1, pg_temp.id($1, 'invitation'), 'bob@example.com', 'viewer', decode(md5($1::text), 'hex'), 'ann', now(), now())",
    ),
    fixture(
        "access_tokens",
        "insert into access_tokens (tenant_id, id, member_id, name, hash, last_four, created_at)
         values ($1, pg_temp.id($1, 'token'), pg_temp.id($1, 'member'), 'laptop', decode(md5($1::text), 'hex'), 'abcd', now())",
    ),
    fixture(
        "api_keys",
        "insert into api_keys (tenant_id, id, project_id, name, created_by, created_at, display_prefix, last_four)
         values ($1, pg_temp.id($1, 'key'), pg_temp.id($1, 'project'), 'Key', 'ann', now(), 'sy_live_abcd', 'wxyz')",
    ),
    fixture(
        "api_key_secrets",
        "insert into api_key_secrets (tenant_id, key_id, slot, hash, created_at)
         values ($1, pg_temp.id($1, 'key'), 0, decode(md5($1::text), 'hex'), now())",
    ),
    fixture(
        "sessions",
        "insert into sessions (id_hash, tenant_id, member_id, data, created_at, last_seen_at, expires_at)
         values (decode(md5($1::text), 'hex'), $1, pg_temp.id($1, 'member'), '{}', now(), now(), now())",
    ),
    fixture(
        "audit_log",
        "insert into audit_log (tenant_id, seq, action_id, phase, at, actor, action, resource, prev_hash, hash)
         values ($1, 1, pg_temp.id($1, 'action'), 'begun', now(), 'ann', 'create', 'key', '\\x00', '\\x01')",
    ),
    fixture(
        "model_grants",
        "with m as (insert into models (id, name, display_name, context_length, created_at)
                    values (pg_temp.id($1, 'model'), 'model-' || $1::text, 'Model', 4096, now()) returning id)
         insert into model_grants (tenant_id, model_id, created_at) select $1, id, now() from m",
    ),
    fixture(
        "tenant_data_keys",
        "insert into tenant_data_keys (tenant_id, wrapped, created_at) values ($1, '\\x00', now())",
    ),
    fixture(
        "tenant_upstreams",
        "insert into tenant_upstreams (tenant_id, id, name, engine, base_url, model_id, upstream_model, credential, created_by, created_at)
         values ($1, pg_temp.id($1, 'upstream'), 'Own', 'openai', 'https://api.example.com', pg_temp.id($1, 'model'), 'gpt', '\\x00', 'ann', now())",
    ),
    fixture(
        "playground_shares",
        "insert into playground_shares (tenant_id, id, title, setup, member_id, created_by, created_at)
         values ($1, pg_temp.id($1, 'share'), 'Talk', '{}', pg_temp.id($1, 'member'), 'ann', now())",
    ),
    fixture(
        "usage_events",
        "insert into usage_events (tenant_id, id, started_at, project_id, key_id, model_asked, operation, streamed, status,
                                   http_status, prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens,
                                   tokens_estimated, queue_ms, total_ms, tries, fallbacks, amount)
         values ($1, pg_temp.id($1, 'event'), now(), pg_temp.id($1, 'project'), pg_temp.id($1, 'key'), 'llama', 'chat', true,
                 'completed', 200, 10, 0, 20, 0, false, 1, 100, 1, 0, 0.000001)",
    ),
    fixture(
        "usage_hourly",
        "insert into usage_hourly (tenant_id, hour, project_id, key_id, model, demo, currency, requests, errors, rejected,
                                   aborted, prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, amount,
                                   latency_counts, first_token_counts)
         values ($1, date_trunc('hour', now()), pg_temp.id($1, 'project'), pg_temp.id($1, 'key'), 'llama', false, 'EUR', 1,
                 0, 0, 0, 10, 0, 20, 0, 0.000001, '{1}', '{1}')",
    ),
    fixture(
        "files",
        "insert into files (tenant_id, id, project_id, filename, purpose, bytes, status, created_at)
         values ($1, pg_temp.id($1, 'file'), pg_temp.id($1, 'project'), 'in.jsonl', 'batch', 1, 'uploaded', now())",
    ),
    fixture(
        "batches",
        "insert into batches (tenant_id, id, project_id, key_id, input_file_id, endpoint, status, output_expires_s, created_at,
                              expires_at)
         values ($1, pg_temp.id($1, 'batch'), pg_temp.id($1, 'project'), pg_temp.id($1, 'key'), pg_temp.id($1, 'file'),
                 '/v1/completions', 'in_progress', 3600, now(), now())",
    ),
    fixture(
        "batch_results",
        "insert into batch_results (tenant_id, batch_id, line, ok, result)
         values ($1, pg_temp.id($1, 'batch'), 1, true, '{}')",
    ),
    fixture(
        "tenant_routes",
        "insert into tenant_routes (tenant_id, id, name, active_version, created_by, created_at, changed_at)
         values ($1, pg_temp.id($1, 'route'), 'fast', 1, 'ann', now(), now())",
    ),
    fixture(
        "tenant_route_versions",
        "insert into tenant_route_versions (tenant_id, route_id, version, spec, created_by, created_at)
         values ($1, pg_temp.id($1, 'route'), 1, '{}', 'ann', now())",
    ),
    fixture(
        "route_arm_hourly",
        "insert into route_arm_hourly (tenant_id, hour, route_id, version, arm, currency, demo, requests, errors, rejected, aborted,
                                       prompt_tokens, cached_tokens, completion_tokens, amount, latency_counts,
                                       first_token_counts, finish_reasons)
         values ($1, date_trunc('hour', now()), pg_temp.id($1, 'route'), 1, 'stable', 'EUR', false, 1, 0, 0, 0, 10, 0, 20,
                 0.000001, '{1}', '{1}', '{}')",
    ),
    fixture(
        "shadow_events",
        "insert into shadow_events (tenant_id, id, started_at, route_id, route_version, arm, model, status, prompt_tokens,
                                    cached_tokens, completion_tokens, total_ms, cost)
         values ($1, pg_temp.id($1, 'shadow'), now(), pg_temp.id($1, 'route'), 1, 'stable', 'llama', 'completed', 10, 0, 20, 100, 0)",
    ),
];

/// Inserts every fixture for this tenant. `superuser`: row-level security must not bind the connection.
pub async fn insert_all(superuser: &mut PgConnection, tenant: TenantId) {
    sqlx::raw_sql(
        "create or replace function pg_temp.id(tenant uuid, word text) returns uuid language sql immutable
         as $$ select md5(tenant::text || word)::uuid $$",
    )
    .execute(&mut *superuser)
    .await
    .expect("a temporary function can be made");
    for fixture in ALL {
        sqlx::query(fixture.insert)
            .bind(tenant.uuid())
            .execute(&mut *superuser)
            .await
            .unwrap_or_else(|error| panic!("the fixture of `{}` cannot be inserted: {error}", fixture.table));
    }
}
