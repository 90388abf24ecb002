//! An order that is not sent. Its own state gives the units back to the shop's stock, and moves neither its delivery nor its payment: those are calls of their
//! own. A payment that has come stays: the transition alone would move no money.

use super::states::{self, Sent, Stage};
use super::{orders, requests, transitions, wire};
use crate::amounts::Amounts;
use domain::{CancellationUpdate, OrderNumber};
use ports::{Acknowledged, Call, Error, ErrorKind, Result};

const TELL: &str = "shopware.cancel";
const LOOK: &str = "shopware.cancelled";

/// What is left to be done about an order that is to be given up.
struct Left {
    order: bool,
    delivery: Option<String>,
    transaction: Option<String>,
}

impl Left {
    fn of(order: &wire::Order) -> Self {
        let mut amounts = Amounts::new(None);
        let delivery = states::main_delivery(order, &mut amounts).filter(|one| states::sent(Some(one)) == Sent::Nothing);
        let transaction = states::main_transaction(order, &mut amounts).filter(states::awaits_payment);
        Self {
            order: states::stage(order) != Stage::Cancelled,
            delivery: delivery.map(|one| one.id.text().to_owned()),
            transaction: transaction.map(|one| one.id.text().to_owned()),
        }
    }
}

fn refused_parts() -> Error {
    let message = "the shop is told of a cancelled order as a whole: cancel all of it, or change the order in the shop";
    Error::new(ErrorKind::BadInput, TELL, message)
}

/// Tells it. What was told of it already is passed over, so the same may be told again.
pub(super) async fn tell(call: &Call<'_>, number: &OrderNumber, update: &CancellationUpdate) -> Result<Acknowledged> {
    if !update.whole_order {
        return Err(refused_parts());
    }
    let order = orders::one(call, TELL, number).await?;
    let delivery = states::main_delivery(&order, &mut Amounts::new(None));
    if matches!(states::sent(delivery.as_ref()), Sent::Part | Sent::All | Sent::PartBack | Sent::AllBack) {
        let message = format!("something of the order {number} was sent, as the shop has it; what was sent is not cancelled");
        return Err(Error::new(ErrorKind::Declined, TELL, message));
    }
    let left = Left::of(&order);
    if left.order {
        transitions::take(call, TELL, ("order", requests::id(TELL, "order", number.as_str())?), "cancel").await?;
    }
    if let Some(delivery) = &left.delivery {
        transitions::take(call, TELL, ("order_delivery", delivery), "cancel").await?;
    }
    if let Some(transaction) = &left.transaction {
        transitions::take(call, TELL, ("order_transaction", transaction), "cancel").await?;
    }
    Ok(Acknowledged::Applied)
}

/// Whether the shop knows all of it.
pub(super) async fn knows(call: &Call<'_>, number: &OrderNumber, update: &CancellationUpdate) -> Result<bool> {
    if !update.whole_order {
        return Err(refused_parts());
    }
    let left = Left::of(&orders::one(call, LOOK, number).await?);
    Ok(!left.order && left.delivery.is_none() && left.transaction.is_none())
}

#[cfg(test)]
#[path = "cancellations_tests.rs"]
mod tests;
