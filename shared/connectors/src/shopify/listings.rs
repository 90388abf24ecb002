//! Variants on sale.

use super::graphql::{self, Listings, PlacedListings, listings, placed_listings};
use super::locations::{self, ChannelLocation};
use super::sift::{Names, Spoilt};
use crate::lenient;
use async_trait::async_trait;
use domain::{Counting, Ean, Listing, LocationId, OfferId, Quantity, Sku};
use ports::{Call, ListingPage, Result, Shown, UnreadableItem};

const OPERATION: &str = "shopify.listings";

/// One page of variants.
pub(super) async fn page(call: &Call<'_>, after: Option<&str>) -> Result<ListingPage> {
    let places = locations::mapped(call, OPERATION)?;
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
    tracked: bool,
    sells_on: bool,
}

impl Named<'_> {
    fn listing(&self, shown: Option<Shown>) -> Listed {
        let shown = shown.filter(|_| self.tracked);
        let (shown, places) = shown.map_or((None, Vec::new()), |shown| (Some(shown.quantity), shown.places));
        Ok(Listing {
            offer: self.id("legacyResourceId", self.variant)?,
            stock_reference: self.id("inventoryItem.legacyResourceId", self.inventory)?.as_str().to_owned(),
            sku: self.sku.and_then(|text| Sku::new(text.trim()).ok()),
            ean: self.barcode.and_then(|text| Ean::new(text).ok()),
            title: self.title.to_owned(),
            observed_quantity: shown,
            places,
            // Second-hand goods are variants of their own here, which nothing marks.
            condition: None,
            digital: !self.requires_shipping,
            counting: if self.tracked { Counting::Counted } else { Counting::NotCounted },
            backorders: self.sells_on,
        })
    }
}

impl Named<'_> {
    /// An id of digits; or the item, without what it is known by.
    fn id(&self, field: &str, text: &str) -> std::result::Result<OfferId, Box<UnreadableItem>> {
        let number = graphql::number(OPERATION, text).ok().and_then(|number| OfferId::new(number.to_string()).ok());
        number.ok_or_else(|| {
            let problem =
                lenient::unreadable(field, lenient::shown(&format!("\"{}\"", text.replace(['"', '\\'], ""))), "a number");
            let sku = self.sku.and_then(|text| Sku::new(text.trim()).ok());
            let offer = graphql::number(OPERATION, self.variant).ok().and_then(|id| OfferId::new(id.to_string()).ok());
            let item = match (&offer, &sku) {
                (Some(offer), _) => format!("variant {offer}"),
                (None, Some(sku)) => format!("the variant with the SKU {sku}"),
                (None, None) => "a variant without a number".to_owned(),
            };
            Box::new(UnreadableItem { item, offer, sku, problem })
        })
    }
}

/// The list of variants in an answer.
const NODES: [&str; 2] = ["productVariants", "nodes"];

/// An item on sale, or why it is none that could be told a figure.
type Listed = std::result::Result<Listing, Box<UnreadableItem>>;

fn page_of(listed: impl Iterator<Item = Listed>) -> ListingPage {
    let mut page = ListingPage::default();
    for one in listed {
        match one {
            Ok(listing) => page.listings.push(listing),
            Err(unreadable) => page.unreadable.push(*unreadable),
        }
    }
    page
}

/// A variant that cannot be read.
fn unreadable(spoilt: &Spoilt, after: Option<&str>) -> UnreadableItem {
    let names: Names = spoilt.read();
    let offer = names.legacy_resource_id.get().and_then(|id| OfferId::new(id.to_string()).ok());
    let place =
        || format!("variant at place {}{}", spoilt.at + 1, after.map_or_else(String::new, |after| format!(" after {after}")));
    UnreadableItem {
        item: offer.as_ref().map_or_else(place, |offer| format!("variant {offer}")),
        offer,
        sku: Sku::new(names.sku.text().trim()).ok(),
        problem: spoilt.problem.clone(),
    }
}

async fn at_one(call: &Call<'_>, after: Option<&str>) -> Result<ListingPage> {
    let variables = listings::Variables { location: locations::single(call, OPERATION)?, after: after.map(str::to_owned) };
    let (answer, spoilt) = graphql::send_list::<Listings>(call, OPERATION, variables, &NODES).await?;
    let variants = answer.product_variants;
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
            tracked: variant.inventory_item.tracked,
            sells_on: variant.inventory_policy == listings::ProductVariantInventoryPolicy::CONTINUE,
        };
        named.listing(shown.map(|q| Quantity::clamped(q.quantity).into()))
    };
    let mut page = page_of(variants.nodes.iter().map(listing));
    page.unreadable.extend(spoilt.iter().map(|one| unreadable(one, after)));
    Ok(ListingPage {
        listings: page.listings,
        unreadable: page.unreadable,
        next: graphql::next(OPERATION, variants.page_info.has_next_page, variants.page_info.end_cursor, after)?,
    })
}

async fn at_several(call: &Call<'_>, after: Option<&str>, places: &[ChannelLocation]) -> Result<ListingPage> {
    let variables = placed_listings::Variables { after: after.map(str::to_owned) };
    let (answer, spoilt) = graphql::send_list::<PlacedListings>(call, OPERATION, variables, &NODES).await?;
    let variants = answer.product_variants;
    let listing = |variant: &placed_listings::PlacedListingsProductVariantsNodes| {
        let item = &variant.inventory_item;
        let named = Named {
            variant: &variant.legacy_resource_id,
            inventory: &item.legacy_resource_id,
            sku: variant.sku.as_deref(),
            barcode: variant.barcode.as_deref(),
            title: &variant.display_name,
            requires_shipping: item.requires_shipping,
            tracked: item.tracked,
            sells_on: variant.inventory_policy == placed_listings::ProductVariantInventoryPolicy::CONTINUE,
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
    let mut page = page_of(variants.nodes.iter().map(listing));
    page.unreadable.extend(spoilt.iter().map(|one| unreadable(one, after)));
    Ok(ListingPage {
        listings: page.listings,
        unreadable: page.unreadable,
        next: graphql::next(OPERATION, variants.page_info.has_next_page, variants.page_info.end_cursor, after)?,
    })
}

/// Shopify has offers.
pub(super) struct Capability;

#[async_trait]
impl ports::Listings for Capability {
    async fn list(&self, call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
        self::page(call, page).await
    }
}
