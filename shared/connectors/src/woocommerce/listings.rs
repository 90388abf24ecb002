//! Lists what is on sale: products, and the variations of those that have them.
//!
//! One call to the shop per page of ours. A variable product is never sold itself, so it is no listing; its variations are asked
//! for one product after the other, and the token remembers which ones wait.

use crate::lenient::{self, Field};
use crate::woocommerce::requests::{self, Ask};
use crate::woocommerce::wire::{self, Product};
use crate::woocommerce::{errors, snapshot, stock};
use async_trait::async_trait;
use domain::{Ean, FieldError, Listing, Sku};
use ports::{Call, Error, ErrorKind, ListingPage, Result, UnreadableItem};

const LIST: &str = "woocommerce.listings";

/// What an id must be.
const WHOLE: &str = "a whole number";

/// Where a listing goes on: `{next page of products, 0: none};{products whose variations wait};{page of the first one's}`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    products: u32,
    waiting: Vec<u64>,
    variations: u32,
}

/// One page.
pub(super) async fn list(call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
    let mut place = page
        .map_or_else(|| Some(Place { products: 1, waiting: Vec::new(), variations: 1 }), Place::parse)
        .ok_or_else(|| Error::new(ErrorKind::BadInput, LIST, "the page token is not one of ours; list from the start"))?;
    let parent = place.waiting.first().copied();
    let ask = match parent {
        Some(parent) => Ask::get(LIST, format!("/products/{parent}/variations")).page(place.variations),
        None => Ask::get(LIST, "/products").page(place.products),
    };
    let response = requests::send(call, &ask).await?;
    let found: wire::Page = match errors::read(LIST, &response, false) {
        // The product went away since it was listed, and its variations with it.
        Err(error) if error.kind == ErrorKind::NotFound && parent.is_some() => Vec::new(),
        other => other?,
    };
    let more = response.status().is_success() && requests::more(&response, ask_page(&place, parent), found.len());
    let mut page = ListingPage::default();
    for (at, json) in found.iter().enumerate() {
        let product: Product = wire::item(json).unwrap_or_default();
        let Ok(id) = product.id.needed("id", WHOLE).copied() else {
            let within = parent.map_or_else(|| "products".to_owned(), |parent| format!("the variations of product {parent}"));
            let item = format!("item {} on page {} of {within}", at + 1, ask_page(&place, parent));
            let problem = match &product.id {
                Field::Odd(value) => lenient::unreadable("id", value, WHOLE),
                _ => lenient::unreadable("id", lenient::shown(json.get()), "an item with an id"),
            };
            page.unreadable.push(UnreadableItem { item, offer: None, sku: None, problem });
            continue;
        };
        match parent {
            Some(parent) => variation(parent, id, &product, &mut page)?,
            None if product.is_variable() => place.waiting.push(id),
            None => simple(id, &product, &mut page)?,
        }
    }
    match (parent, more) {
        (Some(_), true) => place.variations = place.variations.saturating_add(1),
        (Some(_), false) => {
            place.waiting.remove(0);
            place.variations = 1;
        }
        (None, true) => place.products = place.products.saturating_add(1),
        (None, false) => place.products = 0,
    }
    let over = place.waiting.is_empty() && place.products == 0;
    Ok(ListingPage { next: (!over).then(|| place.token()), ..page })
}

impl Place {
    fn token(&self) -> String {
        let waiting: Vec<_> = self.waiting.iter().map(ToString::to_string).collect();
        format!("{};{};{}", self.products, waiting.join(","), self.variations)
    }

    fn parse(token: &str) -> Option<Self> {
        let mut parts = token.split(';');
        let products = parts.next()?.parse().ok()?;
        let waiting = parts.next()?.split(',').filter(|id| !id.is_empty()).map(|id| id.parse().ok()).collect::<Option<_>>()?;
        let variations = parts.next()?.parse().ok()?;
        Some(Self { products, waiting, variations })
    }
}

fn ask_page(place: &Place, parent: Option<u64>) -> u32 {
    if parent.is_some() { place.variations } else { place.products }
}

fn simple(id: u64, product: &Product, page: &mut ListingPage) -> Result<()> {
    // A group is a page of other products; an external product is sold in somebody else's shop.
    if matches!(product.kind.text(), "grouped" | "external") {
        return Ok(());
    }
    let sold_here = product.kind.given("type", "a word").map(drop);
    listing(product, (id, 0), sold_here.map(|()| id.to_string()), page)
}

fn variation(parent: u64, id: u64, product: &Product, page: &mut ListingPage) -> Result<()> {
    let holder = product.manage_stock.given("manage_stock", stock::MANAGED);
    let holder = holder.map(|_| if product.by_parent() { parent.to_string() } else { format!("{parent}/{id}") });
    listing(product, (parent, id), holder, page)
}

/// Lists an item, or only names it where it cannot be told a figure: not known is then whether it is sold here, or which item holds the figure.
fn listing(
    product: &Product,
    (id, variation): (u64, u64),
    stock_reference: std::result::Result<String, FieldError>,
    page: &mut ListingPage,
) -> Result<()> {
    let Some(offer) = snapshot::offer(id, variation)? else { return Ok(()) };
    let sku = Sku::new(product.sku.text().trim()).ok();
    let shown = stock::shown(product);
    let problems = [
        stock_reference.as_ref().err().cloned(),
        product.sku.given("sku", "a text").err(),
        product.global_unique_id.given("global_unique_id", "a text").err(),
        shown.as_ref().err().cloned(),
    ];
    let item = if variation == 0 { format!("product {id}") } else { format!("variation {variation} of product {id}") };
    page.unreadable.extend(problems.into_iter().flatten().map(|problem| UnreadableItem {
        item: item.clone(),
        offer: Some(offer.clone()),
        sku: sku.clone(),
        problem,
    }));
    let Ok(stock_reference) = stock_reference else { return Ok(()) };
    page.listings.push(Listing {
        offer,
        stock_reference,
        sku,
        ean: Ean::new(product.global_unique_id.text()).ok(),
        observed_quantity: shown.ok().flatten(),
        places: Vec::new(),
        title: product.name.text().to_owned(),
        condition: None,
        digital: product.is_virtual.get() == Some(&true),
        counting: stock::counting(product),
        backorders: matches!(product.backorders.text(), "yes" | "notify"),
    });
    Ok(())
}

/// WooCommerce has offers.
pub(super) struct Capability;

#[async_trait]
impl ports::Listings for Capability {
    async fn list(&self, call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
        list(call, page).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_where_it_left_off() {
        for token in ["2;;1", "0;10,13;2", "3;7;1"] {
            assert_eq!(Place::parse(token).unwrap().token(), token);
        }
        for wrong in ["", "1", "1;2", "x;;1", "1;a;1", "1;;-1"] {
            assert_eq!(Place::parse(wrong), None, "{wrong}");
        }
    }
}
