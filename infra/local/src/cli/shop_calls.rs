//! `sluis buy` and `sluis fault`: what people do at simulated shops, over the shops' own doors.

use crate::say::say;
use crate::shop_list::ShopList;
use crate::simulator::{TroubleKind, TroubleOrder};
use aws::{Client, Reach};
use bytes::Bytes;
use domain::{ConnectionId, Sku};
use ports::{Error, ErrorKind, Http, Request, Result};
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

/// What `buy` takes.
#[derive(Debug, clap::Args)]
pub(super) struct BuyArguments {
    /// The connection: its name in the configuration.
    connection: ConnectionId,
    /// The product.
    sku: Sku,
    /// How many.
    #[arg(default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    quantity: u32,
}

/// What `fault` takes.
#[derive(Debug, clap::Args)]
pub(super) struct FaultArguments {
    /// The connection: its name in the configuration.
    connection: ConnectionId,
    /// What happens there.
    kind: TroubleKind,
    /// For how long: 60s, 5m.
    #[arg(long = "for", value_name = "TIME", value_parser = seconds)]
    lasting: Option<i64>,
    /// How many times.
    #[arg(long, value_name = "N")]
    times: Option<u32>,
}

fn seconds(text: &str) -> std::result::Result<i64, String> {
    let (count, unit) = match text.strip_suffix('m') {
        Some(minutes) => (minutes, 60),
        None => (text.strip_suffix('s').unwrap_or(text), 1),
    };
    count
        .parse::<i64>()
        .ok()
        .and_then(|n| n.checked_mul(unit))
        .filter(|s| (0..=86_400).contains(s))
        .ok_or_else(|| format!("`{text}` is no time; for example 60s or 5m, at most a day"))
}

pub(super) async fn buy(arguments: &BuyArguments, state: &Path) -> Result<ExitCode> {
    let body = json!({ "sku": arguments.sku, "quantity": arguments.quantity });
    let answer = post(state, &arguments.connection, "buy", &body).await?;
    say!("order {} is placed at {}", answer.get("order").and_then(Value::as_str).unwrap_or_default(), arguments.connection);
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn fault(arguments: &FaultArguments, state: &Path) -> Result<ExitCode> {
    let order = TroubleOrder { kind: arguments.kind, seconds: arguments.lasting, times: arguments.times };
    let body = serde_json::to_value(order).unwrap_or_default();
    post(state, &arguments.connection, "trouble", &body).await?;
    say!("{} has a fault now: {}", arguments.connection, body.get("kind").and_then(Value::as_str).unwrap_or_default());
    Ok(ExitCode::SUCCESS)
}

async fn post(state: &Path, connection: &ConnectionId, door: &str, body: &Value) -> Result<Value> {
    let base_url = ShopList::read(state)?.find(connection)?;
    let mut request = Request::new(Bytes::from(body.to_string()));
    *request.method_mut() = http::Method::POST;
    let address = format!("{base_url}/_simulator/{door}");
    *request.uri_mut() =
        address.parse().map_err(|_| Error::new(ErrorKind::Configuration, "shop", format!("{address} is not an address")))?;
    let answer = Client::new(Reach::AndLoopback)?.send(request).await.map_err(|error| {
        let message = format!("the simulated shop of {connection} does not answer at {base_url}; is what plays it running: `sluis simulator` for a shop \
             with a `base_url` in sluis.toml, `sluis` for one without?");
        Error::new(ErrorKind::Unavailable, "shop", message).caused_by(error)
    })?;
    let told: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    if answer.status().is_success() {
        Ok(told)
    } else {
        let why = told.get("error").and_then(Value::as_str).unwrap_or("it did not say why").to_owned();
        Err(Error::new(ErrorKind::Declined, "shop", format!("{connection}: {why}")))
    }
}
