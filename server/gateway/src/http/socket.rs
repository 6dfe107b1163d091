//! `GET /v1/responses`: a WebSocket, on which each `response.create` is a call of its own. Source: OpenAI's guide on
//! WebSocket mode and its OpenAPI document, `ResponsesClientEvent`.
//!
//! The connection remembers its last response, so that a conversation goes on without anything being stored. Turns come
//! one after another: those sent meanwhile wait. Each is admitted anew; a key that is revoked ends the connection.

use std::{collections::VecDeque, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::{
        Request, State,
        ws::{
            CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code,
            rejection::WebSocketUpgradeRejection,
        },
    },
    response::Response,
};
use dialects::responses::{Framing, client_event, socket_error};
use futures::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use http::request::Parts;
use http_body_util::BodyExt;
use shared::ErrorCode;
use tokio::time::{Instant, sleep_until};

use super::Shown;
use crate::{
    admit::Caller,
    arrival::{Arrival, REQUEST_ID},
    call::Call,
    dialect::responses::Latest,
    error::CallError,
    gateway::Shared,
    memory::LARGEST,
    surface::Endpoint,
    tenants::{TenantCall, TenantCalls},
    watch::Watch,
};

/// Turns that may wait while one is answered.
const MOST_WAITING: usize = 16;

/// GET …/v1/responses
pub(crate) async fn open(
    State(gateway): State<Shared>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
    request: Request,
) -> Response {
    let (mut parts, _) = request.into_parts();
    let arrival = Arrival::of(&gateway, &parts);
    let opened = Caller::identify(&gateway, &arrival, Some(Endpoint::Responses)).and_then(|caller| {
        let upgrade = upgrade.map_err(|_| no_upgrade())?;
        let place = place(&gateway, &caller)?;
        Ok((caller, upgrade, place))
    });
    match opened {
        Err(error) => arrival.stamp(error.respond(Some(Endpoint::Responses), None)),
        Ok((caller, upgrade, place)) => {
            let id = arrival.request_id().clone();
            // Each turn is a request of its own, with an id of its own.
            parts.headers.remove(&REQUEST_ID);
            let most = gateway.settings.max_body_bytes;
            let mut response = upgrade.max_message_size(most).on_upgrade(move |socket| async move {
                let session = Session { gateway, parts, latest: Latest::default(), _place: place };
                session.run(socket, caller).await;
            });
            response.headers_mut().insert(REQUEST_ID, id);
            response
        }
    }
}

fn no_upgrade() -> CallError {
    CallError::new(
        ErrorCode::MethodNotAllowed,
        "GET here opens a WebSocket, which this request does not ask for. Send POST, or the headers of an upgrade.",
    )
}

fn place(gateway: &Shared, caller: &Caller) -> Result<TenantCall, CallError> {
    let tenant = &caller.tenant().tenant;
    let limit = tenant.max_concurrent_requests.unwrap_or(gateway.settings.tenant_concurrency);
    TenantCalls::begin(&gateway.connections, tenant.id, limit).ok_or_else(|| {
        CallError::new(
            ErrorCode::ConcurrencyLimited,
            format!("{limit} connections of this account are open, which is its limit. Close one first."),
        )
    })
}

/// One open connection.
struct Session {
    gateway: Shared,
    /// The head that it was opened with: the key, the tenant's address.
    parts: Parts,
    latest: Latest,
    _place: TenantCall,
}

/// Why a connection ends.
struct Closed;

type Sender = SplitSink<WebSocket, Message>;

impl Session {
    async fn run(self, socket: WebSocket, caller: Caller) {
        let (mut sender, mut receiver) = socket.split();
        let mut waiting = VecDeque::new();
        let mut watch = Watch::over(&self.gateway, &caller);
        let limit = Instant::now() + self.gateway.settings.max_connection_age;
        loop {
            let text = if let Some(text) = waiting.pop_front() {
                text
            } else {
                tokio::select! {
                    biased;
                    error = watch.gone() => return end(&mut sender, &error).await,
                    () = sleep_until(limit) => return end(&mut sender, &too_old()).await,
                    message = next(&mut receiver) => match message {
                        Ok(text) => text,
                        Err(Closed) => return,
                    },
                }
            };
            if Instant::now() >= limit {
                return end(&mut sender, &too_old()).await;
            }
            if self.turn(&text, &mut sender, &mut receiver, &mut waiting).await.is_err() {
                return;
            }
        }
    }

    /// One `response.create`, answered to its end.
    async fn turn(
        &self,
        text: &str,
        sender: &mut Sender,
        receiver: &mut SplitStream<WebSocket>,
        waiting: &mut VecDeque<String>,
    ) -> Result<(), Closed> {
        let answering = self.answer(text);
        let answered = beside(answering, receiver, waiting).await?;
        let mut body = match answered {
            Ok(response) => response.into_body(),
            Err(error) => {
                // What a failed turn went on from is not gone on from again.
                self.latest.lock().take();
                return say(sender, &error).await;
            }
        };
        let mut rest = Vec::new();
        while let Some(piece) = beside(piece(&mut body), receiver, waiting).await? {
            rest.extend_from_slice(&piece);
            let Some(end) = rest.iter().rposition(|byte| *byte == b'\n') else { continue };
            for line in rest[..end].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                let text = String::from_utf8_lossy(line).into_owned();
                sender.send(Message::text(text)).await.map_err(|_| Closed)?;
            }
            rest.drain(..=end);
        }
        self.forget_too_long();
        Ok(())
    }

    async fn answer(&self, text: &str) -> Result<Response, CallError> {
        let arrival = Arrival::of(&self.gateway, &self.parts);
        let caller = Caller::identify(&self.gateway, &arrival, Some(Endpoint::Responses))?;
        let call = Call {
            gateway: &self.gateway,
            arrival: &arrival,
            caller: &caller,
            endpoint: Endpoint::Responses,
            work: None,
        };
        let parsed = match client_event(text) {
            Ok(request) => call.turn(request, Framing::Lines, Some(Arc::clone(&self.latest))).await,
            Err(refused) => Err(refused.into()),
        };
        call.answer_parsed(parsed, &mut Shown::default()).await
    }

    /// Memory is bounded: a conversation beyond the limit is to be sent whole.
    fn forget_too_long(&self) {
        let mut latest = self.latest.lock();
        let size =
            latest.as_ref().and_then(|kept| serde_json::to_vec(&kept.items).ok()).map(|json| json.len());
        if size.is_some_and(|size| size > LARGEST) {
            latest.take();
        }
    }
}

/// The body's next bytes; None at its end. May be dropped and called again.
async fn piece(body: &mut Body) -> Option<Bytes> {
    loop {
        match body.frame().await? {
            Ok(frame) => {
                if let Ok(bytes) = frame.into_data() {
                    return Some(bytes);
                }
            }
            Err(_) => return None,
        }
    }
}

/// Waits for something while hearing what the caller says: more turns wait, and one who leaves ends all.
async fn beside<T>(
    work: impl Future<Output = T>,
    receiver: &mut SplitStream<WebSocket>,
    waiting: &mut VecDeque<String>,
) -> Result<T, Closed> {
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            done = &mut work => return Ok(done),
            message = next(receiver), if waiting.len() < MOST_WAITING => waiting.push_back(message?),
        }
    }
}

/// The next text. Pings are answered by the protocol's own layer.
async fn next(receiver: &mut SplitStream<WebSocket>) -> Result<String, Closed> {
    loop {
        match receiver.next().await {
            Some(Ok(Message::Text(text))) => return Ok(text.as_str().to_owned()),
            Some(Ok(Message::Binary(bytes))) => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(Closed),
        }
    }
}

async fn say(sender: &mut Sender, error: &CallError) -> Result<(), Closed> {
    let text = socket_error(error.code.status(), &error.object()).to_string();
    sender.send(Message::text(text)).await.map_err(|_| Closed)
}

/// Says why, and closes.
async fn end(sender: &mut Sender, error: &CallError) {
    if say(sender, error).await.is_ok() {
        let reason = error.code.code().into();
        let frame = CloseFrame { code: close_code::POLICY, reason };
        // Whoever is gone needs no farewell.
        let _ = sender.send(Message::Close(Some(frame))).await;
    }
}

fn too_old() -> CallError {
    CallError::new(
        ErrorCode::ConnectionLimitReached,
        "This connection has been open for as long as it may. Open a new one and send the conversation in `input`.",
    )
}
