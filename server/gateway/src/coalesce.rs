//! Embedding requests that arrive together go to their engine as one.
//!
//! Who comes first opens a group and sets its clock; who comes within the window joins. Members of a group are one
//! tenant's, ask one deployment for the same model with the same fields, and each gets its own vectors and its share of
//! the tokens. A member that leaves costs the others nothing; when all have left, the engine's work is cancelled.

use std::{collections::HashMap, sync::Arc, time::Duration};

use engines::{Labels, Payload, Share, Task, TaskKind, divide, engine, gather};
use futures::future::join_all;
use http::HeaderValue;
use parking_lot::Mutex;
use shared::{DeploymentId, TenantId};
use shared_chat::{EmbeddingRequest, TextOrTokens};
use tokio::{
    sync::{Notify, oneshot},
    time::timeout,
};
use tracing::Span;

use crate::{
    admit::Admitted,
    failure::{Failure, Next},
    gateway::Shared,
    plan::Target,
    request::ModelRequest,
    trace::CallTrace,
    upstream::Outgoing,
};

/// Inputs of one request, where the engine tells no limit.
const MOST_INPUTS: usize = 256;
/// Bytes of text, and four for each token, of one request.
const MOST_BYTES: usize = 1 << 20;

/// What members of a group have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    tenant: TenantId,
    deployment: DeploymentId,
    upstream_model: String,
    /// Token ids and texts don't mix.
    tokens: bool,
    /// The request without its input and its model, in JSON.
    fields: String,
}

/// Groups whose windows are open; each lives as long as its window.
#[derive(Debug, Default)]
pub(crate) struct Coalescer(Mutex<HashMap<Key, Arc<Group>>>);

#[derive(Debug, Default)]
struct Group {
    members: Mutex<Vec<Member>>,
    full: Notify,
}

#[derive(Debug)]
struct Member {
    input: TextOrTokens,
    bytes: usize,
    share: Share,
    answer: oneshot::Sender<Told>,
}

/// What a member is told, and how many were asked for at once.
type Told = (Result<Payload, Failure>, usize);

/// Asks with others. None: the request goes alone.
pub(crate) async fn ask(
    gateway: &Shared,
    outgoing: Outgoing<'_>,
    call: &Admitted,
    target: &Target,
) -> Option<Result<Payload, Failure>> {
    let window = call.routed()?.spec().coalesce_ms?;
    let ModelRequest::Embedding(request) = call.parsed().request() else { return None };
    let most = engine(target.deployment.engine).max_inputs(TaskKind::Embedding).unwrap_or(MOST_INPUTS);
    let bytes = request.input.text_bytes() + 4 * request.input.token_count();
    if request.input.count() == 0 || request.input.count() >= most || bytes > MOST_BYTES {
        return None;
    }
    let (answer, told) = oneshot::channel();
    let tokens =
        gateway.tokenizers.with(&target.model.model, |count| call.parsed().request().prompt_tokens(count));
    let share = Share { inputs: request.input.count(), tokens, id: outgoing.labels.id.clone() };
    let member = Member { input: request.input.clone(), bytes, share, answer };
    let bare =
        EmbeddingRequest { model: String::new(), input: TextOrTokens::Texts(vec![]), ..request.clone() };
    let key = Key {
        tenant: call.caller().tenant().tenant.id,
        deployment: target.deployment.id,
        upstream_model: target.deployment.upstream_model.clone(),
        tokens: request.input.texts().is_none(),
        fields: serde_json::to_string(&bare).ok()?,
    };
    if let Some(group) = gateway.coalescer.join(&key, member, most) {
        let joint = Joint {
            gateway: gateway.clone(),
            request: EmbeddingRequest { model: request.model.clone(), ..bare },
            target: target.clone(),
            labels: outgoing.labels(target),
            request_id: outgoing.request_id.clone(),
            trace: outgoing.trace.clone(),
            span: outgoing.span.clone(),
        };
        tokio::spawn(joint.run(key, group, Duration::from_millis(window.into())));
    }
    match told.await {
        // Another's input may be at fault: each is judged by its own.
        Ok((Err(failure), members)) if members > 1 && failure.next == Next::Stop => None,
        Ok((told, _)) => Some(told),
        Err(_) => Some(Err(Failure::broke_off())),
    }
}

impl Coalescer {
    /// Puts a member into the open group of its key. The group, if it is new.
    fn join(&self, key: &Key, member: Member, most: usize) -> Option<Arc<Group>> {
        let mut groups = self.0.lock();
        if let Some(group) = groups.get(key) {
            let mut members = group.members.lock();
            let inputs: usize =
                members.iter().map(|one| one.share.inputs).sum::<usize>() + member.share.inputs;
            let bytes: usize = members.iter().map(|one| one.bytes).sum::<usize>() + member.bytes;
            if inputs <= most && bytes <= MOST_BYTES {
                members.push(member);
                if inputs == most {
                    group.full.notify_one();
                }
                return None;
            }
            group.full.notify_one();
        }
        let group = Arc::new(Group { members: Mutex::new(vec![member]), full: Notify::new() });
        groups.insert(key.clone(), group.clone());
        Some(group)
    }

    /// Nobody joins it any more.
    fn close(&self, key: &Key, group: &Arc<Group>) -> Vec<Member> {
        let mut groups = self.0.lock();
        if groups.get(key).is_some_and(|open| Arc::ptr_eq(open, group)) {
            groups.remove(key);
        }
        std::mem::take(&mut *group.members.lock())
    }
}

/// A request for several.
struct Joint {
    gateway: Shared,
    /// Without its input.
    request: EmbeddingRequest,
    target: Target,
    labels: Labels,
    request_id: HeaderValue,
    trace: CallTrace,
    span: Span,
}

impl Joint {
    async fn run(self, key: Key, group: Arc<Group>, window: Duration) {
        let _ = timeout(window, group.full.notified()).await;
        let mut members = self.gateway.coalescer.close(&key, &group);
        members.retain(|member| !member.answer.is_closed());
        metrics::histogram!("switchyard_coalesced_requests").record(members.len() as f64);
        let input = match members.as_slice() {
            [] => return,
            [only] => only.input.clone(),
            several => match gather(several.iter().map(|member| &member.input)) {
                Some(input) => input,
                None => return,
            },
        };
        let request = EmbeddingRequest { input, ..self.request.clone() };
        let asked = {
            let all_left = join_all(members.iter_mut().map(|member| member.answer.closed()));
            tokio::select! {
                biased;
                asked = self.ask(&request) => asked,
                _ = all_left => return,
            }
        };
        tell(members, asked);
    }

    async fn ask(&self, request: &EmbeddingRequest) -> Result<Payload, Failure> {
        let outgoing = Outgoing {
            labels: &self.labels,
            request_id: &self.request_id,
            trace: &self.trace,
            span: &self.span,
        };
        outgoing.task(&self.gateway, Task::Embedding(request), &self.target).await
    }
}

/// Tells each member its own; who has left hears nothing.
fn tell(members: Vec<Member>, asked: Result<Payload, Failure>) {
    let together = members.len();
    let divided = asked.and_then(|payload| {
        if together == 1 {
            return Ok(vec![payload]);
        }
        let shares: Vec<_> = members.iter().map(|member| member.share.clone()).collect();
        divide(&payload, &shares).map_err(|error| Failure::engine(&error))
    });
    match divided {
        Ok(payloads) => {
            for (member, payload) in members.into_iter().zip(payloads) {
                let _ = member.answer.send((Ok(payload), together));
            }
        }
        Err(failure) => {
            for member in members {
                let _ = member.answer.send((Err(failure.clone()), together));
            }
        }
    }
}
