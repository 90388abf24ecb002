//! Which permissions each function needs on AWS: watched at its ports while it lives through worlds and stories, and written down in
//! `docs/access.md`. `infra/lint` holds the template's roles to that page, in both directions.

#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "test support")]

pub mod page;
pub mod seen;
mod stories;
pub mod worlds;

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The functions of the template.
pub const FUNCTIONS: [&str; 9] = [
    "channel-poll",
    "api",
    "invoice-generation",
    "order-intake",
    "order-updates",
    "read-model",
    "stock-fanout",
    "stock-reconcile",
    "webhook-ingest",
];

/// The top folder of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All that was seen of every function.
pub fn seen() -> Arc<seen::Seen> {
    let seen = Arc::new(seen::Seen::default());
    stories::tell(&seen);
    worlds::live_through(&seen);
    seen
}
