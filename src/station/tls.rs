//! TLS on the door for screens. Each hand-shake is a task of its own, so that a browser that stalls in it keeps nobody out,
//! and takes the certificate as it is then: one that is renewed needs no restart.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::serve::Listener;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

const HANDSHAKE: Duration = Duration::from_secs(10);
/// Before a machine that has no sockets left tries again.
const PAUSE: Duration = Duration::from_millis(200);
/// Hand-shakes that wait for the server.
const WAITING: usize = 64;

/// A bound port behind which TLS is spoken.
pub struct TlsDoor {
    address: SocketAddr,
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    accepting: tokio::task::JoinHandle<()>,
}

impl TlsDoor {
    /// While `config` has none, whoever calls is hung up on: nothing is ever said in clear.
    pub fn open(
        listener: TcpListener,
        config: impl Fn() -> Option<Arc<ServerConfig>> + Send + 'static,
    ) -> anyhow::Result<TlsDoor> {
        let address = listener.local_addr().context("read the bound address")?;
        let (done, ready) = mpsc::channel(WAITING);
        let accepting = tokio::spawn(async move {
            loop {
                let (stream, peer) = match listener.accept().await {
                    Ok(accepted) => accepted,
                    Err(error) => {
                        tracing::warn!(%error, "a screen could not connect");
                        tokio::time::sleep(PAUSE).await;
                        continue;
                    }
                };
                let Some(config) = config() else { continue };
                let (acceptor, done) = (TlsAcceptor::from(config), done.clone());
                tokio::spawn(async move {
                    match tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                        // A station that ended takes nobody any more.
                        Ok(Ok(stream)) => drop(done.send((stream, peer)).await),
                        Ok(Err(error)) => tracing::debug!(%peer, %error, "no TLS came about"),
                        Err(_) => tracing::debug!(%peer, "a TLS hand-shake took too long"),
                    }
                });
            }
        });
        Ok(TlsDoor { address, ready, accepting })
    }
}

impl Drop for TlsDoor {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Listener for TlsDoor {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// From a site's own files.
pub fn from_files(cert: &Path, key: &Path) -> anyhow::Result<Arc<ServerConfig>> {
    let unusable = |what: &str, path: &Path| format!("use {} as the {what} of [screens]", path.display());
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| unusable("cert", cert))?;
    let key_der = PrivateKeyDer::from_pem_file(key).with_context(|| unusable("key", key))?;
    server(chain, key_der).with_context(|| format!("use {} with the key {}", cert.display(), key.display()))
}

pub fn server(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    config.with_no_client_auth().with_single_cert(chain, key).map(Arc::new)
}
