//! Files and batches: who calls is checked by the gateway, and the gateway makes the calls of batches.

use std::sync::Arc;

use async_trait::async_trait;
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use batches::{
    ApiCaller, BatchWorker, Batches, BatchesParts, Endpoint, Limits, LineAnswer, LineCall, Runner,
};
use bytes::Bytes;
use gateway::{Deferral, Deferred, InsideCall, LaterBatch, OnBehalf, Priority};
use http::HeaderMap;
use http_body_util::BodyExt;
use shared::ErrorCode;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use web::request_id;

use crate::foundation::Foundation;

/// The room's state, from the settings.
pub fn state(foundation: &Foundation) -> Batches {
    let settings = &foundation.settings.batches;
    let limits = Limits {
        max_file_bytes: settings.max_file_bytes,
        max_input_bytes: settings.max_input_bytes,
        // What a call from outside may have, with room for what stands around it in a line.
        max_line_bytes: usize::try_from(foundation.settings.server.max_body_bytes)
            .unwrap_or(usize::MAX)
            .saturating_add(4096),
        max_requests: settings.max_requests,
        max_concurrent_batches: settings.max_concurrent_batches as usize,
        max_concurrent_calls: settings.max_concurrent_calls as usize,
        max_concurrent_calls_per_tenant: settings.max_concurrent_calls_per_tenant as usize,
    };
    Batches::new(BatchesParts {
        access: foundation.access(),
        db: foundation.db.clone(),
        objects: foundation.objects.clone(),
        clock: foundation.clock.clone(),
        limits,
    })
}

/// Where there is a gateway: `/v1/files*` and `/v1/batches*`, and the worker that runs batches until `stop`.
pub fn serve(
    foundation: &Foundation,
    gateway: &OnBehalf,
    stop: &CancellationToken,
    tasks: &TaskTracker,
) -> Router {
    let state = state(foundation);
    if foundation.settings.batches.max_concurrent_batches > 0 {
        let worker = BatchWorker::new(state.clone(), Arc::new(ByGateway(gateway.clone())));
        tasks.spawn(worker.run(stop.clone()));
    }
    batches::v1_routes(state)
        .layer(from_fn_with_state(gateway.clone(), checked))
        .layer(from_fn(request_id::layer))
}

/// Lets through whose key is good here, by the very check of model calls.
async fn checked(State(gateway): State<OnBehalf>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    match gateway.identify(&parts) {
        Ok(caller) => {
            let gateway::ApiCaller { tenant, project, key } = caller;
            parts.extensions.insert(ApiCaller { tenant, project, key });
            next.run(Request::from_parts(parts, body)).await
        }
        Err(error) => error.into_response(),
    }
}

/// Calls that nothing can serve now, stored as batches.
#[derive(Debug)]
pub struct Deferring(pub Batches);

impl Deferral for Deferring {
    fn takes(&self, path: &str) -> bool {
        path.parse::<Endpoint>().is_ok()
    }

    fn defer(&self, call: Deferred) -> LaterBatch<'_> {
        Box::pin(async move {
            let Deferred { tenant, project, key, path, body } = call;
            let endpoint = path.parse::<Endpoint>().map_err(|error| error.to_string())?;
            let batch = self.0.defer(ApiCaller { tenant, project, key }, endpoint, &body).await;
            let batch = batch.map_err(|error| error.to_string())?;
            serde_json::to_value(batch).map_err(|error| error.to_string())
        })
    }
}

/// Calls of batches, made by the gateway of this process.
struct ByGateway(OnBehalf);

#[async_trait]
impl Runner for ByGateway {
    async fn run(&self, call: LineCall) -> LineAnswer {
        let response = self
            .0
            .call(InsideCall {
                key: call.key,
                path: call.endpoint.as_str().to_owned(),
                body: call.body,
                priority: Priority::Batch,
                work: Some(call.work),
                headers: HeaderMap::new(),
            })
            .await;
        let (parts, body) = response.into_parts();
        let id = parts.headers.get(&request_id::HEADER).and_then(|id| id.to_str().ok());
        let request_id = id.unwrap_or_default().to_owned();
        match whole(body).await {
            Ok(body) => LineAnswer { status: parts.status.as_u16(), request_id, body },
            Err(_) => broken_off(request_id),
        }
    }
}

async fn whole(body: Body) -> Result<Bytes, axum::Error> {
    Ok(body.collect().await?.to_bytes())
}

fn broken_off(request_id: String) -> LineAnswer {
    let code = ErrorCode::StreamTruncated;
    let error = serde_json::json!({"error": {
        "message": code.title(), "type": code.openai_type(), "param": null, "code": code.code(),
    }});
    LineAnswer { status: code.status(), request_id, body: error.to_string().into() }
}
