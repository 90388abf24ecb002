//! Figures: read product by product, written many at once.
//!
//! Since 6.6 `stock` is what can be bought: placing an order lowers it, cancelling gives it back, and `availableStock` only mirrors it. One write is one
//! transaction there, so one bad row fails them all: then it is cut in halves until the bad one stands alone.

use super::{criteria, errors, requests, version, wire};
use crate::lenient;
use async_trait::async_trait;
use domain::{FieldError, OfferId, Quantity};
use http::{HeaderName, HeaderValue, Method};
use ports::{
    Acknowledged, Call, Error, ErrorKind, Observed, Outcomes, ReadBack, Result, StockDescriptor, StockSemantics, StockWrite,
};
use std::collections::VecDeque;

const READ: &str = "shopware.stock";
const WRITE: &str = "shopware.stock.write";
const SYNC: &str = "/api/_action/sync";
/// What a figure changes nothing about need not be worked out anew. Whether it can be bought is.
const SKIP: (HeaderName, HeaderValue) = (
    HeaderName::from_static("indexing-skip"),
    HeaderValue::from_static(
        "product.search-keyword,product.rating-average,product.child-count,product.many-to-many-id-field,product.states",
    ),
);

/// The figure that a product shows. Below zero, where it is sold on, counts as none.
pub(super) fn shown(product: &wire::Product) -> std::result::Result<Quantity, FieldError> {
    product.stock.needed("stock", "a whole number of units").map(|units| Quantity::clamped(*units))
}

/// A product, asked for by itself.
pub(super) async fn product(
    call: &Call<'_>,
    operation: &'static str,
    reference: &str,
    criteria: &serde_json::Value,
) -> Result<wire::Product> {
    let found = requests::search(call, operation, "product", criteria).await?;
    let own = found.iter().filter_map(|json| lenient::one::<wire::Product>(json)).find(|one| one.id.text() == reference);
    own.ok_or_else(|| {
        Error::new(ErrorKind::NotFound, operation, format!("the shop does not have the product {reference} (any more)"))
    })
}

async fn read(call: &Call<'_>, reference: &str) -> Result<Observed> {
    version::known(call, READ).await?;
    let id = requests::id(READ, "product", reference)?;
    let product = product(call, READ, id, &criteria::product(id)).await?;
    let shown = shown(&product).map_err(|problem| errors::unreadable(READ, "the figure of a product", &problem))?;
    Ok(shown.into())
}

/// Writes rows in one transaction.
async fn sync(call: &Call<'_>, rows: &[wire::Figure]) -> Result<()> {
    let body = [wire::Sync { action: "upsert", entity: "product", payload: rows.to_vec() }];
    requests::write(call, WRITE, (Method::POST, SYNC), &[SKIP], &body).await.map(drop)
}

/// Whether a refusal is about the rows, so that some of them may be good.
fn is_about_rows(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::Declined | ErrorKind::NotFound)
}

async fn write(call: &Call<'_>, writes: &[StockWrite]) -> Result<Outcomes> {
    version::known(call, WRITE).await?;
    let mut outcomes: Vec<Option<Result<Acknowledged>>> = writes.iter().map(|_| None).collect();
    let mut rows = Vec::new();
    for (at, write) in writes.iter().enumerate() {
        match requests::id(WRITE, "product", &write.stock_reference) {
            Ok(id) => rows.push((at, wire::Figure { id: id.to_owned(), stock: write.quantity.units() })),
            Err(refused) => outcomes[at] = Some(Err(refused)),
        }
    }
    let mut open = VecDeque::from([rows]);
    let mut first = true;
    while let Some(mut part) = open.pop_front() {
        if part.is_empty() {
            continue;
        }
        let figures: Vec<wire::Figure> = part.iter().map(|(_, figure)| figure.clone()).collect();
        let done = sync(call, &figures).await;
        match done {
            Ok(()) => part.into_iter().for_each(|(at, _)| outcomes[at] = Some(Ok(Acknowledged::Applied))),
            Err(refused) if is_about_rows(&refused) && part.len() > 1 => {
                let rest = part.split_off(part.len() / 2);
                open.extend([part, rest]);
            }
            // Nothing was written yet: it is the call's own trouble.
            Err(refused) if first && (writes.len() == 1 || !is_about_rows(&refused)) => return Err(refused),
            Err(refused) => {
                let (last, others) = part.split_last().map_or((None, &[][..]), |(last, others)| (Some(last), others));
                for (at, _) in others {
                    let again = Error::new(refused.kind, WRITE, refused.message.clone()).with_status(refused.status);
                    outcomes[*at] = Some(Err(again));
                }
                if let Some((at, _)) = last {
                    outcomes[*at] = Some(Err(refused));
                }
            }
        }
        first = false;
    }
    let unheard = || Err(Error::new(ErrorKind::Bug, WRITE, "a figure was left out of the write"));
    Ok(outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(unheard)).collect())
}

/// Shopware shows figures.
pub(super) struct Capability;

static DESCRIPTOR: StockDescriptor = StockDescriptor {
    semantics: StockSemantics::Absolute,
    read_back: ReadBack::PerItem,
    can_lead: false,
    locations: None,
    starts_tracking: false,
    most: None,
    batch: 500,
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
        write(call, writes).await
    }
}

#[cfg(test)]
#[path = "stock_tests.rs"]
mod tests;
