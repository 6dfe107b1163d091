//! Permits: the authorization of a handler is in its signature.

use std::marker::PhantomData;

use axum::extract::{FromRef, FromRequestParts, RawPathParams};
use db::{OperatorTx, TenantTx};
use http::{Extensions, request::Parts};
use shared::{Action, ErrorCode, Resource, TenantId};
use web::{Problem, request_id::CurrentRequestId};

use crate::{
    Access, Caller, MemberCaller, audit, credential, database_problem,
    policy::{self, Acting},
    store,
};

/// What a handler does. Implemented by marker types, see [`grants`].
pub trait Permission: Send + Sync + 'static {
    const ACTION: Action;
    const RESOURCE: Resource;
}

macro_rules! permissions {
    ($($name:ident = $action:ident $resource:ident;)*) => {$(
        #[doc = concat!("To ", stringify!($action), " a ", stringify!($resource), ".")]
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}
        impl Permission for $name {
            const ACTION: Action = Action::$action;
            const RESOURCE: Resource = Resource::$resource;
        }
    )*};
}

/// The marker types, one for each thing a handler may do.
pub mod grants {
    use super::{Action, Permission, Resource};

    permissions! {
        ReadTenant = Read Tenant; UpdateTenant = Update Tenant;
        ReadTeam = Read Team; CreateTeam = Create Team; UpdateTeam = Update Team; DeleteTeam = Delete Team;
        ReadProject = Read Project; CreateProject = Create Project; UpdateProject = Update Project; DeleteProject = Delete Project;
        ReadMember = Read Member; UpdateMember = Update Member; DeleteMember = Delete Member;
        ReadInvitation = Read Invitation; CreateInvitation = Create Invitation; DeleteInvitation = Delete Invitation;
        ReadApiKey = Read ApiKey; CreateApiKey = Create ApiKey; UpdateApiKey = Update ApiKey; DeleteApiKey = Delete ApiKey;
        ReadAccessToken = Read AccessToken; CreateAccessToken = Create AccessToken; DeleteAccessToken = Delete AccessToken;
        ReadSession = Read Session; DeleteSession = Delete Session;
        ReadUsage = Read Usage; ReadAudit = Read Audit; ReadTenantModel = Read TenantModel;
        ReadFile = Read File; CreateFile = Create File; DeleteFile = Delete File;
        ReadBatch = Read Batch; CreateBatch = Create Batch; UpdateBatch = Update Batch;
        ReadOperator = Read Operator; CreateOperator = Create Operator; UpdateOperator = Update Operator;
        ReadOperatorToken = Read OperatorToken; CreateOperatorToken = Create OperatorToken; DeleteOperatorToken = Delete OperatorToken;
        ReadTenantDirectory = Read TenantDirectory; CreateTenantDirectory = Create TenantDirectory;
        UpdateTenantDirectory = Update TenantDirectory; DeleteTenantDirectory = Delete TenantDirectory;
        ReadModelGrant = Read ModelGrant; CreateModelGrant = Create ModelGrant; DeleteModelGrant = Delete ModelGrant;
        ReadModel = Read Model; CreateModel = Create Model; UpdateModel = Update Model;
        ReadPool = Read Pool; CreatePool = Create Pool; UpdatePool = Update Pool;
        ReadDeployment = Read Deployment; CreateDeployment = Create Deployment; UpdateDeployment = Update Deployment; DeleteDeployment = Delete Deployment;
        ReadPrice = Read Price; CreatePrice = Create Price;
        CreatePlayground = Create Playground;
        ReadPlaygroundShare = Read PlaygroundShare; CreatePlaygroundShare = Create PlaygroundShare; DeletePlaygroundShare = Delete PlaygroundShare;
        ReadUpstream = Read Upstream; CreateUpstream = Create Upstream; DeleteUpstream = Delete Upstream;
        ReadDataClass = Read DataClass; CreateDataClass = Create DataClass; UpdateDataClass = Update DataClass;
        ReadRoute = Read Route; CreateRoute = Create Route; UpdateRoute = Update Route; DeleteRoute = Delete Route;
        ReadTenantRoute = Read TenantRoute; CreateTenantRoute = Create TenantRoute;
        UpdateTenantRoute = Update TenantRoute; DeleteTenantRoute = Delete TenantRoute;
        ReadPlatformUsage = Read PlatformUsage; ReadOperatorAudit = Read OperatorAudit; ReadMail = Read Mail;
    }
}

/// Leave to do `P` inside the tenant that the path names (`{tenant_id}`).
#[derive(Debug)]
pub struct TenantPermit<P> {
    caller: Caller,
    tenant_id: TenantId,
    access: Access,
    permission: PhantomData<fn() -> P>,
}

impl<P> TenantPermit<P> {
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    pub const fn tenant_id(&self) -> TenantId {
        self.tenant_id
    }

    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.access.clock().now()
    }

    /// A transaction that sees this tenant alone; with an operator's grants when an operator acts.
    pub async fn begin(&self) -> Result<TenantTx, Problem> {
        begin(&self.access, &self.caller, self.tenant_id).await
    }
}

async fn begin(access: &Access, caller: &Caller, tenant_id: TenantId) -> Result<TenantTx, Problem> {
    let tx = match caller {
        Caller::Operator(_) => access.db().tenant_as_operator(tenant_id).await,
        Caller::Member(_) => access.db().tenant(tenant_id).await,
    };
    tx.map_err(|error| database_problem(&error))
}

impl<P: Permission, S> FromRequestParts<S> for TenantPermit<P>
where
    Access: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let access = Access::from_ref(state);
        let caller = credential::caller(parts, &access).await?;
        let attempt = Attempt::of::<P>(parts, &caller);
        let verdict = in_tenant::<P>(parts, state, &access, &caller).await;
        let tenant_id = attempt.settle(&access, &mut parts.extensions, verdict, audit::Chain::Tenant).await?;
        Ok(Self { caller, tenant_id, access, permission: PhantomData })
    }
}

/// The tenant of the path, if the caller may do `P` there.
async fn in_tenant<P: Permission>(
    parts: &mut Parts,
    state: &(impl Send + Sync),
    access: &Access,
    caller: &Caller,
) -> Result<TenantId, Problem> {
    let params =
        RawPathParams::from_request_parts(parts, state).await.map_err(|_| Problem::not_found("tenant"))?;
    let named = params.iter().find(|(name, _)| *name == "tenant_id").map(|(_, value)| value);
    let tenant_id: TenantId =
        named.and_then(|text| text.parse().ok()).ok_or_else(|| Problem::not_found("tenant"))?;
    let acting = match caller {
        Caller::Operator(_) => Acting::Operator,
        Caller::Member(member) if member.tenant_id == tenant_id => Acting::Member(member.role),
        Caller::Member(_) => return Err(Problem::not_found("tenant")),
    };
    let mut tx = begin(access, caller, tenant_id).await?;
    let status = store::caller::tenant_status(&mut tx).await.map_err(|error| database_problem(&error))?;
    tx.commit().await.map_err(|error| database_problem(&error))?;
    match status.as_deref() {
        None | Some("deleted") => return Err(Problem::not_found("tenant")),
        Some("suspended") if P::ACTION != Action::Read && acting != Acting::Operator => {
            let detail = "The account is suspended: nothing can be changed until your provider lifts it.";
            return Err(Problem::new(ErrorCode::TenantSuspended, detail));
        }
        Some(_) => {}
    }
    allowed::<P>(acting).map(|()| tenant_id)
}

fn allowed<P: Permission>(acting: Acting) -> Result<(), Problem> {
    if policy::allows(acting, P::ACTION, P::RESOURCE) {
        return Ok(());
    }
    let detail =
        format!("Your role does not allow to {} this ({}). Ask an administrator.", P::ACTION, P::RESOURCE);
    Err(Problem::new(ErrorCode::Forbidden, detail))
}

/// Leave to do `P` on the deployment as a whole.
#[derive(Debug)]
pub struct OperatorPermit<P> {
    operator: crate::OperatorCaller,
    access: Access,
    permission: PhantomData<fn() -> P>,
}

impl<P> OperatorPermit<P> {
    pub const fn operator(&self) -> &crate::OperatorCaller {
        &self.operator
    }

    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.access.clock().now()
    }

    pub async fn begin(&self) -> Result<OperatorTx, Problem> {
        self.access.operator().await
    }
}

impl<P: Permission, S> FromRequestParts<S> for OperatorPermit<P>
where
    Access: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let access = Access::from_ref(state);
        let caller = credential::caller(parts, &access).await?;
        let attempt = Attempt::of::<P>(parts, &caller);
        let verdict = match &caller {
            Caller::Operator(operator) => allowed::<P>(Acting::Operator).map(|()| operator.clone()),
            // A member learns nothing of what operators have.
            Caller::Member(_) => Err(Problem::not_found("object")),
        };
        let operator =
            attempt.settle(&access, &mut parts.extensions, verdict, |_| audit::Chain::Operator).await?;
        Ok(Self { operator, access, permission: PhantomData })
    }
}

/// Leave to see or change what is the caller's own: its profile, sessions, tokens. No database but through the tenant
/// or the operators' tables, as fits the caller.
#[derive(Debug)]
pub struct SelfPermit<P> {
    caller: Caller,
    access: Access,
    permission: PhantomData<fn() -> P>,
}

impl<P> SelfPermit<P> {
    pub const fn caller(&self) -> &Caller {
        &self.caller
    }

    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.access.clock().now()
    }

    pub async fn begin_member(&self, member: &MemberCaller) -> Result<TenantTx, Problem> {
        self.access.tenant(member.tenant_id).await
    }

    pub async fn begin_operator(&self, _: &crate::OperatorCaller) -> Result<OperatorTx, Problem> {
        self.access.operator().await
    }
}

impl<P: Permission, S> FromRequestParts<S> for SelfPermit<P>
where
    Access: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let access = Access::from_ref(state);
        let caller = credential::caller(parts, &access).await?;
        let attempt = Attempt::of::<P>(parts, &caller);
        let own = own_chain(&caller);
        attempt.settle(&access, &mut parts.extensions, Ok(()), |()| own).await?;
        Ok(Self { caller, access, permission: PhantomData })
    }
}

fn own_chain(caller: &Caller) -> audit::Chain {
    match caller {
        Caller::Operator(_) => audit::Chain::Operator,
        Caller::Member(member) => audit::Chain::Tenant(member.tenant_id),
    }
}

/// Something that is about to be allowed or not, as the audit log will tell it.
struct Attempt {
    mutates: bool,
    own_chain: audit::Chain,
    actor: String,
    action: String,
    resource: String,
    request_id: Option<String>,
}

impl Attempt {
    fn of<P: Permission>(parts: &Parts, caller: &Caller) -> Self {
        Self {
            mutates: P::ACTION != Action::Read,
            own_chain: own_chain(caller),
            actor: caller.actor(),
            action: format!("{}.{}", P::RESOURCE, P::ACTION),
            resource: parts.uri.path().to_owned(),
            request_id: parts.extensions.get::<CurrentRequestId>().map(|id| id.as_str().to_owned()),
        }
    }

    fn begun(&self, chain: audit::Chain) -> audit::Begun {
        audit::Begun::new(chain, &self.actor, &self.action, &self.resource, self.request_id.clone())
    }

    /// Writes what the audit log must know of the verdict, and hands it on.
    async fn settle<T>(
        self,
        access: &Access,
        extensions: &mut Extensions,
        verdict: Result<T, Problem>,
        chain: impl FnOnce(T) -> audit::Chain,
    ) -> Result<T, Problem>
    where
        T: Clone,
    {
        if !self.mutates {
            return verdict;
        }
        match verdict {
            Ok(value) => {
                let begun = self.begun(chain(value.clone()));
                audit::begin(access, &begun).await?;
                audit::arm(extensions, begun);
                Ok(value)
            }
            Err(problem) if problem.code().status() < 500 => {
                let begun = self.begun(self.own_chain);
                audit::begin(access, &begun).await?;
                audit::complete(access, &begun, audit::Phase::Denied).await?;
                Err(problem)
            }
            Err(problem) => Err(problem),
        }
    }
}
