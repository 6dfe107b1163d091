//! Listening: plain or TLS, with a bounded end.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    time::{Duration, SystemTime},
};

use anyhow::Context;
use axum::Router;
use axum_server::{
    Handle,
    accept::NoDelayAcceptor,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use tokio_util::sync::CancellationToken;

/// How often the certificate's files are looked at.
const CERTIFICATE_CHECK: Duration = Duration::from_secs(10);

/// Certificate and key, as PEM files.
#[derive(Debug, Clone)]
pub struct Tls {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// Takes an address now, so that an address in use is an error before anything else is started.
pub fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).with_context(|| format!("cannot listen on {address}"))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Serves until `stop`, then lets running requests finish for at most `drain`.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    tls: Option<Tls>,
    stop: CancellationToken,
    drain: Duration,
) -> anyhow::Result<()> {
    let handle = Handle::new();
    let ender = handle.clone();
    let ended = stop.clone();
    tokio::spawn(async move {
        ended.cancelled().await;
        ender.graceful_shutdown(Some(drain));
    });
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        None => {
            let server = axum_server::from_tcp(listener)?.acceptor(NoDelayAcceptor::new()).handle(handle);
            server.serve(service).await?;
        }
        Some(tls) => {
            let config = RustlsConfig::from_pem_file(&tls.cert, &tls.key).await.with_context(|| {
                format!(
                    "cannot use the certificate {} with the key {}",
                    tls.cert.display(),
                    tls.key.display()
                )
            })?;
            tokio::spawn(reload(config.clone(), tls, stop));
            let acceptor = RustlsAcceptor::new(config).acceptor(NoDelayAcceptor::new());
            axum_server::from_tcp(listener)?.acceptor(acceptor).handle(handle).serve(service).await?;
        }
    }
    Ok(())
}

fn changed_at(tls: &Tls) -> Option<(SystemTime, SystemTime)> {
    let at = |path: &PathBuf| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    at(&tls.cert).zip(at(&tls.key))
}

/// Takes a new certificate when its files change; keeps the old one when the new one is no good.
async fn reload(config: RustlsConfig, tls: Tls, stop: CancellationToken) {
    let mut known = changed_at(&tls);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(CERTIFICATE_CHECK) => {}
        }
        let now = changed_at(&tls);
        if now.is_none() || now == known {
            continue;
        }
        match config.reload_from_pem_file(&tls.cert, &tls.key).await {
            Ok(()) => {
                known = now;
                tracing::info!("new TLS certificate in use");
            }
            Err(error) => tracing::error!(%error, "new TLS certificate is no good, the old one stays"),
        }
    }
}
