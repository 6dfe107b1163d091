//! What metering costs a call: CPU of the whole process, and how long an end waits for its commit.
//!
//! `cargo run --profile quick -p metering --example cost [CALLS] [AT_ONCE] [CALL_MS]`

use std::time::{Duration, Instant};

use metering::{AdmittedCall, CallStatus, Meter, Operation, SpoolSettings};
use shared::{ApiKeyId, Clock, ModelId, ProjectId, TenantId, UsageEventId};
use snapshot::TokenCounts;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: usize| arguments.next().map_or(Ok(default), |text| text.parse::<usize>());
    let (calls, at_once, call_ms) = (number(200_000)?, number(256)?, number(20)?);
    let place = tempfile::tempdir_in(".")?;
    let idle = measure(None, calls, at_once, call_ms as u64).await?;
    let (meter, _) = Meter::open(place.path(), SpoolSettings::default())?;
    let metered = measure(Some(meter), calls, at_once, call_ms as u64).await?;
    println!("without metering: {:.2} us of CPU a call, {:.0} calls/s", idle.cpu_us, idle.rate);
    println!("with metering:    {:.2} us of CPU a call, {:.0} calls/s", metered.cpu_us, metered.rate);
    println!("metering:         {:.2} us of CPU a call", metered.cpu_us - idle.cpu_us);
    println!("commit:           p50 {:?}, p99 {:?}", metered.p50, metered.p99);
    Ok(())
}

struct Measured {
    cpu_us: f64,
    rate: f64,
    p50: Duration,
    p99: Duration,
}

async fn measure(
    meter: Option<Meter>,
    calls: usize,
    at_once: usize,
    call_ms: u64,
) -> anyhow::Result<Measured> {
    let (cpu, begun) = (cpu_us()?, Instant::now());
    let callers: Vec<_> = (0..at_once)
        .map(|_| {
            let meter = meter.clone();
            tokio::spawn(async move {
                let mut waits = Vec::with_capacity(calls / at_once);
                for _ in 0..calls / at_once {
                    waits.push(one_call(meter.as_ref(), call_ms).await?);
                }
                anyhow::Ok(waits)
            })
        })
        .collect();
    let mut waits = Vec::with_capacity(calls);
    for caller in callers {
        waits.extend(caller.await??);
    }
    waits.sort_unstable();
    let at = |share: f64| waits.get((waits.len() as f64 * share) as usize).copied().unwrap_or_default();
    let done = waits.len() as f64;
    Ok(Measured {
        cpu_us: (cpu_us()? - cpu) / done,
        rate: done / begun.elapsed().as_secs_f64(),
        p50: at(0.5),
        p99: at(0.99),
    })
}

async fn one_call(meter: Option<&Meter>, call_ms: u64) -> anyhow::Result<Duration> {
    let call = call();
    let record = meter.map(|meter| meter.begin(call)).transpose()?;
    tokio::time::sleep(Duration::from_millis(call_ms)).await;
    let ended = Instant::now();
    if let Some(record) = record {
        let mut event = record.event(CallStatus::Completed, 200);
        event.tokens = TokenCounts { prompt: 700, cached: 0, completion: 200, reasoning: 0 };
        event.finish_reason = Some("stop".to_owned());
        record.finish(event).await?;
    }
    Ok(ended.elapsed())
}

fn call() -> AdmittedCall {
    AdmittedCall {
        id: UsageEventId::generate(),
        tenant_id: TenantId::generate(),
        team_id: None,
        project_id: ProjectId::generate(),
        cost_centre: Some("CC-100".to_owned()),
        key_id: ApiKeyId::generate(),
        end_user: Some("ann".to_owned()),
        model_asked: "llama-3.1-70b".to_owned(),
        model_id: Some(ModelId::generate()),
        operation: Operation::ChatCompletion,
        streamed: true,
        started_at: Clock::system().now(),
        trace_id: Some("4bf92f3577b34da6a3ce929d0e0e4736".to_owned()),
        price: None,
        demo: false,
        taken: None,
        shadow: false,
    }
}

/// User and system time of this process, all threads (`proc_pid_stat(5)`: fields 14 and 15, in 1/100 s).
fn cpu_us() -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let behind_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 =
        behind_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Ok(ticks as f64 * 10_000.0)
}
