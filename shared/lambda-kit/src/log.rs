//! Logs as JSON lines on the standard output, few and short: they are the largest cost of a quiet function.

use std::panic::PanicHookInfo;
use tracing::Subscriber;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry, fmt};

/// Libraries whose cheerful lines nobody reads.
const QUIET: [&str; 8] = [
    "aws_config",
    "aws_runtime",
    "aws_smithy_runtime",
    "aws_smithy_runtime_api",
    "hyper",
    "hyper_util",
    "lambda_runtime",
    "reqwest",
];

/// Starts logging. A second start in one process changes nothing.
pub(crate) fn start() {
    if subscriber(std::io::stdout).try_init().is_ok() {
        std::panic::set_hook(Box::new(told));
    }
}

/// Where it panicked, never what was said: that may hold an order.
fn told(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(place, "panic");
}

/// The one line of a batch that went well or badly.
pub(crate) fn batch(records: usize, failed: usize) {
    tracing::info!(records, failed, "batch");
}

fn subscriber<W>(writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = Targets::new().with_default(LevelFilter::INFO).with_targets(QUIET.map(|target| (target, LevelFilter::WARN)));
    let lines = fmt::layer().json().flatten_event(true).with_current_span(false).with_span_list(false).with_target(false);
    Registry::default().with(lines.with_writer(writer).with_filter(filter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    fn lines(work: impl FnOnce()) -> String {
        #[derive(Clone, Default)]
        struct Kept(Arc<Mutex<Vec<u8>>>);
        impl std::io::Write for Kept {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                self.0.lock().unwrap().write(bytes)
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let kept = Kept::default();
        let writer = kept.clone();
        tracing::subscriber::with_default(subscriber(move || writer.clone()), work);
        String::from_utf8(kept.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn a_batch_costs_one_short_line() {
        let line = lines(|| batch(10_000, 10_000));
        assert_eq!(line.lines().count(), 1);
        assert!(line.len() <= 200, "{} bytes: {line}", line.len());
        let json: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!((&json["level"], &json["records"]), (&"INFO".into(), &10_000.into()));
    }

    #[test]
    fn libraries_speak_only_of_trouble() {
        let told = lines(|| {
            tracing::info!(target: "aws_config::meta", "cheerful");
            tracing::warn!(target: "aws_config::meta", "worried");
        });
        assert!(told.contains("worried") && !told.contains("cheerful"), "{told}");
    }
}
