//! The figure shown: `available` of one inventory item at one location, set by compare-and-set.

use super::graphql::{self, Available, SetAvailable, available, gid, set_available};
use ports::{Acknowledged, Call, Error, ErrorKind, Result, Status, StockWrite};

const READ: &str = "shopify.read_stock";
const WRITE: &str = "shopify.write_stock";

/// The figure, as Shopify keeps it: below zero where the shop sells on without stock.
async fn figure(call: &Call<'_>, operation: &'static str, stock_reference: &str) -> Result<i64> {
    let variables = available::Variables { item: item(operation, stock_reference)?, location: location(call, operation)? };
    let data = graphql::send::<Available>(call, operation, variables, false).await?;
    let item = data.inventory_item.ok_or_else(|| {
        Error::new(ErrorKind::NotFound, operation, "Shopify does not know the inventory item; read the listings again")
    })?;
    let level = item.inventory_level.ok_or_else(|| {
        Error::new(ErrorKind::NotFound, operation, "the item is not stocked at the location; switch it on there in Shopify")
    })?;
    level.quantities.iter().find(|q| q.name == "available").map(|q| q.quantity).ok_or_else(|| {
        Error::new(ErrorKind::Protocol, operation, "Shopify told the level of an item without its available quantity")
    })
}

/// What the shop window shows; below zero counts as none.
pub(super) async fn read(call: &Call<'_>, stock_reference: &str) -> Result<domain::Quantity> {
    figure(call, READ, stock_reference).await.map(domain::Quantity::clamped)
}

/// Sets the figure, if it is still what it was when it was read.
pub(super) async fn write(call: &Call<'_>, write: &StockWrite) -> Result<Acknowledged> {
    let change_from_quantity = match write.from {
        // Zero may stand for a figure below zero, which only the true figure can be compared with.
        Some(from) if from.is_zero() => Some(figure(call, WRITE, &write.stock_reference).await?.min(0)),
        Some(from) => Some(from.units()),
        None => None,
    };
    let input = set_available::InventorySetQuantitiesInput {
        name: "available".to_owned(),
        reason: "correction".to_owned(),
        reference_document_uri: Some(format!("gid://sluis/StockWrite/{}", call.operation_id)),
        quantities: vec![set_available::InventoryQuantityInput {
            // Must be sent even when it is null: Shopify takes null, and only null, as "whatever it is now".
            change_from_quantity,
            inventory_item_id: item(WRITE, &write.stock_reference)?,
            location_id: location(call, WRITE)?,
            quantity: write.quantity.units(),
        }],
    };
    let variables = set_available::Variables { input, key: call.operation_id.to_owned() };
    let data = graphql::send::<SetAvailable>(call, WRITE, variables, true).await?;
    let payload = data.inventory_set_quantities.ok_or_else(|| {
        Error::new(ErrorKind::Protocol, WRITE, "Shopify told nothing about the write").with_status(Status::Unknown)
    })?;
    match payload.user_errors.first() {
        None => Ok(Acknowledged::Applied),
        Some(refusal) => Err(refused(refusal.code.as_ref())),
    }
}

/// What a refusal means. Its message is not passed on: the codes say all there is, and hold no data.
fn refused(code: Option<&set_available::InventorySetQuantitiesUserErrorCode>) -> Error {
    use set_available::InventorySetQuantitiesUserErrorCode as Code;
    let (kind, message) = match code {
        Some(Code::CHANGE_FROM_QUANTITY_STALE) => (ErrorKind::Conflict, "the figure changed on Shopify in between"),
        // The same key again would be refused for ever: whoever reads again and decides anew comes with a new one.
        Some(Code::IDEMPOTENCY_KEY_PARAMETER_MISMATCH | Code::IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED) => {
            (ErrorKind::Conflict, "an earlier attempt of this write was other than this one, or failed; it is decided anew")
        }
        Some(Code::IDEMPOTENCY_CONCURRENT_REQUEST) => (ErrorKind::Unavailable, "an earlier attempt of this write is still under way"),
        Some(Code::INVALID_INVENTORY_ITEM) => (ErrorKind::NotFound, "Shopify does not know the inventory item; read the listings again"),
        Some(Code::INVALID_LOCATION) => {
            (ErrorKind::Configuration, "Shopify does not know the location; correct the setting `location_id`")
        }
        Some(Code::NON_MUTABLE_INVENTORY_ITEM) => {
            (ErrorKind::Declined, "Shopify computes this item's stock from its components; map the components instead")
        }
        Some(Code::Other(_)) | None => (ErrorKind::Declined, "Shopify declined the figure; see the item's stock settings in Shopify"),
    };
    Error::new(kind, WRITE, message).with_detail(format!("{code:?}").chars().take(64).collect::<String>())
}

fn item(operation: &'static str, stock_reference: &str) -> Result<String> {
    graphql::number(operation, stock_reference).map(|number| gid("InventoryItem", number))
}

/// The one location whose figures are ours, as a global id.
pub(super) fn location(call: &Call<'_>, operation: &'static str) -> Result<String> {
    let setting = call.account.setting("location_id")?;
    graphql::number(operation, setting).map(|number| gid("Location", number)).map_err(|_| {
        Error::new(ErrorKind::Configuration, operation, "the setting `location_id` must be the number at the end of the location's address in Shopify's admin")
    })
}
