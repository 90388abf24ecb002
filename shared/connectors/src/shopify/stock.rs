//! The figure shown: `available` of one inventory item, at one location or at several, set by compare-and-set.

use super::graphql::{self, Available, SetAvailable, available, gid, set_available};
use super::locations;
use async_trait::async_trait;
use domain::OfferId;
use ports::{
    Acknowledged, Call, Error, ErrorKind, LOCATION_SETTING, Observed, Outcomes, ReadBack, Result, Shown, Status, StockDescriptor,
    StockSemantics, StockWrite,
};
use set_available::InventoryQuantityInput as Element;

const READ: &str = "shopify.read_stock";
const WRITE: &str = "shopify.write_stock";

/// The figure at the one location, as Shopify keeps it: below zero where the shop sells on without stock. `None`: it does not track the item.
async fn figure(call: &Call<'_>, operation: &'static str, stock_reference: &str) -> Result<Option<i64>> {
    let variables =
        available::Variables { item: item(operation, stock_reference)?, location: locations::single(call, operation)? };
    let data = graphql::send::<Available>(call, operation, variables, false).await?;
    let item = data.inventory_item.ok_or_else(|| locations::unknown_item(operation))?;
    if !item.tracked {
        return Ok(None);
    }
    let level = item.inventory_level.ok_or_else(|| {
        Error::new(ErrorKind::NotFound, operation, "the item is not stocked at the location; switch it on there in Shopify")
    })?;
    level.quantities.iter().find(|q| q.name == "available").map(|q| Some(q.quantity)).ok_or_else(|| locations::untold(operation))
}

/// What the shop window shows; below zero counts as none.
pub(super) async fn read(call: &Call<'_>, stock_reference: &str) -> Result<Observed> {
    let places = locations::mapped(call, READ)?;
    if places.is_empty() {
        let units = figure(call, READ, stock_reference).await?;
        return Ok(units.map_or(Observed::NotCounted, |units| domain::Quantity::clamped(units).into()));
    }
    let figures = locations::figures(call, READ, &item(READ, stock_reference)?, &places).await?;
    Ok(figures.map_or(Observed::NotCounted, |figures| Shown::at(figures).into()))
}

/// Sets the figure, if it is still what it was when it was read.
pub(super) async fn write(call: &Call<'_>, write: &StockWrite) -> Result<Acknowledged> {
    let (quantities, settings) = elements(call, write).await?;
    let input = set_available::InventorySetQuantitiesInput {
        name: "available".to_owned(),
        reason: "correction".to_owned(),
        reference_document_uri: Some(format!("gid://sluis/StockWrite/{}", call.operation_id)),
        quantities,
    };
    let variables = set_available::Variables { input, key: call.operation_id.to_owned() };
    let data = graphql::send::<SetAvailable>(call, WRITE, variables, true).await?;
    let payload = data.inventory_set_quantities.ok_or_else(|| {
        Error::new(ErrorKind::Protocol, WRITE, "Shopify told nothing about the write").with_status(Status::Unknown)
    })?;
    match payload.user_errors.first() {
        None => Ok(Acknowledged::Applied),
        Some(refusal) => {
            // The path to what was refused: `input`, `quantities`, the place in the list, a field of it.
            let at = refusal.field.iter().flatten().find_map(|step| step.parse::<usize>().ok());
            let named = at.and_then(|at| settings.get(at)).cloned().unwrap_or_else(|| settings.join("` or `"));
            Err(refused(refusal.code.as_ref(), &named))
        }
    }
}

/// A figure for each location, and the setting that names each.
async fn elements(call: &Call<'_>, write: &StockWrite) -> Result<(Vec<Element>, Vec<String>)> {
    let inventory_item_id = item(WRITE, &write.stock_reference)?;
    let places = locations::mapped(call, WRITE)?;
    if places.is_empty() {
        // Must be sent even when it is null: Shopify takes null, and only null, as "whatever it is now".
        let change_from_quantity = match write.from {
            // Zero may stand for a figure below zero, which only the true figure can be compared with.
            Some(from) if from.is_zero() => figure(call, WRITE, &write.stock_reference).await?.map(|units| units.min(0)),
            Some(from) => Some(from.units()),
            None => None,
        };
        let (location_id, quantity) = (locations::single(call, WRITE)?, write.quantity.units());
        return Ok((
            vec![Element { change_from_quantity, inventory_item_id, location_id, quantity }],
            vec!["location_id".to_owned()],
        ));
    }
    let mut elements = Vec::new();
    let mut settings = Vec::new();
    for one in &write.places {
        let setting = format!("{LOCATION_SETTING}{}", one.location);
        let Some((_, location_id)) = places.iter().find(|(ours, _)| *ours == one.location) else {
            return Err(Error::new(
                ErrorKind::Configuration,
                WRITE,
                format!("the setting `{setting}` is missing; it was there a moment ago"),
            ));
        };
        elements.push(Element {
            change_from_quantity: Some(one.from),
            inventory_item_id: inventory_item_id.clone(),
            location_id: location_id.clone(),
            quantity: one.quantity.units(),
        });
        settings.push(setting);
    }
    if elements.is_empty() {
        let message =
            "the item is not stocked at any of the locations in the settings `location.…`; switch it on there in Shopify";
        return Err(Error::new(ErrorKind::Configuration, WRITE, message));
    }
    Ok((elements, settings))
}

/// What a refusal means. Its message is not passed on: the codes say all there is, and hold no data.
fn refused(code: Option<&set_available::InventorySetQuantitiesUserErrorCode>, setting: &str) -> Error {
    use set_available::InventorySetQuantitiesUserErrorCode as Code;
    let error = |kind, message| Error::new(kind, WRITE, message);
    let error = match code {
        Some(Code::CHANGE_FROM_QUANTITY_STALE) => error(ErrorKind::Conflict, "the figure changed on Shopify in between"),
        // The same key again would be refused for ever: whoever reads again and decides anew comes with a new one.
        Some(Code::IDEMPOTENCY_KEY_PARAMETER_MISMATCH | Code::IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED) => {
            error(ErrorKind::Conflict, "an earlier attempt of this write was other than this one, or failed; it is decided anew")
        }
        Some(Code::IDEMPOTENCY_CONCURRENT_REQUEST) => {
            error(ErrorKind::Unavailable, "an earlier attempt of this write is still under way")
        }
        Some(Code::INVALID_INVENTORY_ITEM) => locations::unknown_item(WRITE),
        Some(Code::INVALID_LOCATION) => locations::unknown_location(WRITE, setting),
        Some(Code::NON_MUTABLE_INVENTORY_ITEM) => {
            error(ErrorKind::Declined, "Shopify computes this item's stock from its components; map the components instead")
        }
        Some(Code::Other(_)) | None => {
            error(ErrorKind::Declined, "Shopify declined the figure; see the item's stock settings in Shopify")
        }
    };
    error.with_detail(format!("{code:?}").chars().take(64).collect::<String>())
}

fn item(operation: &'static str, stock_reference: &str) -> Result<String> {
    graphql::number(operation, stock_reference).map(|number| gid("InventoryItem", number))
}

/// Shopify shows figures.
pub(super) struct Capability;

static DESCRIPTOR: StockDescriptor = StockDescriptor {
    semantics: StockSemantics::CompareAndSet,
    read_back: ReadBack::PerItem,
    can_lead: true,
    locations: Some("location_id"),
    starts_tracking: false,
    most: None,
    batch: 1,
    write_every_s: 0,
    later: None,
};

#[async_trait]
impl ports::StockLevels for Capability {
    fn descriptor(&self) -> &'static StockDescriptor {
        &DESCRIPTOR
    }

    async fn read(&self, call: &Call<'_>, _offer: &OfferId, stock_reference: &str) -> Result<Observed> {
        read(call, stock_reference).await
    }

    async fn write(&self, call: &Call<'_>, writes: &[StockWrite]) -> Result<Outcomes> {
        ports::each(writes, |one| write(call, one)).await
    }
}
