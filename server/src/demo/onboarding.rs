//! The operator, two tenants, and the first chat.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use egress::{ConnectTimeout, EgressRules, EngineClient};
use http::{Request, header};
use http_body_util::{BodyExt, Full};
use rand::{Rng, distr::Alphanumeric, distr::SampleString};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};
use shared::Page;
use shared_api::{
    identity::{DisplayName, EmailAddress},
    tenancy::{CreatedApiKey, CreatedTenant, Member, Project, Tenant as TenantRow},
};
use url::Url;

use super::{
    client::Client,
    document::{Document, Operator, Person, Tenant},
    say,
};
use crate::foundation::Foundation;

const OPERATOR: &str = "operator@demo.example";

/// A tenant of the demo: slug, name, admin's name and address.
pub type Wanted = (&'static str, &'static str, &'static str, &'static str);

pub const TENANTS: [Wanted; 2] = [
    ("acme", "Acme Robotics", "Ada Admin", "ada@acme.example"),
    ("globex", "Globex Insurance", "Gus Admin", "gus@globex.example"),
];

fn password(random: &mut impl Rng) -> String {
    Alphanumeric.sample_string(random, 16)
}

/// The operator of the start before, or a new one; always with a fresh token.
pub async fn operator(foundation: &Foundation, before: Option<&Document>) -> anyhow::Result<Operator> {
    let email: EmailAddress = OPERATOR.parse()?;
    let name: DisplayName = "Olga Operator".parse()?;
    let token_name: DisplayName = "demo".parse()?;
    let now = foundation.clock.now();
    let known = before.map(|document| document.operator.password.clone());
    let password = known.clone().unwrap_or_else(|| password(&mut rand::rng()));
    let id = match identity::find_operator(&foundation.db, &email).await? {
        None => identity::create_operator(&foundation.db, &email, &name, &password, now).await?,
        // The document was lost: its password is of no use any more.
        Some(_) if known.is_none() => {
            identity::set_operator_password(&foundation.db, &email, &password).await?
        }
        Some(id) => id,
    };
    let token =
        identity::create_operator_token(&foundation.db, &foundation.pepper, id, &token_name, now).await?;
    Ok(Operator { email: OPERATOR.to_owned(), password, api_token: token.reveal().to_owned() })
}

/// A tenant as it is, or onboarded now; always with a fresh key.
pub async fn tenant(
    client: &Client,
    base_url: &Url,
    wanted: Wanted,
    before: Option<&Document>,
) -> anyhow::Result<Tenant> {
    let (slug, ..) = wanted;
    let all: Page<TenantRow> = client.get("/tenants?limit=200").await?;
    let remembered = before.and_then(|document| document.tenants.iter().find(|one| one.slug == slug));
    let (id, admin) = match (all.data.iter().find(|one| one.slug == slug), remembered) {
        (Some(there), Some(remembered)) => (there.id, remembered.admin.clone()),
        (Some(there), None) => bail!(
            "tenant {slug} ({}) is there, but demo.json with its sign-in is not: start with another --data-dir",
            there.id
        ),
        (None, _) => onboard(client, wanted).await?,
    };
    let project = first_project(client, id).await?;
    let api_key = fresh_key(client, &admin, slug, id, &project).await?;
    Ok(Tenant {
        id: id.to_string(),
        slug: slug.to_owned(),
        endpoint: format!("{}t/{slug}/v1", base_url),
        api_key,
        admin,
        project_id: project.id.to_string(),
    })
}

async fn onboard(client: &Client, wanted: Wanted) -> anyhow::Result<(shared::TenantId, Person)> {
    let (slug, name, person, email) = wanted;
    let models: Page<shared_api::catalog::Model> = client.get("/models?limit=200").await?;
    let models: Vec<_> = models.data.into_iter().map(|model| model.name).collect();
    let new = json!({"slug": slug, "name": name, "admin_email": email, "models": models});
    let made: CreatedTenant = client.post("/tenants", &new).await?;
    let link = made.invitation.and_then(|invitation| invitation.link).context("an invitation has a link")?;
    let token = link.rsplit('/').next().context("an invitation's link ends with its token")?;
    let password = password(&mut rand::rng());
    let accept = json!({"token": token, "name": person, "password": password});
    client.post_as_nobody("/invitations/accept", &accept).await?;
    let people: Page<Member> = client.get(&format!("/tenants/{}/members", made.tenant.id)).await?;
    if !people.data.iter().any(|member| member.email == email) {
        bail!("{email} did not become a member of {slug}");
    }
    Ok((made.tenant.id, Person { email: email.to_owned(), password }))
}

async fn first_project(client: &Client, tenant: shared::TenantId) -> anyhow::Result<Project> {
    let projects: Page<Project> = client.get(&format!("/tenants/{tenant}/projects")).await?;
    projects.data.into_iter().find(|project| project.archived_at.is_none()).context("a tenant has a project")
}

/// A key is a tenant's to make: the admin signs in and makes it.
async fn fresh_key(
    client: &Client,
    admin: &Person,
    slug: &str,
    tenant: shared::TenantId,
    project: &Project,
) -> anyhow::Result<String> {
    let member = client.signed_in(&admin.email, &admin.password, slug).await?;
    let suffix = Alphanumeric.sample_string(&mut rand::rng(), 6).to_lowercase();
    let new =
        json!({"name": format!("demo {suffix}"), "project_id": project.id, "scopes": ["routing:explain"]});
    let made: CreatedApiKey = member.post(&format!("/tenants/{tenant}/keys"), &new).await?;
    made.secret.context("a new key shows its secret")
}

/// Sends a chat as the first tenant's app would, over the real socket, and prints it.
pub async fn first_chat(document: &Document) -> anyhow::Result<()> {
    let (tenant, model) =
        document.tenants.first().zip(document.models.first()).context("nothing to chat with")?;
    let question = "Hello! In one sentence: what does a railway switchyard do?";
    let body = json!({"model": model, "messages": [{"role": "user", "content": question}], "max_tokens": 80});
    let answer = chat(tenant, &body).await?;
    let text =
        answer.choices.first().and_then(|choice| choice.message.content.as_deref()).unwrap_or_default();
    say(&format!("first chat as {} through the router, model {model}", tenant.slug));
    println!("    > {question}\n    < {}", text.trim().replace('\n', "\n      "));
    if let Some(usage) = &answer.usage {
        println!("    usage {}", usage.get());
    }
    Ok(())
}

/// What is printed of an answer.
#[derive(Deserialize)]
struct Answer {
    choices: Vec<Choice>,
    /// As it was written: numbers read into a float would be shown in another form.
    usage: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Choice {
    message: Said,
}

#[derive(Deserialize)]
struct Said {
    content: Option<String>,
}

/// How long the gateway may take to hear of the key and of the engines.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tries until the key and a healthy deployment are known to the gateway.
async fn chat(tenant: &Tenant, body: &Value) -> anyhow::Result<Answer> {
    let client = EngineClient::new(&EgressRules::engines(Vec::new())?, ConnectTimeout::default())?;
    let begun = Instant::now();
    loop {
        let request = Request::post(format!("{}/chat/completions", tenant.endpoint))
            .header(header::AUTHORIZATION, format!("Bearer {}", tenant.api_key))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::from(body.to_string()))?;
        let response = client.send(request).await?;
        let status = response.status();
        let bytes = response.into_body().collect().await?.to_bytes();
        if status.is_success() {
            return Ok(serde_json::from_slice(&bytes)?);
        }
        if begun.elapsed() > PATIENCE {
            bail!("the first chat was refused with {status}: {}", String::from_utf8_lossy(&bytes));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
