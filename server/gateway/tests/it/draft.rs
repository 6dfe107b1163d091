//! The rows of a configuration, while a test writes them.

use std::time::Duration;

use gateway::OPERATOR;
use rand::{SeedableRng, rngs::StdRng};
use rust_decimal::Decimal;
use secrets::{DataKey, KeyEncryptionKey, Pepper, Purpose, Token, TokenKind};
use shared::{ApiKeyId, Currency, DeploymentId, ModelId, PoolId, PriceId, ProjectId, TenantId};
use snapshot::{
    ApiKey, Deployment, DeploymentState, EngineKind, KeySecret, Model, ModelGrant, ModelKind, Pool, PoolKind,
    Price, Project, Rows, Tenant, TenantStatus,
};

use crate::world::now;

/// A tenant with a project and keys.
#[derive(Debug, Clone)]
pub struct TenantKeys {
    pub id: TenantId,
    pub project: ProjectId,
    pub key_id: ApiKeyId,
    pub key: String,
}

/// The rows that a configuration is made of, while a test writes them.
pub struct Draft {
    pub rows: Rows,
    pub pool: PoolId,
    random: StdRng,
    pepper: Pepper,
    data_key: DataKey,
}

impl Draft {
    pub fn new() -> Self {
        let mut random = StdRng::seed_from_u64(7);
        let (data_key, wrapped) = kek().new_data_key(OPERATOR, &mut random).unwrap();
        let pool = PoolId::generate();
        let rows = Rows {
            generation: 1,
            pools: vec![Pool { id: pool, name: "shared".into(), kind: PoolKind::Shared, region: None }],
            operator_data_key: Some(wrapped),
            ..Rows::default()
        };
        Self { rows, pool, random, pepper: pepper(), data_key }
    }

    pub fn tenant(&mut self, slug: &str) -> TenantKeys {
        let (id, project) = (TenantId::generate(), ProjectId::generate());
        self.rows.tenants.push(Tenant {
            id,
            slug: slug.into(),
            name: slug.into(),
            status: TenantStatus::Active,
            max_concurrent_requests: None,
            demo: false,
            external_engines: false,
            data_key: None,
            residency: None,
        });
        self.rows.projects.push(Project {
            tenant_id: id,
            id: project,
            team_id: None,
            cost_centre: Some("R&D".into()),
            data_class: None,
            data_class_allows_external: true,
            store_responses: false,
            data_class_needs_clearance: false,
            residency: None,
        });
        let (key_id, key) = self.key(id, project, |_| {});
        TenantKeys { id, project, key_id, key }
    }

    /// One more key; `shape` changes it before it is stored.
    pub fn key(
        &mut self,
        tenant_id: TenantId,
        project_id: ProjectId,
        shape: impl FnOnce(&mut ApiKey),
    ) -> (ApiKeyId, String) {
        let token = Token::generate(TokenKind::ApiKey, &mut self.random);
        let id = ApiKeyId::generate();
        let mut key = ApiKey {
            tenant_id,
            id,
            project_id,
            disabled: false,
            expires_at: None,
            scopes: vec![],
            allowed_models: None,
        };
        shape(&mut key);
        self.rows.keys.push(key);
        let hash = token.hash(&self.pepper);
        self.rows.secrets.push(KeySecret { tenant_id, key_id: id, hash, expires_at: None });
        (id, token.reveal().to_owned())
    }

    /// A model at $1 a million prompt tokens and $2 a million completion tokens, granted to all tenants so far.
    pub fn model(&mut self, name: &str) -> ModelId {
        let id = ModelId::generate();
        self.rows.models.push(Model {
            id,
            name: name.into(),
            display_name: name.into(),
            description: String::new(),
            context_length: 8192,
            max_output_tokens: Some(4096),
            input_modalities: vec!["text".into()],
            output_modalities: vec!["text".into()],
            supported_parameters: vec!["temperature".into(), "tools".into()],
            created_at: now(),
            kind: ModelKind::Chat,
            capabilities: ["tools", "parallel_tools", "json_schema", "logprobs", "completions"]
                .map(str::to_owned)
                .to_vec(),
            tokenizer: None,
            tasks: vec![],
        });
        let grants = self.rows.tenants.iter().map(|tenant| ModelGrant { tenant_id: tenant.id, model_id: id });
        self.rows.grants.extend(grants);
        self.rows.prices.push(Price {
            id: PriceId::generate(),
            model_id: id,
            valid_from: now() - Duration::from_mins(1),
            currency: Currency::USD,
            prompt: Decimal::new(1, 6),
            cached_prompt: Decimal::new(5, 7),
            completion: Decimal::new(2, 6),
            request: Decimal::ZERO,
        });
        id
    }

    /// A deployment; `shape` changes it before it is stored.
    pub fn deployment(
        &mut self,
        model_id: ModelId,
        engine: EngineKind,
        base_url: &str,
        shape: impl FnOnce(&mut Deployment),
    ) -> DeploymentId {
        let id = DeploymentId::generate();
        let mut deployment = Deployment {
            id,
            name: format!("d{}", self.rows.deployments.len()),
            engine,
            base_url: base_url.parse().unwrap(),
            model_id,
            upstream_model: "sim-8b".into(),
            pool_id: self.pool,
            region: Some("eu".into()),
            state: DeploymentState::Active,
            weight: 100,
            context_length: None,
            credential: None,
            external: false,
            owner_tenant: None,
            max_output_tokens: None,
            quantization: None,
            data_classes: None,
            kv_tokens: None,
            max_loras: None,
        };
        shape(&mut deployment);
        self.rows.deployments.push(deployment);
        id
    }

    pub fn seal(&mut self, token: &str) -> Vec<u8> {
        self.data_key.seal(Purpose::EngineCredential, token.as_bytes(), &mut self.random).unwrap()
    }
}

pub fn kek() -> KeyEncryptionKey {
    KeyEncryptionKey::new([3; 32])
}

pub fn pepper() -> Pepper {
    Pepper::new([4; 32])
}
