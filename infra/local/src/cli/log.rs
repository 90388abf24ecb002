//! What the program says about itself on the standard error: as much as is asked for, of itself. Libraries are not asked for what they see: at
//! the finest level they tell of headers and addresses, in which tokens and keys stand.

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry, fmt};

/// The crates of this project that log.
const OURS: [&str; 15] = [
    "aws",
    "channel_poll",
    "connectors",
    "api",
    "engine",
    "invoice_generation",
    "read_model",
    "lambda_kit",
    "order_intake",
    "order_updates",
    "ports",
    "sluis",
    "stock_fanout",
    "stock_reconcile",
    "webhook_ingest",
];

/// Starts it; what `RUST_LOG` says goes before how often `-v` was given.
pub(super) fn start(verbose: u8) {
    let usual = match verbose {
        0 => "error",
        1 => "info",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    subscriber(filter, std::io::stderr).init();
}

fn subscriber<W>(filter: EnvFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // Where nobody reads standard error, nobody can be told so.
    let lines = fmt::layer().with_writer(writer).log_internal_errors(false).with_filter(filter_fn(may_be_told));
    Registry::default().with(filter).with(lines)
}

/// Ours at every level, others from `INFO` on.
fn may_be_told(what: &Metadata<'_>) -> bool {
    let name = what.target().split("::").next().unwrap_or_default();
    *what.level() <= Level::INFO || OURS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws::{Client, Reach};
    use ports::Http as _;
    use std::io::{Read, Write};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    /// A simulated channel that answers once.
    fn simulator() -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nset-cookie: third-secret\r\n\r\n{}").unwrap();
        });
        format!("http://{address}")
    }

    #[test]
    fn no_token_stands_in_the_finest_log() {
        let kept = Kept::default();
        let writer = kept.clone();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        tracing::subscriber::with_default(subscriber(EnvFilter::new("trace"), move || writer.clone()), || {
            tracing::trace!(target: "engine::test", "ours is told");
            let request = http::Request::get(format!("{}/orders?consumer_secret=first-secret", simulator()))
                .header("authorization", "Bearer second-secret")
                .body(bytes::Bytes::new())
                .unwrap();
            runtime.block_on(Client::new(Reach::AndLoopback).unwrap().send(request)).unwrap();
        });
        let told = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert!(told.contains("ours is told"), "{told}");
        for secret in ["first-secret", "second-secret", "third-secret"] {
            assert!(!told.contains(secret), "{told}");
        }
    }

    #[test]
    fn what_libraries_see_is_not_told_and_what_they_warn_of_is() {
        let kept = Kept::default();
        let writer = kept.clone();
        tracing::subscriber::with_default(subscriber(EnvFilter::new("trace"), move || writer.clone()), || {
            tracing::trace!(target: "h2::hpack::encoder", "authorization: Bearer second-secret");
            tracing::debug!(target: "aws_sigv4::http_request", "x-amz-security-token: first-secret");
            tracing::warn!(target: "h2::client", "worried");
        });
        let told = String::from_utf8(kept.0.lock().unwrap().clone()).unwrap();
        assert!(told.contains("worried") && !told.contains("secret"), "{told}");
    }
}
