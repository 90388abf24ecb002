//! Variants on sale.

use super::graphql::{self, Listings, listings};
use super::stock;
use domain::{Ean, Listing, OfferId, Quantity, Sku};
use ports::{Call, ListingPage, Result};

const OPERATION: &str = "shopify.listings";

/// One page of variants. What they are called there that does not fit our types is left out: a person matches such a listing.
pub(super) async fn page(call: &Call<'_>, after: Option<&str>) -> Result<ListingPage> {
    let variables = listings::Variables { location: stock::location(call, OPERATION)?, after: after.map(str::to_owned) };
    let variants = graphql::send::<Listings>(call, OPERATION, variables, false).await?.product_variants;
    let listings = variants
        .nodes
        .iter()
        .map(|variant| {
            let level = variant.inventory_item.inventory_level.as_ref();
            Ok(Listing {
                offer: OfferId::new(graphql::number(OPERATION, &variant.legacy_resource_id)?.to_string())?,
                stock_reference: graphql::number(OPERATION, &variant.inventory_item.legacy_resource_id)?.to_string(),
                sku: variant.sku.as_deref().and_then(|text| Sku::new(text.trim()).ok()),
                ean: variant.barcode.as_deref().and_then(|text| Ean::new(text).ok()),
                title: variant.display_name.clone(),
                // As `read_stock` has it; an item that is not stocked at the location shows nothing there to be told.
                shown: level.and_then(|l| l.quantities.iter().find(|q| q.name == "available")).map(|q| Quantity::clamped(q.quantity)),
            })
        })
        .collect::<Result<_>>()?;
    Ok(ListingPage { listings, next: graphql::next(OPERATION, variants.page_info.has_next_page, variants.page_info.end_cursor, after)? })
}
