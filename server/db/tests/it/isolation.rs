//! The proof by doing: two tenants with a row each in every table, and one of them tries everything on the other.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use db::{DbError, PgConnection};
use serde_json::Value;
use shared::TenantId;
use sqlx::AssertSqlSafe;
use testkit::{TestDatabase, fixtures};
use uuid::Uuid;

const FORBIDDEN: &str = "42501";
const NO_SUCH_ROW: &str = "23503";
const COPY_UNDER_ROW_SECURITY: &str = "0A000";

const MINE: TenantId = TenantId::from_uuid(Uuid::from_u128(0xa));
const THEIRS: TenantId = TenantId::from_uuid(Uuid::from_u128(0xb));

/// A table with tenants' rows.
#[derive(Debug, sqlx::FromRow)]
struct Table {
    name: String,
    /// The column that says whose a row is.
    owner: String,
    /// What an insert must name: all columns but the generated ones.
    columns: Vec<String>,
    insertable: bool,
    updatable: bool,
}

const TABLES: &str = "
    select c.relname::text as name, owner.attname::text as owner,
           array(select quote_ident(a.attname) from pg_attribute a
                 where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
           has_table_privilege('switchyard_app', c.oid, 'insert') as insertable,
           has_table_privilege('switchyard_app', c.oid, 'update') as updatable
    from pg_class c join pg_attribute owner on owner.attrelid = c.oid and not owner.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
      and (owner.attname = 'tenant_id' or (c.relname = 'tenants' and owner.attname = 'id'))
    order by 1";

/// The columns, beside the tenant's, of each reference that carries the tenant.
const REFERENCES: &str = "
    select array(select a.attname::text from pg_attribute a
                 where a.attrelid = k.conrelid and a.attnum = any (k.conkey) and a.attname <> 'tenant_id') as columns
    from pg_constraint k
    where k.contype = 'f' and k.conrelid = $1::regclass and cardinality(k.conkey) > 1";

struct Trial {
    db: TestDatabase,
    superuser: PgConnection,
    tables: Vec<Table>,
}

impl Trial {
    async fn begin() -> Result<Self> {
        let db = testkit::database().await;
        let mut superuser = db.superuser().await;
        fixtures::insert_all(&mut superuser, MINE).await;
        fixtures::insert_all(&mut superuser, THEIRS).await;
        let tables: Vec<Table> = sqlx::query_as(TABLES).fetch_all(&mut superuser).await?;
        ensure!(tables.len() > 10, "the schema has tables");
        Ok(Self { db, superuser, tables })
    }

    /// Every row of a tenant as it really is.
    async fn rows(&mut self, table: usize, tenant: TenantId) -> Result<Vec<Value>> {
        let Table { name, owner, .. } = &self.tables[table];
        let query = format!("select to_jsonb(t) from {name} t where {owner} = $1 order by to_jsonb(t)::text");
        let rows =
            sqlx::query_scalar(AssertSqlSafe(query)).bind(tenant.uuid()).fetch_all(&mut self.superuser);
        Ok(rows.await?)
    }

    /// What one statement does as `MINE`, then undone: the rows it touched, or the SQLSTATE and message of its refusal.
    async fn attempt(&self, statement: &str, bound: Bound<'_>) -> Result<Result<u64, (String, String)>> {
        let mut tx = self.db.tenant(MINE).await?;
        let done = run(tx.conn(), statement, bound).await;
        tx.rollback().await?;
        Ok(done)
    }
}

#[derive(Clone, Copy)]
enum Bound<'a> {
    Nothing,
    Tenant(TenantId),
    Row(&'a Value),
}

async fn run(conn: &mut PgConnection, statement: &str, bound: Bound<'_>) -> Result<u64, (String, String)> {
    let query = sqlx::query(AssertSqlSafe(statement.to_owned()));
    let query = match bound {
        Bound::Nothing => query,
        Bound::Tenant(tenant) => query.bind(tenant.uuid()),
        Bound::Row(row) => query.bind(row),
    };
    query.execute(conn).await.map(|done| done.rows_affected()).map_err(|error| {
        let message = error.to_string();
        (DbError::from(error).sqlstate().unwrap_or_default(), message)
    })
}

fn insert_of(table: &Table) -> String {
    let (name, columns) = (&table.name, table.columns.join(", "));
    format!("insert into {name} ({columns}) select {columns} from jsonb_populate_record(null::{name}, $1)")
}

fn is_forbidden(done: &Result<u64, (String, String)>) -> bool {
    done.as_ref().is_err_and(|(state, _)| state == FORBIDDEN)
}

#[tokio::test]
async fn every_table_of_tenants_has_a_fixture() -> Result<()> {
    let trial = Trial::begin().await?;
    let tables: BTreeSet<&str> = trial.tables.iter().map(|table| table.name.as_str()).collect();
    let fixtures: BTreeSet<&str> = fixtures::ALL.iter().map(|fixture| fixture.table).collect();
    assert_eq!(tables, fixtures, "testkit::fixtures and the schema must name the same tables");
    Ok(())
}

#[tokio::test]
async fn a_tenant_sees_its_own_rows_alone() -> Result<()> {
    let mut trial = Trial::begin().await?;
    let mut readable = 0;
    for index in 0..trial.tables.len() {
        ensure!(!trial.rows(index, THEIRS).await?.is_empty(), "{:?} has no fixture", trial.tables[index]);
        let Table { name, owner, .. } = &trial.tables[index];
        let mut tx = trial.db.tenant(MINE).await?;
        let seen: Result<Vec<Uuid>, sqlx::Error> =
            sqlx::query_scalar(AssertSqlSafe(format!("select distinct {owner} from {name}")))
                .fetch_all(tx.conn())
                .await;
        match seen {
            Ok(seen) => {
                readable += 1;
                assert_eq!(seen, [MINE.uuid()], "{name}");
            }
            Err(error) => assert_eq!(DbError::from(error).sqlstate().as_deref(), Some(FORBIDDEN), "{name}"),
        }
    }
    assert!(readable > 5, "tenants can read most of their tables");
    Ok(())
}

#[tokio::test]
async fn a_tenant_changes_nothing_of_another() -> Result<()> {
    let mut trial = Trial::begin().await?;
    for index in 0..trial.tables.len() {
        let before = trial.rows(index, THEIRS).await?;
        let Table { name, owner, updatable, .. } = &trial.tables[index];
        for statement in [
            format!("update {name} set {owner} = {owner} where {owner} = $1"),
            format!("delete from {name} where {owner} = $1"),
        ] {
            let done = trial.attempt(&statement, Bound::Tenant(THEIRS)).await?;
            assert!(done == Ok(0) || is_forbidden(&done), "{statement}: {done:?}");
        }
        let own = format!("update {name} set {owner} = {owner} where {owner} = $1");
        if *updatable {
            assert_eq!(
                trial.attempt(&own, Bound::Tenant(MINE)).await?,
                Ok(1),
                "the same update on an own row: {name}"
            );
        }
        let give_away = format!("update {name} set {owner} = $1");
        let done = trial.attempt(&give_away, Bound::Tenant(THEIRS)).await?;
        assert!(is_forbidden(&done), "{give_away}: {done:?}");
        let done = trial.attempt(&format!("truncate {name} cascade"), Bound::Nothing).await?;
        assert!(is_forbidden(&done), "truncate {name}: {done:?}");
        assert_eq!(trial.rows(index, THEIRS).await?, before);
    }
    Ok(())
}

#[tokio::test]
async fn a_tenant_cannot_insert_as_another() -> Result<()> {
    let mut trial = Trial::begin().await?;
    let mut insertable = 0;
    for index in 0..trial.tables.len() {
        let (mine, theirs) = (trial.rows(index, MINE).await?, trial.rows(index, THEIRS).await?);
        let table = &trial.tables[index];
        let done = trial.attempt(&insert_of(table), Bound::Row(&theirs[0])).await?;
        assert!(is_forbidden(&done), "{}: {done:?}", table.name);
        if table.insertable {
            insertable += 1;
            let (_, message) = done.expect_err("it is forbidden");
            assert!(message.contains("row-level security"), "{}: {message}", table.name);
            let own = trial.attempt(&insert_of(table), Bound::Row(&mine[0])).await?;
            assert!(!is_forbidden(&own), "an own row is stopped by its key alone: {}: {own:?}", table.name);
        }
        assert_eq!(trial.rows(index, THEIRS).await?, theirs);
    }
    assert!(insertable > 3, "tenants can insert into most of their tables");
    Ok(())
}

#[tokio::test]
async fn no_row_can_refer_to_another_tenants() -> Result<()> {
    let mut trial = Trial::begin().await?;
    let mut tried = 0;
    for index in 0..trial.tables.len() {
        let theirs = trial.rows(index, THEIRS).await?.remove(0);
        let Table { name, owner, .. } = &trial.tables[index];
        let references: Vec<(Vec<String>,)> =
            sqlx::query_as(REFERENCES).bind(name).fetch_all(&mut trial.superuser).await?;
        // A table that only grows refuses changes before its keys are asked.
        let unguarded = format!("alter table {name} disable trigger user");
        sqlx::query(AssertSqlSafe(unguarded)).execute(&mut trial.superuser).await?;
        for (columns,) in references {
            let set: Vec<String> = columns
                .iter()
                .map(|column| {
                    assert!(!theirs[column].is_null(), "the fixture of {name} leaves {column} empty");
                    format!("{column} = (jsonb_populate_record(null::{name}, $1)).{column}")
                })
                .collect();
            let statement = format!("update {name} set {} where {owner} = '{}'", set.join(", "), MINE.uuid());
            // The key itself must refuse: row-level security is not asked when a reference is checked.
            let (state, _) = run(&mut trial.superuser, &statement, Bound::Row(&theirs)).await.unwrap_err();
            assert_eq!(state, NO_SUCH_ROW, "{statement}");
            let (state, _) = trial.attempt(&statement, Bound::Row(&theirs)).await?.unwrap_err();
            assert!([NO_SUCH_ROW, FORBIDDEN].contains(&&*state), "{statement}: {state}");
            tried += 1;
        }
    }
    assert!(tried > 3, "the schema has references between tables of tenants");
    Ok(())
}

#[tokio::test]
async fn copying_in_and_partitions_are_closed() -> Result<()> {
    let mut trial = Trial::begin().await?;
    for Table { name, .. } in &trial.tables {
        let mut tx = trial.db.tenant(MINE).await?;
        let refused = tx.conn().copy_in_raw(&format!("copy {name} from stdin")).await.map(drop).unwrap_err();
        let state = DbError::from(refused).sqlstate().unwrap_or_default();
        assert!([COPY_UNDER_ROW_SECURITY, FORBIDDEN].contains(&&*state), "{name}: {state}");
    }
    let partitions: Vec<String> =
        sqlx::query_scalar("select relname::text from pg_class where relispartition and relkind = 'r'")
            .fetch_all(&mut trial.superuser)
            .await?;
    assert!(partitions.len() > 1);
    for partition in partitions {
        let done = trial.attempt(&format!("select from {partition}"), Bound::Nothing).await?;
        assert!(is_forbidden(&done), "{partition}: {done:?}");
    }
    Ok(())
}

#[tokio::test]
async fn without_a_tenant_every_table_raises() -> Result<()> {
    let trial = Trial::begin().await?;
    for Table { name, .. } in &trial.tables {
        let mut lookup = trial.db.lookup().await?;
        let done = run(lookup.conn(), &format!("select from {name}"), Bound::Nothing).await;
        assert!(is_forbidden(&done), "{name}: {done:?}");
    }
    Ok(())
}
