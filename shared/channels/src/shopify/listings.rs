//! Variants on sale.

use super::graphql::{self, Listings, PlacedListings, listings, placed_listings};
use super::places::{self, Place};
use domain::{Ean, Listing, LocationId, OfferId, Quantity, Sku};
use ports::{Call, ListingPage, Result, Shown};

const OPERATION: &str = "shopify.listings";

/// One page of variants.
pub(super) async fn page(call: &Call<'_>, after: Option<&str>) -> Result<ListingPage> {
    let places = places::mapped(call, OPERATION)?;
    if places.is_empty() { at_one(call, after).await } else { at_several(call, after, &places).await }
}

/// What a variant is called. What does not fit our types is left out: a person matches such a listing.
struct Named<'a> {
    variant: &'a str,
    inventory: &'a str,
    sku: Option<&'a str>,
    barcode: Option<&'a str>,
    title: &'a str,
    requires_shipping: bool,
}

impl Named<'_> {
    fn listing(&self, shown: Option<Shown>) -> Result<Listing> {
        let (shown, places) = shown.map_or((None, Vec::new()), |shown| (Some(shown.quantity), shown.places));
        Ok(Listing {
            offer: OfferId::new(graphql::number(OPERATION, self.variant)?.to_string())?,
            stock_reference: graphql::number(OPERATION, self.inventory)?.to_string(),
            sku: self.sku.and_then(|text| Sku::new(text.trim()).ok()),
            ean: self.barcode.and_then(|text| Ean::new(text).ok()),
            title: self.title.to_owned(),
            shown,
            places,
            // Second-hand goods are variants of their own here, which nothing marks.
            condition: None,
            digital: !self.requires_shipping,
        })
    }
}

async fn at_one(call: &Call<'_>, after: Option<&str>) -> Result<ListingPage> {
    let variables = listings::Variables { location: places::single(call, OPERATION)?, after: after.map(str::to_owned) };
    let variants = graphql::send::<Listings>(call, OPERATION, variables, false).await?.product_variants;
    let listing = |variant: &listings::ListingsProductVariantsNodes| {
        let level = variant.inventory_item.inventory_level.as_ref();
        // As `read_stock` has it; an item that is not stocked at the location shows nothing there to be told.
        let shown = level.and_then(|level| level.quantities.iter().find(|q| q.name == "available"));
        let named = Named {
            variant: &variant.legacy_resource_id,
            inventory: &variant.inventory_item.legacy_resource_id,
            sku: variant.sku.as_deref(),
            barcode: variant.barcode.as_deref(),
            title: &variant.display_name,
            requires_shipping: variant.inventory_item.requires_shipping,
        };
        named.listing(shown.map(|q| Quantity::clamped(q.quantity).into()))
    };
    let listings = variants.nodes.iter().map(listing).collect::<Result<_>>()?;
    Ok(ListingPage { listings, unread: Vec::new(), next: graphql::next(OPERATION, variants.page_info.has_next_page, variants.page_info.end_cursor, after)? })
}

async fn at_several(call: &Call<'_>, after: Option<&str>, places: &[Place]) -> Result<ListingPage> {
    let variables = placed_listings::Variables { after: after.map(str::to_owned) };
    let variants = graphql::send::<PlacedListings>(call, OPERATION, variables, false).await?.product_variants;
    let listing = |variant: &placed_listings::PlacedListingsProductVariantsNodes| {
        let item = &variant.inventory_item;
        let named = Named {
            variant: &variant.legacy_resource_id,
            inventory: &item.legacy_resource_id,
            sku: variant.sku.as_deref(),
            barcode: variant.barcode.as_deref(),
            title: &variant.display_name,
            requires_shipping: item.requires_shipping,
        };
        let told: Vec<(LocationId, i64)> = item
            .inventory_levels
            .nodes
            .iter()
            .filter_map(|level| {
                let (ours, _) = places.iter().find(|(_, theirs)| *theirs == level.location.id)?;
                Some((ours.clone(), level.quantities.iter().find(|q| q.name == "available")?.quantity))
            })
            .collect();
        // Of an item at so many locations that not all of ours were told, the figure is read by itself.
        let whole = told.len() == places.len() || !item.inventory_levels.page_info.has_next_page;
        named.listing((whole && !told.is_empty()).then(|| Shown::at(told)))
    };
    let listings = variants.nodes.iter().map(listing).collect::<Result<_>>()?;
    Ok(ListingPage { listings, unread: Vec::new(), next: graphql::next(OPERATION, variants.page_info.has_next_page, variants.page_info.end_cursor, after)? })
}
