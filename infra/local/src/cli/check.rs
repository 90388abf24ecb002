//! `sluis check`.

use super::ConfigArguments;
use super::apply::quiet;
use crate::say::{aside, say};
use crate::table;
use config::{Config, Connection};
use engine::rows::CheckOutcome;
use engine::{Cache, Ports, check_connection, lacks, put_connection};
use futures::future::join_all;
use ports::{Connector, Error, ErrorKind, Result, TokenKind, Tokens};
use std::process::ExitCode;
use std::sync::Arc;

/// What `check` takes.
#[derive(Debug, clap::Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    config: ConfigArguments,
    /// Call no channel: look at the files alone.
    #[arg(long)]
    offline: bool,
}

pub(super) async fn check(arguments: &CheckArguments) -> Result<ExitCode> {
    let file = &arguments.config.config;
    let config = match Config::read(file) {
        Ok(config) => config,
        Err(mistakes) => {
            aside!("{mistakes}");
            return Ok(ExitCode::FAILURE);
        }
    };
    say!("{}: no mistakes; {}", file.display(), super::size(&config));
    for warning in config.warnings() {
        aside!("Warning: {warning}");
    }
    let without = config.catalogue.iter().filter(|e| e.item.ean.is_none()).count();
    if without > 0 {
        say!("products without an EAN, which are matched by SKU alone: {without}");
    }
    if arguments.offline {
        return Ok(ExitCode::SUCCESS);
    }
    let found = at_the_channels(&config).await?;
    for (words, _) in &found {
        say!("{words}");
    }
    Ok(if found.iter().all(|(_, well)| *well) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What each channel says of the credentials: in words, and whether all is well.
async fn at_the_channels(config: &Config) -> Result<Vec<(String, bool)>> {
    // Tokens are fetched anew, and forgotten with the folder: nothing of a stack that may be running is touched.
    let folder = tempfile::tempdir().map_err(|error| {
        Error::new(ErrorKind::Unavailable, "check", format!("no folder can be made for the look at the channels: {error}"))
    })?;
    let world = quiet(config, Arc::new(table::open(&folder.path().join(table::FILE)).await?))?;
    let mut found = join_all(config.connections.iter().map(|connection| one(&world, connection))).await;
    // Its tokens end each other: a second one here would end the running stack's.
    found.extend(config.books.iter().map(|books| {
        let id = &books.settings.connection;
        (format!("{id}: only the running stack can look at journals, VAT codes and debtors: sluis accounting --check"), true)
    }));
    Ok(found)
}

async fn one(world: &Ports, connection: &Connection) -> (String, bool) {
    let id = &connection.id;
    let Some(url) = &connection.base_url else {
        return (format!("{id}: is simulated inside the process, which takes its credentials"), true);
    };
    // Another token would end the one that a running stack has.
    let tokens = world.connectors.get(&connection.channel).and_then(Connector::tokens);
    if tokens.is_some_and(|tokens| Tokens::kind(tokens) == TokenKind::Rotating) {
        let words = format!("{id}: only the running stack can look at these credentials: POST /api/v1/connections/{id}/check");
        return (words, true);
    }
    let row = connection.to_row(url, world.clock.now());
    let looked = async {
        put_connection(world, &row).await?;
        check_connection(world, &Cache::default(), id).await
    };
    match looked.await {
        Ok(outcome) => {
            let (words, well) = in_words(id.as_str(), outcome.as_ref());
            let silent = connection.simulated && matches!(outcome, Some(CheckOutcome::Unknown { .. }));
            (if silent { format!("{words}; is `sluis simulator` running? It plays this shop") } else { words }, well)
        }
        Err(error) => (format!("{id}: not known whether the credentials are accepted: {}", error.message), false),
    }
}

fn in_words(id: &str, outcome: Option<&CheckOutcome>) -> (String, bool) {
    match outcome {
        Some(CheckOutcome::Accepted { account, missing_rights }) => {
            let of = account.as_ref().map(|account| format!(", of {account}")).unwrap_or_default();
            match missing_rights.as_slice() {
                [] => (format!("{id}: the credentials are accepted{of}"), true),
                rights => (format!("{id}{of}: {}", lacks(rights)), false),
            }
        }
        Some(CheckOutcome::Rejected { message, .. }) => (format!("{id}: the credentials are refused: {message}"), false),
        Some(CheckOutcome::Unknown { message, .. }) => {
            (format!("{id}: not known whether the credentials are accepted: {message} (--offline leaves channels alone)"), false)
        }
        None => (format!("{id}: the channel asks for a pause; ask again in a minute"), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_right_is_called_so() {
        let accepted = |missing_rights: &[&str]| CheckOutcome::Accepted {
            account: Some("shop.example.test".to_owned()),
            missing_rights: missing_rights.iter().map(|right| (*right).to_owned()).collect(),
        };
        let (error, message) = ("x".to_owned(), "the channel says no".to_owned());
        assert_eq!(
            in_words("web", Some(&accepted(&[]))),
            ("web: the credentials are accepted, of shop.example.test".to_owned(), true)
        );
        let (words, well) = in_words("web", Some(&accepted(&["write_orders", "read_returns"])));
        assert!(!well && words.contains("lack write_orders, read_returns"), "{words}");
        let refused = CheckOutcome::Rejected { error: error.clone(), message: message.clone() };
        let unknown = CheckOutcome::Unknown { error, message };
        for outcome in [Some(&refused), Some(&unknown), None] {
            let (words, well) = in_words("web", outcome);
            assert!(!well && !words.contains("are accepted,"), "{words}");
        }
    }
}
