//! Variants on sale.

use super::graphql::{self, Listings, listings};
use domain::{Ean, Listing, OfferId, Sku};
use ports::{Call, ListingPage, Result};

const OPERATION: &str = "shopify.listings";

/// One page of variants. What they are called there that does not fit our types is left out: a person matches such a listing.
pub(super) async fn page(call: &Call<'_>, after: Option<&str>) -> Result<ListingPage> {
    let variables = listings::Variables { after: after.map(str::to_owned) };
    let variants = graphql::send::<Listings>(call, OPERATION, variables, false).await?.product_variants;
    let listings = variants
        .nodes
        .iter()
        .map(|variant| {
            Ok(Listing {
                offer: OfferId::new(graphql::number(OPERATION, &variant.legacy_resource_id)?.to_string())?,
                stock_reference: graphql::number(OPERATION, &variant.inventory_item.legacy_resource_id)?.to_string(),
                sku: variant.sku.as_deref().and_then(|text| Sku::new(text.trim()).ok()),
                ean: variant.barcode.as_deref().and_then(|text| Ean::new(text).ok()),
                shown: None,
        title: variant.display_name.clone(),
            })
        })
        .collect::<Result<_>>()?;
    Ok(ListingPage { listings, next: graphql::next(OPERATION, variants.page_info.has_next_page, variants.page_info.end_cursor, after)? })
}
