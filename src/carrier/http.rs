//! Sends what a carrier's module built, and says what is known about it afterwards: that nothing left this machine, an
//! answer, or neither. The only file here with effects.

use std::sync::Once;
use std::time::Duration;

/// A client with rustls and its `ring` provider, which is installed on the first call.
pub fn client(connect: Duration, read: Duration) -> Result<reqwest::Client, reqwest::Error> {
    static PROVIDER: Once = Once::new();
    // Somebody else may have installed one already; any will do.
    PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
    reqwest::Client::builder()
        .connect_timeout(connect)
        .read_timeout(read)
        .build()
}
