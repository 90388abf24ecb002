//! `sluis explain`: why a figure is what it is, and why a channel shows what it shows.

use super::api::{Api, Where, escaped, understood};
use domain::{ConnectionId, Sku};
use engine::views::Explanation;
use ports::Result;
use std::path::Path;
use std::process::ExitCode;

/// What `explain` takes.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArguments {
    /// The product.
    sku: Sku,
    /// Only what this connection is shown: its name in the configuration.
    connection: Option<ConnectionId>,
    #[command(flatten)]
    place: Where,
}

pub(super) async fn explain(arguments: &ExplainArguments, state: &Path) -> Result<ExitCode> {
    let only = arguments.connection.as_ref().map(|id| format!("?connection={id}")).unwrap_or_default();
    let path = format!("products/{}/explanation{only}", escaped(arguments.sku.as_str()));
    let explanation: Explanation = understood(Api::find(&arguments.place, state)?.get(&path).await?)?;
    crate::say::lines(&explanation.to_string());
    // A script hears it too.
    Ok(if explanation.consistent == Some(true) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
