//! The proof by catalogue: every table of tenants' rows has the one protection, and nothing goes round it.
//!
//! Each check is a query whose rows are violations, in words. What is allowed to differ is listed beside the check.

use anyhow::Result;
use db::PgConnection;

/// Every table that holds tenants' rows, partitions included, and the column that says whose.
const OWNED: &str = "
    owned as (
      select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relispartition, c.relacl, c.relowner, a.attname, a.attnum,
             a.attnotnull
      from pg_class c join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and (a.attname = 'tenant_id' or (c.relname = 'tenants' and a.attname = 'id')))";

struct Check {
    name: &'static str,
    /// What follows `with owned as (…)`.
    violations: &'static str,
}

const CHECKS: &[Check] = &[
    Check {
        name: "row-level security is enabled and forced",
        violations: "select relname::text from owned where not (relrowsecurity and relforcerowsecurity)",
    },
    Check {
        name: "a row has a tenant; only a session may be an operator's",
        violations: "select relname::text from owned where not attnotnull and relname <> 'sessions'",
    },
    Check {
        name: "the policies are those of protect_tenant_table, each for one role",
        violations: "
            , wanted (policy) as (values ('tenant'), ('operator'), ('gateway'), ('metering'), ('system'), ('lookup'), ('maintenance'))
            select o.relname || ' lacks ' || w.policy from owned o cross join wanted w
            where not exists (
              select from pg_policies p
              where p.schemaname = 'public' and p.tablename = o.relname and p.policyname = w.policy
                and p.permissive = 'PERMISSIVE' and p.cmd = 'ALL'
                and p.roles = array[case w.policy when 'tenant' then 'switchyard_app' else 'switchyard_' || w.policy end]::name[]
                and p.qual = p.with_check
                and p.qual = case w.policy when 'tenant'
                  then format('(%I = ( SELECT current_tenant() AS current_tenant))', o.attname) else 'true' end)
            union all
            select p.tablename || ' has a policy of its own: ' || p.policyname from pg_policies p
            where p.schemaname = 'public' and p.policyname not in (select policy from wanted)",
    },
    Check {
        name: "an index begins with the tenant",
        violations: "
            select relname::text from owned o where not exists (
              select from pg_index i where i.indrelid = o.oid and i.indkey[0] = o.attnum and i.indisvalid and i.indpred is null)",
    },
    Check {
        // Who may not insert learns nothing from a key that is taken.
        name: "a unique key that tenants can write carries the tenant",
        violations: "
            select o.relname || ': ' || i.indexrelid::regclass from owned o join pg_index i on i.indrelid = o.oid
            where i.indisunique and not o.attnum = any (i.indkey::smallint[])
              and (has_any_column_privilege('switchyard_app', o.oid, 'insert')
                or has_any_column_privilege('switchyard_app', o.oid, 'update'))",
    },
    Check {
        name: "a reference between tables of tenants carries the tenant",
        violations: "
            select k.conrelid::regclass || ': ' || k.conname
            from pg_constraint k join owned target on target.oid = k.confrelid and target.relname <> 'tenants'
            where k.contype = 'f' and not exists (
              select from owned o, unnest(k.conkey, k.confkey) as pair (here, there)
              where o.oid = k.conrelid and pair.here = o.attnum and pair.there = target.attnum)
            union all
            select o.relname || ': ' || k.conname from owned o join pg_constraint k on k.conrelid = o.oid
            where k.contype = 'f' and k.confrelid = 'public.tenants'::regclass and k.conkey <> array[o.attnum]",
    },
    Check {
        name: "nobody but the owner has a grant on a partition",
        violations: "
            select distinct o.relname || ' to ' || g.grantee::regrole from owned o, aclexplode(o.relacl) g
            where o.relispartition and g.grantee <> o.relowner
            union all
            select o.relname || '.' || a.attname from owned o join pg_attribute a on a.attrelid = o.oid
            where o.relispartition and a.attacl is not null",
    },
    Check {
        // Neither truncate nor a foreign key asks a policy.
        name: "no role may truncate, reference or put triggers on a table of tenants",
        violations: "
            select o.relname || ': ' || g.privilege_type || ' to ' || g.grantee::regrole from owned o, aclexplode(o.relacl) g
            where g.grantee <> o.relowner and g.privilege_type in ('TRUNCATE', 'REFERENCES', 'TRIGGER')",
    },
    Check {
        name: "what tenants read without a policy is the platform's public offer",
        violations: "
            select c.relname::text from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
              and has_any_column_privilege('switchyard_app', c.oid, 'select')
              and c.oid not in (select oid from owned) and c.relname not in ('models', 'prices', 'data_classes', 'config_generation')",
    },
    Check {
        name: "nothing is granted to everybody",
        violations: "
            select c.relname || ': ' || g.privilege_type from pg_class c, aclexplode(c.relacl) g
            where c.relnamespace = 'public'::regnamespace and g.grantee = 0
            union all
            select p.oid::regprocedure || ': execute' from pg_proc p
            where p.pronamespace = 'public'::regnamespace and p.prosecdef
              and has_function_privilege('public', p.oid, 'execute')",
    },
    Check {
        name: "views ask the policies of who reads them, and there are no copies",
        violations: "
            select c.relname::text from pg_class c where c.relnamespace = 'public'::regnamespace and (c.relkind = 'm'
              or (c.relkind = 'v' and not coalesce('security_invoker=true' = any (c.reloptions), false)))",
    },
    Check {
        name: "functions that run as another have a fixed search_path and an owner who is no superuser",
        violations: "
            select p.oid::regprocedure::text from pg_proc p join pg_roles r on r.oid = p.proowner
            where p.pronamespace = 'public'::regnamespace and p.prosecdef
              and (r.rolsuper or not exists (select from unnest(p.proconfig) s where s like 'search_path=%'))",
    },
    Check {
        name: "the look-up role owns functions alone, and the working roles own nothing",
        violations: "
            select c.relname::text from pg_class c join pg_roles r on r.oid = c.relowner
            where r.rolname like 'switchyard\\_%' and r.rolname <> 'switchyard_owner'
            union all
            select p.proname::text from pg_proc p join pg_roles r on r.oid = p.proowner
            where r.rolname like 'switchyard\\_%' and r.rolname not in ('switchyard_owner', 'switchyard_lookup')",
    },
    Check {
        name: "every role is as harmless as its name says",
        violations: "
            select rolname::text from pg_roles where rolname like 'switchyard\\_%' and (rolsuper or rolcreaterole or rolcreatedb
              or rolinherit or rolreplication or rolbypassrls <> (rolname = 'switchyard_lookup')
              or rolcanlogin <> (rolname in ('switchyard_owner', 'switchyard_login')))",
    },
];

async fn violations(conn: &mut PgConnection, check: &Check) -> Result<Vec<String>> {
    let query = format!("with {OWNED} {}", check.violations);
    Ok(sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_all(conn).await?)
}

#[tokio::test]
async fn every_table_of_tenants_is_protected_alike() -> Result<()> {
    let db = testkit::database().await;
    let mut conn = db.superuser().await;
    let mut found = Vec::new();
    for check in CHECKS {
        for violation in violations(&mut conn, check).await? {
            found.push(format!("{}: {violation}", check.name));
        }
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
    Ok(())
}

/// A schema that breaks every rule, so that no check passes because it can see nothing.
const BAD_SCHEMA: &str = "
    set role switchyard_owner;
    create table bare (tenant_id uuid, id uuid primary key, label text);
    grant insert on bare to switchyard_app;
    grant select on bare to public;
    create policy open_door on bare to switchyard_app using (true);
    create table pointing (tenant_id uuid not null, project uuid, member uuid, holder uuid references tenants (id));
    alter table pointing add constraint single foreign key (member) references bare (id);
    grant truncate on pointing to switchyard_app;
    grant select on usage_events_default to switchyard_app;
    create table secret_list (name text);
    grant select on secret_list to switchyard_app;
    create view everything as select * from projects;
    create function run_as_owner() returns int language sql security definer as 'select 1';
    reset role;
    create table stolen (id int);
    alter table stolen owner to switchyard_lookup;
    alter role switchyard_gateway createdb;";

#[tokio::test]
async fn every_check_sees_the_fault_it_is_for() -> Result<()> {
    let db = testkit::database().await;
    let mut conn = db.superuser().await;
    sqlx::raw_sql(BAD_SCHEMA).execute(&mut conn).await?;
    for check in CHECKS {
        let found = violations(&mut conn, check).await?;
        assert!(!found.is_empty(), "the check that {} sees nothing wrong", check.name);
    }
    Ok(())
}
