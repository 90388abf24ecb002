//! `sluis buyer` and `sluis erase`: who bought an order, and its erasure.

use super::api::{Api, Where, Who, escaped, understood};
use super::which_order::WhichOrder;
use crate::say::say;
use domain::{ConnectionId, OrderBuyer, OrderNumber, PostalAddress};
use engine::Erased;
use jiff::Timestamp;
use ports::{Error, ErrorKind, Result};
use serde::Deserialize;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// What `buyer` takes.
#[derive(Debug, clap::Args)]
pub(super) struct BuyerArguments {
    #[command(flatten)]
    order: WhichOrder,
    /// Have it read from the channel first.
    #[arg(long)]
    read: bool,
    #[command(flatten)]
    place: Where,
}

/// What `erase` takes.
#[derive(Debug, clap::Args)]
pub(super) struct EraseArguments {
    #[command(flatten)]
    order: WhichOrder,
    #[command(flatten)]
    who: Who,
    #[command(flatten)]
    place: Where,
}

/// The answer that is printed.
#[derive(Deserialize)]
struct Told {
    read_at: Timestamp,
    kept_until: Timestamp,
    buyer: OrderBuyer,
}

/// How long an answer of the channel is waited for, in steps.
const PATIENCE: u32 = 50;
const STEP: Duration = Duration::from_millis(200);

fn path(connection: &ConnectionId, number: &OrderNumber) -> String {
    format!("orders/{connection}/{}/buyer", escaped(number.as_str()))
}

pub(super) async fn buyer(arguments: &BuyerArguments, state: &Path) -> Result<ExitCode> {
    let api = Api::find(&arguments.place, state)?;
    let path = path(&arguments.order.connection, &arguments.order.number(&api).await?);
    if !arguments.read {
        let told = api.get(&path).await.map_err(|error| match error.kind {
            ErrorKind::NotFound => {
                let message = format!("{}. With --read it is read from the channel", error.message);
                Error { message, ..error }
            }
            _ => error,
        })?;
        say!("{}", in_words(&understood(told)?));
        return Ok(ExitCode::SUCCESS);
    }
    let before = read_at(&api, &path).await;
    api.ask_for(&path).await?;
    for _ in 0..PATIENCE {
        tokio::time::sleep(STEP).await;
        if read_at(&api, &path).await > before {
            break;
        }
    }
    // What it is by now; if nothing came, why.
    say!("{}", in_words(&understood(api.get(&path).await?)?));
    Ok(ExitCode::SUCCESS)
}

/// When the channel last told it, if ever.
async fn read_at(api: &Api, path: &str) -> Option<Timestamp> {
    let told: Told = understood(api.get(path).await.ok()?).ok()?;
    Some(told.read_at)
}

pub(super) async fn erase(arguments: &EraseArguments, state: &Path) -> Result<ExitCode> {
    let api = Api::find(&arguments.place, state)?;
    let by = arguments.who.name()?;
    let (connection, number) = (&arguments.order.connection, arguments.order.number(&api).await?);
    let path = api.signed(&path(connection, &number), &by);
    let erased: Erased = understood(api.delete(&path).await?)?;
    let what = if erased.was_kept { "what was kept of the buyer is erased" } else { "nothing of the buyer is kept" };
    let bodies = match erased.parked {
        0 => String::new(),
        count => format!(", with what {} held", domain::so_many(count, "parked thing")),
    };
    say!("{connection} {number}: {what}{bodies}; it is not read again (since {}, {})", erased.at, erased.by);
    Ok(ExitCode::SUCCESS)
}

fn in_words(told: &Told) -> String {
    let buyer = &told.buyer;
    let mut lines = Vec::new();
    for (what, address) in [("bill to", &buyer.billing), ("deliver to", &buyer.shipping)] {
        lines.extend(address.as_ref().map(|address| format!("{what:<12}{}", one_line(address))));
    }
    let vat_number = buyer.vat_number.as_ref().map(|number| number.as_str().to_owned());
    for (what, text) in [
        ("pick-up", &buyer.pickup_point),
        ("e-mail", &buyer.email),
        ("phone", &buyer.phone),
        ("VAT number", &vat_number),
        ("register", &buyer.registration),
        ("reference", &buyer.order_reference),
        ("language", &buyer.language),
    ] {
        lines.extend(text.as_ref().map(|text| format!("{what:<12}{text}")));
    }
    if lines.is_empty() {
        lines.push("the channel tells nothing of the buyer".to_owned());
    }
    lines.push(format!("{:<12}{}, kept until {}", "read", told.read_at, told.kept_until));
    lines.join("\n")
}

fn one_line(address: &PostalAddress) -> String {
    let town = [&address.postcode, &address.city].into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
    let country = address.country.as_ref().map(|country| country.as_str().to_owned());
    let name = Some(address.name.clone());
    let parts = name.into_iter().chain(address.company.clone()).chain(address.lines.clone()).chain([town]).chain(country);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buyer_is_printed_as_far_as_it_is_told() {
        let told = |buyer: serde_json::Value| {
            let told =
                serde_json::json!({ "read_at": "2026-11-24T10:00:00Z", "kept_until": "2027-03-01T10:00:00Z", "buyer": buyer });
            in_words(&serde_json::from_value(told).unwrap())
        };
        let whole = told(serde_json::json!({
            "billing": { "name": "Kim Voorbeeld", "company": "Invented BV", "lines": ["Kade 1"], "postcode": "1011", "city": "Amsterdam",
                "country": "NL" },
            "vat_number": "NL123456789B01",
        }));
        let wanted = [
            "bill to     Kim Voorbeeld, Invented BV, Kade 1, 1011 Amsterdam, NL",
            "VAT number  NL123456789B01",
            "read        2026-11-24T10:00:00Z, kept until 2027-03-01T10:00:00Z",
        ];
        assert_eq!(whole, wanted.join("\n"));
        assert!(told(serde_json::json!({})).starts_with("the channel tells nothing of the buyer"));
    }
}
