//! Reads and sets the figure of the product or variation that holds it.

use crate::woocommerce::requests::{self, Ask};
use crate::woocommerce::wire::{Managed, Product};
use domain::Quantity;
use http::Method;
use ports::{Acknowledged, Call, Error, ErrorKind, Result, Status, StockWrite};
use serde_json::json;

const READ: &str = "woocommerce.read_stock";
const WRITE: &str = "woocommerce.write_stock";

/// The figure now. Below zero counts as none.
pub(super) async fn read(call: &Call<'_>, stock_reference: &str) -> Result<Quantity> {
    let product: Product = requests::fetch(call, &Ask::get(READ, path(READ, stock_reference)?)).await?;
    match product.manage_stock {
        Managed::Word(_) => Err(inherits(READ)),
        Managed::Here(_) => shown(&product)?.ok_or_else(|| inherits(READ)),
    }
}

/// The figure that a product or variation shows; of a variation that inherits, its parent's. `None`: it does not tell.
pub(super) fn shown(product: &Product) -> Result<Option<Quantity>> {
    Ok(match (&product.manage_stock, &product.stock_quantity) {
        (Managed::Here(true) | Managed::Word(_), Some(units)) => Some(Quantity::clamped(units.get()?)),
        (Managed::Here(true), None) => Some(Quantity::ZERO),
        (Managed::Word(_), None) => None,
        // The shop does not count it: it sells without end, or not at all.
        (Managed::Here(false), _) if product.stock_status == "outofstock" => Some(Quantity::ZERO),
        (Managed::Here(false), _) => Some(Quantity::MAX),
    })
}

/// Sets it, and has the shop count from then on.
pub(super) async fn write(call: &Call<'_>, write: &StockWrite) -> Result<Acknowledged> {
    let body = json!({ "manage_stock": true, "stock_quantity": write.quantity.units() });
    let ask = Ask::write(WRITE, Method::PUT, path(WRITE, &write.stock_reference)?, body);
    let product: Product = requests::fetch(call, &ask).await?;
    if product.manage_stock.by_parent() {
        return Err(inherits(WRITE));
    }
    let shown = product.stock_quantity.as_ref().map(super::wire::Whole::get).transpose()?;
    if product.manage_stock == Managed::Here(true) && shown == Some(write.quantity.units()) {
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

/// Setting the variation's own figure would cut it off from its parent.
fn inherits(operation: &'static str) -> Error {
    Error::new(
        ErrorKind::Conflict,
        operation,
        "the variation now uses the stock of its parent product; read the shop's listings again",
    )
    .with_status(Status::Permanent)
}
