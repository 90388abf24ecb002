//! Lines that will not be sent. What is cancelled is an amount; the number of units beside it says nothing. So a line is cancelled whole, with all
//! that it costs, and its state tells that it was.

use super::shipments::A_DAY;
use super::snapshot::WAITING_ACCEPTANCE;
use super::{errors, orders, requests, settings, wire};
use crate::lenient::Field;
use crate::wire_text;
use domain::{CancellationUpdate, FieldError, OrderNumber};
use ports::{Acknowledged, Call, Error, ErrorKind, Result};

const TELL: &str = "mirakl.cancel";
const LOOK: &str = "mirakl.cancelled";
const REASONS: &str = "/api/reasons";

fn is_void(line: &wire::Line) -> bool {
    matches!(line.order_line_state.text(), "CANCELED" | "REFUSED")
}

/// The lines that a cancellation names, as the order has them.
fn named(operation: &'static str, order: &wire::Order, update: &CancellationUpdate) -> Result<Vec<(wire::Line, i64)>> {
    let items = order.order_lines.needed("order_lines", "a list of lines");
    let items = items.map_err(|problem| errors::unreadable(operation, "an order", &problem))?;
    update
        .lines
        .iter()
        .map(|part| {
            let found = items.readable::<wire::Line>().find(|line| line.order_line_id.text() == part.line.as_str());
            let missing =
                || Error::new(ErrorKind::Declined, operation, format!("the order has no line `{}` (any more)", part.line));
            Ok((found.ok_or_else(missing)?, part.units.units()))
        })
        .collect()
}

/// A line as it is cancelled; the error is what its amounts say instead.
fn cancelled(line: &wire::Line, currency: &str, reason: &str) -> std::result::Result<wire::Cancellation, FieldError> {
    const AMOUNT: &str = "an amount";
    let taxes = |field: &Field<crate::lenient::Items>, name: &str| {
        let listed = field.given(name, "a list")?.map(|all| all.readable::<wire::Tax>().collect::<Vec<_>>());
        let tax = |tax: &wire::Tax| {
            let (code, amount) = (tax.code.needed("code", "a code")?.clone(), *tax.amount.needed("amount", AMOUNT)?);
            Ok(wire::CancelledTax { code, amount })
        };
        listed.unwrap_or_default().iter().map(tax).collect::<std::result::Result<Vec<_>, FieldError>>()
    };
    Ok(wire::Cancellation {
        order_line_id: line.order_line_id.needed("order_line_id", "an id")?.clone(),
        quantity: *line.quantity.needed("quantity", "a whole number")?,
        amount: *line.price.needed("price", AMOUNT)?,
        shipping_amount: *line.shipping_price.needed("shipping_price", AMOUNT)?,
        reason_code: reason.to_owned(),
        currency_iso_code: currency.to_owned(),
        taxes: taxes(&line.taxes, "taxes")?,
        shipping_taxes: taxes(&line.shipping_taxes, "shipping_taxes")?,
    })
}

/// The operator's code of a reason: the one that is set, or the first that a shop may give.
async fn reason(call: &Call<'_>) -> Result<String> {
    if let Some(set) = settings::cancel_reason(call.account) {
        return Ok(set.to_owned());
    }
    let body = requests::get_kept(call, TELL, (REASONS, &[]), A_DAY).await?;
    let listed: wire::Reasons = wire_text::json(TELL, &body)?;
    let fits = |one: &wire::Reason| {
        one.kind.text() == "CANCELATION" && one.is_shop_right.get() == Some(&true) && !one.code.text().is_empty()
    };
    let first = listed.reasons.readable().find(fits).map(|one| one.code.text().to_owned());
    first.ok_or_else(|| {
        let message = "the marketplace lets shops give no reason to cancel; ask it for the code of one, and give that in the setting `cancel_reason`";
        Error::new(ErrorKind::Declined, TELL, message)
    })
}

/// Tells it. Lines that are cancelled already are passed over, so the same may be told again.
pub(super) async fn tell(call: &Call<'_>, number: &OrderNumber, update: &CancellationUpdate) -> Result<Acknowledged> {
    let order = orders::one(call, TELL, number).await?;
    if order.order_state.text() == WAITING_ACCEPTANCE {
        let message = format!("the order {number} still waits for the word whether it is accepted; it is cancelled after that");
        return Err(Error::new(ErrorKind::Conflict, TELL, message));
    }
    let mut open = Vec::new();
    for (line, units) in named(TELL, &order, update)? {
        if is_void(&line) {
            continue;
        }
        let all = line.quantity.get().copied().unwrap_or_default();
        if units != all {
            let message = format!(
                "lines: the marketplace cancels a line whole: all {all} units of it, not {units}; or pay back a part in its own screen"
            );
            return Err(Error::new(ErrorKind::BadInput, TELL, message));
        }
        open.push(line);
    }
    if open.is_empty() {
        return Ok(Acknowledged::Applied);
    }
    if matches!(order.order_state.text(), "SHIPPED" | "TO_COLLECT" | "RECEIVED" | "CLOSED") {
        return Err(Error::new(
            ErrorKind::Declined,
            TELL,
            format!("the order {number} was sent; what was sent is not cancelled"),
        ));
    }
    let unreadable = |problem: FieldError| errors::unreadable(TELL, "an order", &problem);
    let currency = order.currency_iso_code.needed("currency_iso_code", "the code of a currency").map_err(unreadable)?;
    let order_tax_mode = order.order_tax_mode.needed("order_tax_mode", "how prices are told").map_err(unreadable)?.clone();
    let reason = reason(call).await?;
    let cancelations = open.iter().map(|line| cancelled(line, currency.as_str(), &reason));
    let cancelations = cancelations.collect::<std::result::Result<Vec<_>, _>>().map_err(unreadable)?;
    let path = format!("{}/cancel", orders::PATH);
    let response = requests::put(call, TELL, &path, &wire::Cancellations { cancelations, order_tax_mode }).await?;
    errors::check(TELL, response, true).map(|_| Acknowledged::Applied)
}

/// Whether all that it names is cancelled there. The call is never repeated without this look: it would take the amount off twice.
pub(super) async fn knows(call: &Call<'_>, number: &OrderNumber, update: &CancellationUpdate) -> Result<Option<bool>> {
    let order = orders::one(call, LOOK, number).await?;
    Ok(Some(named(LOOK, &order, update)?.iter().all(|(line, _)| is_void(line))))
}

#[cfg(test)]
#[path = "cancellations_tests.rs"]
mod tests;
