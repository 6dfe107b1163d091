//! `switchyard sim`.

use sim::SimOptions;
use tokio_util::sync::CancellationToken;

pub async fn run(options: SimOptions) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let ended = stop.clone();
    tokio::spawn(async move {
        crate::serve::told_to_stop().await;
        ended.cancel();
    });
    let engine = options.engine;
    let handle = sim::start(options).await?;
    println!("simulated {engine:?} on http://{}", handle.addr);
    stop.cancelled().await;
    handle.stop().await;
    Ok(())
}
