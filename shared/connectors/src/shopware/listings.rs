//! Lists what is on sale: products, and the variants of those that have them. What a variant leaves empty is told as its parent has it.

use super::{criteria, orders, requests, stock, wire};
use crate::lenient;
use async_trait::async_trait;
use domain::{Counting, Ean, Listing, OfferId, Sku};
use ports::{Call, ListingPage, Result, UnreadableItem};
use serde_json::value::RawValue;

const LIST: &str = "shopware.listings";

async fn list(call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
    let after = orders::after(LIST, page)?;
    let found = requests::search(call, LIST, "product", &criteria::products(after)).await?;
    let products: Vec<wire::Product> = found.iter().map(|json| lenient::one(json).unwrap_or_default()).collect();
    let numbers = products.iter().filter_map(|product| product.auto_increment.get().copied());
    let mut page = ListingPage { next: orders::next(LIST, after, products.len(), numbers)?, ..ListingPage::default() };
    for (json, product) in found.iter().zip(&products) {
        listing(json, product, &mut page);
    }
    Ok(page)
}

/// Lists a product, or only names it: without its id it can be told nothing.
fn listing(json: &RawValue, product: &wire::Product, page: &mut ListingPage) {
    let id = product.id.needed("id", "an id").and_then(|id| {
        let wrong = || lenient::unreadable("id", "an id that is none", "an id of 32 digits and letters");
        if requests::is_id(id) { OfferId::new(id.as_str()).map_err(|_| wrong()) } else { Err(wrong()) }
    });
    let offer = match id {
        Ok(id) => id,
        Err(problem) => {
            let item = format!("product without a readable id ({:016x})", domain::fingerprint(&[json.get()]));
            return page.unreadable.push(UnreadableItem { item, offer: None, sku: None, problem });
        }
    };
    // Nobody buys what has variants: they are bought.
    if product.child_count.get().is_some_and(|variants| *variants > 0) {
        return;
    }
    let sku = Sku::new(product.product_number.text().trim()).ok();
    let shown = stock::shown(product);
    let problems = [
        product.product_number.needed("productNumber", "the merchant's code").err(),
        product.ean.given("ean", "a text").err(),
        product.child_count.given("childCount", "a whole number").err(),
        product.is_closeout.given("isCloseout", "true or false").err(),
        shown.as_ref().err().cloned(),
    ];
    let title = product.translated.get().map_or("", |translated| translated.0.name.text());
    let title = if title.is_empty() { product.name.text() } else { title };
    let unreadable =
        |problem| UnreadableItem { item: format!("product {offer}"), offer: Some(offer.clone()), sku: sku.clone(), problem };
    page.unreadable.extend(problems.into_iter().flatten().map(unreadable));
    let downloads = |states: &lenient::Items| states.0.iter().any(|state| state.get() == r#""is-download""#);
    page.listings.push(Listing {
        stock_reference: offer.as_str().to_owned(),
        offer,
        sku,
        ean: Ean::new(product.ean.text()).ok(),
        observed_quantity: shown.ok(),
        places: Vec::new(),
        title: title.to_owned(),
        condition: None,
        digital: product.states.get().is_some_and(downloads),
        counting: Counting::Counted,
        backorders: product.is_closeout.get() != Some(&true),
    });
}

/// Shopware has offers.
pub(super) struct Capability;

#[async_trait]
impl ports::Listings for Capability {
    async fn list(&self, call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
        list(call, page).await
    }
}
