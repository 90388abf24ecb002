//! Reads and sets the figure of the product or variation that holds it, where the shop tracks its stock.

use crate::woocommerce::requests::{self, Ask};
use crate::woocommerce::wire::{Managed, Product};
use async_trait::async_trait;
use domain::{Counting, FieldError, OfferId, Quantity};
use http::Method;
use ports::{
    Acknowledged, Call, Error, ErrorKind, Observed, Outcomes, ReadBack, Result, Status, StockDescriptor, StockSemantics,
    StockWrite,
};
use serde_json::json;

const READ: &str = "woocommerce.read_stock";
const WRITE: &str = "woocommerce.write_stock";

/// The figure now. Below zero counts as none.
pub(super) async fn read(call: &Call<'_>, stock_reference: &str) -> Result<Observed> {
    let product: Product = requests::fetch(call, &Ask::get(READ, path(READ, stock_reference)?)).await?;
    if matches!(product.manage_stock.get(), Some(Managed::Word(_))) {
        return Err(inherits(READ));
    }
    let shown = shown(&product).map_err(|problem| untold(READ, &problem))?;
    Ok(shown.map_or(Observed::NotCounted, Observed::from))
}

/// What `manage_stock` must be.
pub(super) const MANAGED: &str = "true, false or \"parent\"";

/// The figure that a product or variation shows; of a variation that inherits, its parent's. `None`: the shop does not track it, whether it
/// is on sale or not. A tracked one without a figure is none either: nobody has counted it. What it tells and is no whole number of units is
/// no figure.
pub(super) fn shown(product: &Product) -> std::result::Result<Option<Quantity>, FieldError> {
    Ok(match product.manage_stock.given("manage_stock", MANAGED)? {
        Some(Managed::Here(true) | Managed::Word(_)) => {
            product.stock_quantity.given("stock_quantity", "a whole number of units")?.map(|units| Quantity::clamped(*units))
        }
        Some(Managed::Here(false)) | None => None,
    })
}

/// How the shop counts it.
pub(super) fn counting(product: &Product) -> Counting {
    match (product.manage_stock.get(), product.stock_quantity.get()) {
        (Some(Managed::Word(_)), _) => Counting::Together,
        (Some(Managed::Here(true)), Some(_)) => Counting::Counted,
        (Some(Managed::Here(_)) | None, _) => Counting::NotCounted,
    }
}

/// Sets it. A product that the shop does not track takes no figure, unless it is told to track it from now on.
pub(super) async fn write(call: &Call<'_>, write: &StockWrite) -> Result<Acknowledged> {
    let mut body = json!({ "stock_quantity": write.quantity.units() });
    if write.start_tracking {
        body["manage_stock"] = true.into();
    }
    let ask = Ask::write(WRITE, Method::PUT, path(WRITE, &write.stock_reference)?, body);
    let product: Product = requests::fetch(call, &ask).await?;
    if product.by_parent() {
        return Err(inherits(WRITE));
    }
    if product.manage_stock.get() == Some(&Managed::Here(false)) {
        let message = "the shop does not track the stock of the product any more; it is looked at again";
        return Err(Error::new(ErrorKind::Conflict, WRITE, message).with_status(Status::Permanent));
    }
    let is_counted = product.manage_stock.get() == Some(&Managed::Here(true));
    if is_counted && product.stock_quantity.get() == Some(&write.quantity.units()) {
        return Ok(Acknowledged::Applied);
    }
    Err(Error::new(
        ErrorKind::Conflict,
        WRITE,
        "the shop took the figure but shows another one: somebody bought in between, or a plugin keeps the stock",
    )
    .with_status(Status::Unknown))
}

/// The address of a product or variation: `10`, or `10/12` for the variation 12 of it.
pub(super) fn path(operation: &'static str, stock_reference: &str) -> Result<String> {
    let id = |text: &str| text.parse::<u64>().ok();
    let path = match stock_reference.split_once('/') {
        None => id(stock_reference).map(|product| format!("/products/{product}")),
        Some((product, variation)) => {
            id(product).zip(id(variation)).map(|(product, variation)| format!("/products/{product}/variations/{variation}"))
        }
    };
    path.ok_or_else(|| Error::new(ErrorKind::BadInput, operation, "this is not the id of a WooCommerce product or variation"))
}

/// The figure is not in whole units, so nothing is written over it.
fn untold(operation: &'static str, problem: &FieldError) -> Error {
    Error::new(
        ErrorKind::Protocol,
        operation,
        format!(
            "the item's figure in the shop cannot be told in whole units: {problem}; correct it in the shop, until then it is left alone"
        ),
    )
}

/// Setting the variation's own figure would cut it off from its parent.
fn inherits(operation: &'static str) -> Error {
    Error::new(
        ErrorKind::Conflict,
        operation,
        "the variation now uses the stock of its parent product; read the shop's listings again",
    )
    .with_status(Status::Permanent)
}

/// WooCommerce shows figures.
pub(super) struct Capability;

static DESCRIPTOR: StockDescriptor = StockDescriptor {
    semantics: StockSemantics::Absolute,
    read_back: ReadBack::PerItem,
    can_lead: true,
    locations: None,
    starts_tracking: true,
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
