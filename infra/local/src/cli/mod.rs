//! The command line.

mod accounting;
mod api;
mod apply;
mod attention;
mod buyer;
mod check;
mod connections;
mod explain;
mod files;
#[cfg(test)]
mod guides_tests;
mod health;
mod invoices;
mod log;
mod order;
mod orders;
mod people;
mod publish;
mod reset;
mod run;
mod shop_calls;
mod simulator;
mod what_if;
mod which_order;

use crate::say::aside;
use clap::{Args, Parser, Subcommand};
use ports::{Error, ErrorKind, Result};
use std::path::PathBuf;
use std::process::ExitCode;

/// One stock figure for every channel you sell on, each order taken in exactly once.
///
/// Without a command, and without a sluis.toml in this folder, an invented merchant with three simulated channels is played on
/// this machine. Nothing leaves it.
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    /// Where everything is kept: .sluis for a shop, .sluis-demo where all shops are simulated inside the process.
    ///
    /// A folder that holds something else, or the books of another merchant, is refused. Commands that ask a running stack look where one
    /// runs.
    #[arg(long, global = true, value_name = "FOLDER")]
    state: Option<PathBuf>,
    /// Tell more on the way; twice for everything. `RUST_LOG` says it exactly.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
}

/// Which configuration.
#[derive(Debug, Clone, Args)]
struct ConfigArguments {
    /// The merchant's configuration.
    #[arg(long, value_name = "FILE", default_value = "sluis.toml")]
    config: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the whole stack on this machine (the default).
    Run(run::RunArguments),
    /// Name every mistake in a configuration and its catalogue, and ask each channel whether it accepts the credentials. Changes nothing.
    ///
    /// Whose account they are of is told where the channel tells it, and each right that they lack. Ends with an error if a channel refuses
    /// them, if they lack a right, or if that cannot be known.
    Check(check::CheckArguments),
    /// Write connections, catalogue and opening stock into the table.
    ///
    /// Into the one in the state folder; or, where `SLUIS_TABLE` is set, into that table of the AWS account of the environment
    /// (`AWS_ENDPOINT_URL` for an emulator). Opening stock is applied once; figures that moved since are left alone. Credentials
    /// are not written: on AWS they are SSM parameters.
    Apply(ConfigArguments),
    /// Forget a connection that is no longer in sluis.toml: nobody polls it or tells it figures any more. Orders stay.
    Connections(connections::ConnectionsArguments),
    /// Serve the simulated shops of a configuration (`simulated = true` with a `base_url` on this machine).
    ///
    /// In a process of their own they keep their orders while `sluis run` stops and starts. They keep them in memory: started again, the
    /// simulator has forgotten orders, figures, prices and subscriptions, and gives its first orders the numbers of before, which `sluis`
    /// then takes for those it knows. Start it anew with a fresh state folder (`sluis reset`).
    Simulator(ConfigArguments),
    /// Have a fault happen at a simulated shop.
    Fault(shop_calls::FaultArguments),
    /// Buy something at a simulated shop.
    Buy(shop_calls::BuyArguments),
    /// Print what happened to an order: its lines, and one timeline of what the channel told and what was done here.
    Order(order::TimelineArguments),
    /// Print orders: those of a stage, of a connection, or found by number, SKU or tracking code; without either, all there ever were, the newest first.
    ///
    /// Names of buyers are not searched: the index holds none. Ends with an error if orders may be missing.
    Orders(orders::OrdersArguments),
    /// Have the index of orders and products built anew, and follow how far it is.
    Reindex(orders::ReindexArguments),
    /// Print what needs attention, with the reason; try it again, dismiss it, or erase what it holds.
    Attention(attention::AttentionArguments),
    /// Print who bought an order, as far as it is kept; with --read, have it read from the channel first.
    ///
    /// Personal data: it is kept for as long as the channel allows after delivery, and shown only here and in documents.
    Buyer(buyer::BuyerArguments),
    /// Erase what is kept of the buyer of an order, for good: it is not read from the channel again.
    ///
    /// Lines, amounts and the country of the order stay, as tax law wants; invoices that were issued are not touched.
    Erase(buyer::EraseArguments),
    /// Print the invoices and credit notes that were issued, the last first; with --waiting, the orders that wait for one, and why.
    Invoices(invoices::InvoicesArguments),
    /// Print an invoice or credit note, or save its document; with --retry, have an order that waits for one tried again.
    Invoice(invoices::InvoiceArguments),
    /// Print where invoices and credit notes are booked, by which codes, and whether these fit what is there; with --check, have that looked at.
    ///
    /// Ends with an error if something does not fit, or could not be looked at.
    Accounting(accounting::AccountingArguments),
    /// Let Sluis into the accounting system: names the page to open, and takes the address that it sends you to.
    ///
    /// Done once, and again when the system gives no new token. In the state folder while no `sluis` runs there; or, where `SLUIS_TABLE` is set, in that
    /// table of the AWS account of the environment.
    Authorize(accounting::AuthorizeArguments),
    /// Say why a product's figure is what it is, and why each channel was told what it was told.
    ///
    /// The figure as the sum of its movements by name, the figure to show as the rule applied step by step, and what the channel was told
    /// last. Ends with an error if a figure is not the sum of its movements.
    Explain(explain::ExplainArguments),
    /// Say how each connection is doing: orders and listings read, figures told, webhooks seen to; since when something fails, and why.
    ///
    /// Ends with an error if one fails. What was never tried, or not lately, is called unknown and not well.
    Health(health::HealthArguments),
    /// Play the last days under other rules: oversells avoided, against hours in which listings would have shown nothing. Changes nothing.
    WhatIf(what_if::WhatIfArguments),
    /// Show what a connection would be told, and have it told from now on, following how far that is.
    Publish(publish::PublishArguments),
    /// Enter the shipments of a CSV file; the channels are told.
    ///
    /// Columns: connection, order, location, and if you like carrier, tracking, shipment (your own key of it), line, units. Rows of one
    /// order with the same shipment, or else the same tracking, are one shipment. Without line and units it holds all that is still to be
    /// shipped. The same file twice does nothing more. Every row that is not done is named with its line.
    Ship(files::FileArguments),
    /// Enter receipts, write-offs and counts from a CSV file; the channels are told.
    ///
    /// Columns: sku, location, reason, and one of add (units to add, negative takes away), set (units that shall be available) and count
    /// (units on the shelf, those that are promised to orders among them); if you like id, your own key of the movement. A row of add
    /// counts each time it is sent, unless it has an id. Every row that is not done is named with its line.
    Stock(files::FileArguments),
    /// Enter the prices of a CSV file; the channels are told within five minutes.
    ///
    /// Columns: connection, sku, price (12.95 or 12,95, with or without tax as the channel wants it), and if you like currency (EUR), from
    /// and through (the first and the last day of a promotion, in the Netherlands). The rows of a product on a connection are its prices
    /// there: one without days, its regular price, and one for each promotion. Every row that does not hold is named with its line.
    Prices(files::PlainFileArguments),
    /// Say by a CSV file which product each listing is, where EAN and SKU do not.
    ///
    /// Columns: connection, offer, sku; an empty sku forgets what was said by hand. Other columns of the file that `sluis listings` writes are
    /// left alone. A row that says what holds already changes nothing. Every row that is not done is named with its line.
    Match(files::PlainFileArguments),
    /// Write a connection's listings as a CSV file, with the product each is and how that is known: correct it, and send it with `sluis match`.
    Listings(files::ListingsArguments),
    /// Who may sign in, with which role: owner, warehouse, bookkeeper, or `read_only`.
    ///
    /// From the first user on, everybody signs in at the page; the first is an owner. On AWS, people are added to the user pool instead.
    Users(people::UsersArguments),
    /// Machine tokens, by which programs ask the API of a stack in which people sign in: each with a role of its own.
    Tokens(people::TokensArguments),
    /// Delete the state folder's contents, after asking: orders, stock, queues, users, and the archive of issued invoices.
    Reset(reset::ResetArguments),
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    log::start(arguments.verbose);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&Error::new(ErrorKind::Unavailable, "start", format!("no threads can be had: {error}"))),
    };
    let result = runtime.block_on(dispatch(arguments));
    // Requests that simulated shops leave hanging would keep the process alive.
    runtime.shutdown_background();
    match result {
        Ok(_) if crate::say::is_incomplete() => ExitCode::FAILURE,
        Ok(code) => code,
        Err(error) => failed(&error),
    }
}

async fn dispatch(arguments: Arguments) -> Result<ExitCode> {
    let command = match arguments.command.unwrap_or(Command::Run(run::RunArguments::default())) {
        Command::Run(run) => return run::run(&run, arguments.state.as_deref()).await,
        Command::Check(wanted) => return check::check(&wanted).await,
        Command::Apply(config) => {
            let state = arguments.state.unwrap_or_else(|| crate::state::USUAL.into());
            return apply::apply(&config.config, &state).await;
        }
        Command::Authorize(wanted) => {
            let state = arguments.state.unwrap_or_else(|| crate::state::USUAL.into());
            return accounting::authorize(&wanted, &state).await;
        }
        Command::Simulator(config) => return simulator::simulator(&config.config).await,
        Command::Users(wanted) => return people::users(&wanted, arguments.state).await,
        Command::Tokens(wanted) => return people::tokens(&wanted, arguments.state).await,
        command => command,
    };
    let state = arguments.state.map_or_else(crate::state::of_running, Ok)?;
    match command {
        Command::Run(_)
        | Command::Check(_)
        | Command::Apply(_)
        | Command::Authorize(_)
        | Command::Simulator(_)
        | Command::Users(_)
        | Command::Tokens(_) => Ok(ExitCode::SUCCESS),
        Command::Accounting(wanted) => accounting::accounting(&wanted, &state).await,
        Command::Fault(fault) => shop_calls::fault(&fault, &state).await,
        Command::Buy(buy) => shop_calls::buy(&buy, &state).await,
        Command::Order(order) => order::order(&order, &state).await,
        Command::Orders(wanted) => orders::orders(&wanted, &state).await,
        Command::Reindex(wanted) => orders::reindex(&wanted, &state).await,
        Command::Attention(wanted) => attention::attention(&wanted, &state).await,
        Command::Buyer(wanted) => buyer::buyer(&wanted, &state).await,
        Command::Erase(wanted) => buyer::erase(&wanted, &state).await,
        Command::Invoices(wanted) => invoices::invoices(&wanted, &state).await,
        Command::Invoice(wanted) => invoices::invoice(&wanted, &state).await,
        Command::Explain(wanted) => explain::explain(&wanted, &state).await,
        Command::Health(wanted) => health::health(&wanted, &state).await,
        Command::WhatIf(wanted) => what_if::what_if(&wanted, &state).await,
        Command::Publish(wanted) => publish::publish(&wanted, &state).await,
        Command::Ship(file) => files::ship(&file, &state).await,
        Command::Stock(file) => files::stock(&file, &state).await,
        Command::Prices(file) => files::prices(&file, &state).await,
        Command::Match(file) => files::match_listings(&file, &state).await,
        Command::Listings(wanted) => files::listings(&wanted, &state).await,
        Command::Connections(wanted) => connections::connections(&wanted, &state).await,
        Command::Reset(reset) => reset::reset(&reset, &state),
    }
}

fn failed(error: &Error) -> ExitCode {
    aside!("{}", error.message);
    tracing::debug!(%error, "details");
    ExitCode::FAILURE
}

/// The mistakes of a configuration as the error of a command.
fn mistakes(found: &config::Mistakes) -> Error {
    Error::new(ErrorKind::Configuration, "configuration", found.to_string())
}

/// Until a person or the system says that it is enough.
async fn enough() {
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

/// How large a configuration is, in words.
fn size(config: &config::Config) -> String {
    let (connections, products) = (config.connections.len(), config.catalogue.len());
    format!("{} and {}", domain::so_many(connections, "connection"), domain::so_many(products, "product"))
}
