//! Customers, and the GUIDs behind codes. What was found once is remembered for an hour: five thousand calls a day go fast.

use super::{requests, wire};
use bytes::Bytes;
use ports::{BusinessDebtor, Call, Debtor, Error, ErrorKind, Result};
use requests::{Query, quoted};
use std::time::Duration;

const OPERATION: &str = "exact.accounts";
const REMEMBERED: Duration = Duration::from_hours(1);
/// Characters of a name and of an address there.
const LONGEST_NAME: usize = 50;
const LONGEST_LINE: usize = 100;

/// The account that owes an entry. A business that has none is given one.
pub(super) async fn debtor(call: &Call<'_>, debtor: &Debtor) -> Result<String> {
    match debtor {
        Debtor::Collective { code } => collective(call, code).await?.ok_or_else(|| {
            let message = format!(
                "there is no customer `{code}` in Exact Online, which sluis.toml names as the collective debtor: make one there, or name another"
            );
            Error::new(ErrorKind::Declined, OPERATION, message)
        }),
        Debtor::Business(business) => of_business(call, business).await,
    }
}

/// The customer of this code, if there is one. Codes are eighteen characters there, filled up with blanks from the left.
pub(super) async fn collective(call: &Call<'_>, code: &str) -> Result<Option<String>> {
    let filter = format!("Code eq {}", quoted(&format!("{code:>18}")));
    known(call, &format!("debtor {code}"), "crm/Accounts", &filter).await
}

/// The ledger account of this code, if there is one.
pub(super) async fn ledger(call: &Call<'_>, code: &str) -> Result<Option<String>> {
    known(call, &format!("ledger {code}"), "financial/GLAccounts", &format!("Code eq {}", quoted(code))).await
}

async fn of_business(call: &Call<'_>, business: &BusinessDebtor) -> Result<String> {
    let number = business.vat_number.as_str();
    let name = format!("business {number}");
    let filter = format!("VATNumber eq {}", quoted(number));
    if let Some(known) = known(call, &name, "crm/Accounts", &filter).await? {
        return Ok(known);
    }
    let address = &business.address;
    let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    let new = wire::NewAccount {
        name: cut(&business.name, LONGEST_NAME),
        status: "C",
        vat_number: number,
        address_line1: cut(&address.lines.join(", "), LONGEST_LINE),
        postcode: address.postcode.clone().unwrap_or_default(),
        city: cut(&address.city, LONGEST_LINE),
        country: address.country.to_string(),
    };
    let made: wire::Coded = requests::create(call, OPERATION, "crm/Accounts", &new).await?;
    remember(call, &name, made.id.text())
}

async fn known(call: &Call<'_>, name: &str, path: &str, filter: &str) -> Result<Option<String>> {
    if let Some(kept) = call.answers.kept(name, call.now, REMEMBERED) {
        return Ok(Some(String::from_utf8_lossy(&kept).into_owned()));
    }
    let query = Query { select: "ID,Code", filter: Some(filter) };
    let found: Vec<wire::Coded> = requests::all(call, OPERATION, path, query).await?;
    match found.first() {
        Some(one) => remember(call, name, one.id.text()).map(Some),
        None => Ok(None),
    }
}

fn remember(call: &Call<'_>, name: &str, id: &str) -> Result<String> {
    if id.is_empty() {
        return Err(Error::new(ErrorKind::Protocol, OPERATION, "Exact Online names no id of what it has"));
    }
    call.answers.keep(name, call.now, &Bytes::copy_from_slice(id.as_bytes()));
    Ok(id.to_owned())
}
