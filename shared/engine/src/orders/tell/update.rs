//! Whatever a channel is told of an order, told and asked for in one way.

use crate::ConnectorClient;
use domain::{AcceptanceUpdate, OrderNumber, OrderUpdate};
use ports::{Acknowledged, Result};

/// What it is told.
pub(super) enum Update {
    /// What the merchant did about it.
    Order(OrderUpdate),
    /// Whether it is accepted.
    Acceptance(AcceptanceUpdate),
}

impl Update {
    /// Tells the channel.
    pub(super) async fn tell(&self, driver: &ConnectorClient<'_>, operation: &str, number: &OrderNumber) -> Result<Acknowledged> {
        match self {
            Self::Order(update) => {
                let fulfilment = driver.fulfilment()?;
                fulfilment.call_as(operation, |fulfilment, call| fulfilment.tell(call, number, update)).await
            }
            Self::Acceptance(update) => {
                let acceptance = driver.acceptance()?;
                acceptance.call_as(operation, |acceptance, call| acceptance.answer(call, number, update)).await
            }
        }
    }

    /// Whether the channel has it. `None`: it cannot tell.
    pub(super) async fn is_known(
        &self,
        driver: &ConnectorClient<'_>,
        operation: &str,
        number: &OrderNumber,
    ) -> Result<Option<bool>> {
        match self {
            Self::Order(update) => {
                let fulfilment = driver.fulfilment()?;
                fulfilment.call_as(operation, |fulfilment, call| fulfilment.knows(call, number, update)).await
            }
            Self::Acceptance(update) => {
                let acceptance = driver.acceptance()?;
                acceptance.call_as(operation, |acceptance, call| acceptance.answered(call, number, update)).await
            }
        }
    }
}
