//! Calls under load, for tests that kill it: `metering-hammer FOLDER CALLS`.
//!
//! Prints `seen <id>` once a call's end is durable, which is when a caller would see it; `refused` for each call that was
//! not admitted; `unsure <id>` where the end could not be made durable. Ends after so many calls.

use std::{process::ExitCode, sync::Arc, time::Duration};

use metering::{AdmittedCall, CallStatus, Meter, MeterFull, Operation, SpoolSettings};
use shared::{ApiKeyId, Clock, ModelId, ProjectId, TenantId, UsageEventId};
use snapshot::TokenCounts;
use uuid::Uuid;

const AT_ONCE: usize = 16;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().collect();
    let [_, folder, calls] = arguments.as_slice() else { return ExitCode::from(2) };
    let Ok(calls) = calls.parse::<usize>() else { return ExitCode::from(2) };
    let settings = SpoolSettings { segment_bytes: 1 << 20, ..SpoolSettings::default() };
    let meter = match Meter::open(folder, settings) {
        Ok((meter, recovered)) => {
            println!("opened {recovered:?}");
            meter
        }
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    let left = Arc::new(tokio::sync::Semaphore::new(calls));
    let callers: Vec<_> = (0..AT_ONCE).map(|_| tokio::spawn(caller(meter.clone(), left.clone()))).collect();
    for caller in callers {
        if caller.await.is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// One caller after another, until none is left.
async fn caller(meter: Meter, left: Arc<tokio::sync::Semaphore>) {
    while let Ok(permit) = left.try_acquire() {
        permit.forget();
        if let Err(error) = one_call(&meter).await {
            println!("refused {error}");
            left.add_permits(1);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn one_call(meter: &Meter) -> Result<(), MeterFull> {
    let mut record = meter.begin(call())?;
    let id = record.call().id;
    let tokens = TokenCounts { prompt: 100, cached: 0, completion: 20, reasoning: 0 };
    record.checkpoint_now(TokenCounts { completion: 5, ..tokens }, true);
    tokio::task::yield_now().await;
    let mut event = record.event(CallStatus::Completed, 200);
    event.tokens = tokens;
    match record.finish(event).await {
        Ok(()) => println!("seen {}", id.uuid()),
        Err(_) => println!("unsure {}", id.uuid()),
    }
    Ok(())
}

fn call() -> AdmittedCall {
    AdmittedCall {
        id: UsageEventId::generate(),
        tenant_id: TenantId::from_uuid(Uuid::from_u128(1)),
        team_id: None,
        project_id: ProjectId::from_uuid(Uuid::from_u128(2)),
        cost_centre: None,
        key_id: ApiKeyId::from_uuid(Uuid::from_u128(3)),
        end_user: None,
        model_asked: "llama".to_owned(),
        model_id: Some(ModelId::from_uuid(Uuid::from_u128(4))),
        operation: Operation::ChatCompletion,
        streamed: true,
        started_at: Clock::system().now(),
        trace_id: None,
        price: None,
        demo: false,
        taken: None,
        shadow: false,
    }
}
