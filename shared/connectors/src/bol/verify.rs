//! Whether the credentials work. bol has no rights to grant one by one: who gets a token may do everything of the retailer API.

use super::requests;
use ports::{Call, Result, Verified};

const OPERATION: &str = "bol.verify";

/// Asks for something that every account has: its subscriptions. bol does not tell whose account it is.
pub(super) async fn verify(call: &Call<'_>) -> Result<Verified> {
    requests::get(call, OPERATION, requests::V10, "/retailer/subscriptions").await?;
    Ok(Verified::default())
}
