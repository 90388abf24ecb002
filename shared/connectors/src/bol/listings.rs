//! Lists the offers that the merchant ships (Offers API v11).
//!
//! One EAN may have several offers: new, second-hand, and one that bol ships (FBB). The last kind has its stock in bol's own
//! warehouse and must never be told a figure, so it is not listed.

use super::{requests, stock, wire};
use crate::{lenient, wire_text};
use async_trait::async_trait;
use domain::{Counting, Ean, Listing, OfferId, Sku};
use ports::{Call, Error, ErrorKind, ListingPage, Result, UnreadableItem};
use serde_json::value::RawValue;

const OPERATION: &str = "bol.listings";
/// What is offered is new. Of anything else the merchant has other units than of the new product, though the EAN is the same.
const NEW: &str = "NEW";
/// Most offers bol gives at once.
const PAGE_SIZE: u32 = 100;

/// Reads one page; `page` is the cursor that the page before named.
pub(super) async fn listings(call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
    let path = path(page);
    let response = requests::get(call, OPERATION, requests::V11, &path).await?;
    let offers: wire::Offers = wire_text::json(OPERATION, response.body())?;
    let next = offers.page.and_then(|p| p.next_cursor).filter(|cursor| !cursor.is_empty());
    if next.is_some() && next.as_deref() == page {
        return Err(Error::new(ErrorKind::Protocol, OPERATION, "bol named the page just read as the next one"));
    }
    let mut listed = ListingPage { next, ..ListingPage::default() };
    for (at, json) in offers.offers.iter().enumerate() {
        let after = page.map_or_else(String::new, |cursor| format!(" after {}", super::errors::shortened(cursor)));
        listing(json, || format!("offer at place {}{after}", at + 1), &mut listed);
    }
    Ok(listed)
}

fn path(page: Option<&str>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("page-size", &PAGE_SIZE.to_string());
    if let Some(cursor) = page {
        query.append_pair("cursor", cursor);
    }
    format!("/retailer/offers?{}", query.finish())
}

/// Lists an offer, or only names it: without its id, or not knowing who ships it, nobody may tell it a figure.
fn listing(json: &RawValue, place: impl FnOnce() -> String, page: &mut ListingPage) {
    let offer: wire::Offer = lenient::one(json).unwrap_or_default();
    let id = offer.offer_id.needed("offerId", "an id").and_then(|id| {
        OfferId::new(id.as_str()).map_err(|_| lenient::unreadable("offerId", lenient::shown(json.get()), "an id"))
    });
    let id = match id {
        Ok(id) => id,
        Err(problem) => return page.unreadable.push(UnreadableItem { item: place(), offer: None, sku: None, problem }),
    };
    let by_bol = offer.is_shipped_by_bol();
    if by_bol == Ok(true) {
        return;
    }
    let sku = Sku::new(offer.reference.text()).ok();
    let (shown, condition) = (stock::shown(&offer.stock), offer.condition());
    let problems = [
        by_bol.as_ref().err().cloned(),
        condition.as_ref().err().cloned(),
        offer.reference.given("reference", "a text").err(),
        offer.ean.given("ean", "a code").err(),
        shown.as_ref().err().cloned(),
    ];
    page.unreadable.extend(problems.into_iter().flatten().map(|problem| UnreadableItem {
        item: format!("offer {id}"),
        offer: Some(id.clone()),
        sku: sku.clone(),
        problem,
    }));
    // Units that are not new are other units, though the EAN is the same.
    let (false, Ok(condition)) = (by_bol.is_err(), &condition) else { return };
    page.listings.push(Listing {
        stock_reference: id.as_str().to_owned(),
        offer: id,
        sku,
        ean: Ean::new(offer.ean.text()).ok(),
        observed_quantity: shown.ok(),
        places: Vec::new(),
        title: offer.unknown_product_title.text().to_owned(),
        condition: condition.cloned().filter(|category| category != NEW),
        digital: false,
        // Every offer has a stock.
        counting: Counting::Counted,
        backorders: false,
    });
}

/// bol has offers.
pub(super) struct Capability;

#[async_trait]
impl ports::Listings for Capability {
    async fn list(&self, call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
        listings(call, page).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page_of(offer: &str) -> ListingPage {
        let mut page = ListingPage::default();
        listing(&RawValue::from_string(offer.to_owned()).unwrap(), || "offer at place 1".to_owned(), &mut page);
        page
    }

    #[test]
    fn an_offer_that_cannot_be_told_a_figure_for_sure_is_named_and_not_listed() {
        for (offer, field, listed) in [
            (r#"{"offerId":"o"}"#, "fulfilment", 0),
            (r#"{"offerId":"o","fulfilment":{"method":7}}"#, "fulfilment.method", 0),
            (r#"{"offerId":"o","fulfilment":{"method":{},"x":1e999}}"#, "fulfilment.method", 0),
            (r#"{"offerId":{},"fulfilment":{"method":"FBR"}}"#, "offerId", 0),
            (r#"{"offerId":"o","fulfilment":{"method":"FBR"},"condition":{"category":[]}}"#, "condition.category", 0),
            (r#"{"offerId":"o","fulfilment":{"method":"FBR"},"stock":{"amount":2.5}}"#, "stock.amount", 1),
        ] {
            let page = page_of(offer);
            assert!(page.unreadable.iter().any(|item| item.problem.field == field), "{offer}: {page:?}");
            assert_eq!(page.listings.len(), listed, "{offer}");
            assert!(page.listings.iter().all(|listing| listing.observed_quantity.is_none()));
        }
        assert_eq!(page_of(r#"{"offerId":"o","fulfilment":{"method":"FBB"}}"#), ListingPage::default(), "bol ships it");
    }

    /// The contract's default is 0, and what was set counts where what is left of it is not told: it is never less.
    #[test]
    fn an_offer_without_a_figure_shows_none() {
        for (stock, shown) in [
            ("", 0),
            (r#","stock":null"#, 0),
            (r#","stock":{}"#, 0),
            (r#","stock":{"amount":null,"correctedStock":null,"managedByRetailer":true}"#, 0),
            (r#","stock":{"amount":5,"correctedStock":null,"managedByRetailer":true}"#, 5),
            (r#","stock":{"amount":null,"correctedStock":3,"managedByRetailer":true}"#, 3),
        ] {
            let offer = format!("{{\"offerId\":\"o\",\"ean\":\"8712345678906\",\"fulfilment\":{{\"method\":\"FBR\"}}{stock}}}");
            let page = page_of(&offer);
            assert_eq!(page.unreadable, [], "{offer}");
            assert_eq!(page.listings[0].observed_quantity, Some(domain::Quantity::new(shown).unwrap()), "{offer}");
        }
    }

    #[test]
    fn an_offer_that_is_not_new_says_so_and_one_without_a_word_is_new() {
        let condition = |told: &str| {
            let offer = format!("{{\"offerId\":\"o\",\"ean\":\"8712345678906\",\"fulfilment\":{{\"method\":\"FBR\"}}{told}}}");
            page_of(&offer).listings.remove(0).condition
        };
        assert_eq!(condition(r#","condition":{"category":"SECONDHAND","state":"REASONABLE"}"#).as_deref(), Some("SECONDHAND"));
        assert_eq!(condition(r#","condition":{"category":"REFURBISHED","grade":"A"}"#).as_deref(), Some("REFURBISHED"));
        for new in [r#","condition":{"category":"NEW"}"#, r#","condition":{}"#, r#","condition":null"#, ""] {
            assert_eq!(condition(new), None, "{new}");
        }
    }
}
