//! Lists what is on sale: products, and the variations of those that have them.
//!
//! One call to the shop per page of ours. A variable product is never sold itself, so it is no listing; its variations are asked
//! for one product after the other, and the token remembers which ones wait.

use crate::woocommerce::requests::{self, Ask};
use crate::woocommerce::wire::Product;
use crate::woocommerce::{errors, snapshot, stock};
use domain::{Ean, Listing, Sku};
use ports::{Call, Error, ErrorKind, ListingPage, Result};

const LIST: &str = "woocommerce.listings";

/// Where a listing goes on: `{next page of products, 0: none};{products whose variations wait};{page of the first one's}`.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    products: u32,
    waiting: Vec<u64>,
    variations: u32,
}

/// One page.
pub(super) async fn list(call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
    let mut place = page.map_or_else(|| Some(Place { products: 1, waiting: Vec::new(), variations: 1 }), Place::parse).ok_or_else(
        || Error::new(ErrorKind::BadInput, LIST, "the page token is not one of ours; list from the start"),
    )?;
    let parent = place.waiting.first().copied();
    let ask = match parent {
        Some(parent) => Ask::get(LIST, format!("/products/{parent}/variations")).page(place.variations),
        None => Ask::get(LIST, "/products").page(place.products),
    };
    let response = requests::send(call, &ask).await?;
    let found: Vec<Product> = match errors::read(LIST, &response, false) {
        // The product went away since it was listed, and its variations with it.
        Err(error) if error.kind == ErrorKind::NotFound && parent.is_some() => Vec::new(),
        other => other?,
    };
    let more = response.status().is_success() && requests::more(&response, ask_page(&place, parent), found.len());
    let mut listings = Vec::new();
    for product in &found {
        match parent {
            Some(parent) => listings.extend(variation(parent, product)?),
            None if !product.variations.is_empty() || product.kind.starts_with("variable") => place.waiting.push(product.id),
            None => listings.extend(simple(product)?),
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
    Ok(ListingPage { listings, next: (!over).then(|| place.token()) })
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

fn simple(product: &Product) -> Result<Option<Listing>> {
    // A group is a page of other products; an external product is sold in somebody else's shop.
    if matches!(product.kind.as_str(), "grouped" | "external") {
        return Ok(None);
    }
    listing(product, product.id, 0, product.id.to_string())
}

fn variation(parent: u64, product: &Product) -> Result<Option<Listing>> {
    let holder = if product.manage_stock.by_parent() { parent.to_string() } else { format!("{parent}/{}", product.id) };
    listing(product, parent, product.id, holder)
}

fn listing(product: &Product, id: u64, variation: u64, stock_reference: String) -> Result<Option<Listing>> {
    let Some(offer) = snapshot::offer(id, variation)? else { return Ok(None) };
    Ok(Some(Listing {
        offer,
        stock_reference,
        sku: product.sku.as_deref().and_then(|s| Sku::new(s.trim()).ok()),
        ean: product.global_unique_id.as_deref().and_then(|e| Ean::new(e).ok()),
        // A figure that is no whole number is for `read_stock` to complain of.
        shown: stock::shown(product).ok().flatten(),
        places: Vec::new(),
        title: product.name.clone(),
        condition: None,
        digital: product.is_virtual,
    }))
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
