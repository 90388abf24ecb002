//! Moves a state machine. Its ways have names of their own: `ship` leads to `shipped`. A way to where it is already is answered as done, and does nothing.

use super::{errors, requests, wire};
use http::Method;
use ports::{Call, Error, ErrorKind, Result};

/// Takes a way of an order (`order`), a delivery (`order_delivery`) or a payment (`order_transaction`).
pub(super) async fn take(call: &Call<'_>, operation: &'static str, (entity, id): (&str, &str), way: &str) -> Result<()> {
    let id = requests::id(operation, "row", id)?;
    let path = format!("/api/_action/{entity}/{id}/state/{way}");
    let response = requests::send(call, operation, (Method::POST, &path), &[], Some(&wire::Nothing {})).await?;
    if errors::is(&response, errors::ILLEGAL_TRANSITION) {
        let message =
            format!("the shop has no way `{way}` from where the {} is now; look at the order in the shop", named(entity));
        return Err(Error::new(ErrorKind::Conflict, operation, message));
    }
    errors::check(operation, response, true).map(drop)
}

fn named(entity: &str) -> &str {
    match entity {
        "order_delivery" => "delivery",
        "order_transaction" => "payment",
        _ => "order",
    }
}
