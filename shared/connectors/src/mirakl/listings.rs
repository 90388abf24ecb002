//! Lists the offers of the shop. Those that lie in a centre of the operator's have their stock there and are told no figure, so they are left out.

use super::snapshot::is_sent_by_operator;
use super::{errors, orders, requests, wire};
use crate::{lenient, wire_text};
use async_trait::async_trait;
use domain::{Counting, Ean, FieldError, Listing, OfferId, Quantity, Sku};
use ports::{Call, ListingPage, Result, UnreadableItem};
use serde_json::value::RawValue;

const OPERATION: &str = "mirakl.listings";
pub(super) const PATH: &str = "/api/offers";
/// Mirakl's own code of what is new; an operator may have others besides.
const NEW: &str = "11";
/// Kinds of references that are codes of GS1.
const GTIN: [&str; 4] = ["EAN", "GTIN", "UPC", "EAN13"];

async fn list(call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
    let offset = orders::offset(OPERATION, page)?;
    let (max, offset_text) = (orders::PAGE_SIZE.to_string(), offset.to_string());
    // By the title: the other orders are by prices, which move.
    let query = [("sort", "productTitle"), ("order", "asc"), ("max", max.as_str()), ("offset", offset_text.as_str())];
    let response = requests::get(call, OPERATION, PATH, &query).await?;
    let told: wire::Offers = wire_text::json(OPERATION, response.body())?;
    let next = orders::after(OPERATION, offset, told.offers.0.len(), &told.total_count)?;
    let mut listed = ListingPage { next, ..ListingPage::default() };
    for (at, json) in told.offers.0.iter().enumerate() {
        listing(json, || format!("offer at place {} behind {offset}", at + 1), &mut listed);
    }
    Ok(listed)
}

/// Lists an offer, or only names it: without the codes by which it is told a figure and sold, nobody can.
fn listing(json: &RawValue, place: impl FnOnce() -> String, page: &mut ListingPage) {
    let offer: wire::Offer = lenient::one(json).unwrap_or_default();
    let id = offer
        .offer_id
        .needed("offer_id", "a number")
        .and_then(|id| OfferId::new(id.to_string()).map_err(|_| lenient::unreadable("offer_id", id.to_string(), "a number")));
    let id = match id {
        Ok(id) => id,
        Err(problem) => return page.unreadable.push(UnreadableItem { item: place(), offer: None, sku: None, problem }),
    };
    let by_operator = is_sent_by_operator(&offer.fulfillment);
    if by_operator == Ok(true) {
        return;
    }
    let code = offer.shop_sku.needed("shop_sku", "the merchant's code").cloned();
    let sku = code.as_ref().ok().and_then(|code| Sku::new(code.as_str()).ok());
    let shown = shown(&offer);
    let problems = [
        by_operator.as_ref().err().cloned(),
        code.as_ref().err().cloned(),
        shown.as_ref().err().cloned(),
        offer.state_code.given("state_code", "a code").err(),
        offer.product_references.given("product_references", "a list").err(),
    ];
    page.unreadable.extend(problems.into_iter().flatten().map(|problem| UnreadableItem {
        item: format!("offer {id}"),
        offer: Some(id.clone()),
        sku: sku.clone(),
        problem,
    }));
    // Units that are not new are other units, though the EAN is the same.
    let (Ok(stock_reference), Ok(_), false) = (code, by_operator, offer.state_code.is_odd()) else { return };
    page.listings.push(Listing {
        offer: id,
        stock_reference,
        sku,
        ean: ean(&offer),
        observed_quantity: shown.ok(),
        places: Vec::new(),
        title: offer.product_title.text().to_owned(),
        condition: Some(offer.state_code.text()).filter(|state| !matches!(*state, "" | NEW)).map(str::to_owned),
        digital: false,
        counting: Counting::Counted,
        backorders: false,
    });
}

fn ean(offer: &wire::Offer) -> Option<Ean> {
    let references = offer.product_references.get()?;
    let is_code = |one: &wire::Reference| GTIN.contains(&one.reference_type.text().to_ascii_uppercase().as_str());
    references.readable::<wire::Reference>().filter(is_code).find_map(|one| Ean::new(one.reference.text()).ok())
}

/// Units it shows.
pub(super) fn shown(offer: &wire::Offer) -> std::result::Result<Quantity, FieldError> {
    let units = *offer.quantity.needed("quantity", "a whole number")?;
    Quantity::new(units).map_err(|_| lenient::unreadable("quantity", units.to_string(), "a whole number from 0 on"))
}

/// Reads one offer.
pub(super) async fn one(call: &Call<'_>, operation: &'static str, offer: &OfferId) -> Result<wire::Offer> {
    let path = format!("{PATH}/{}", requests::segment(operation, offer.as_str())?);
    let response = requests::get(call, operation, &path, &[]).await?;
    wire_text::json(operation, response.body())
}

/// As `shown`, of an offer that was read by itself.
pub(super) fn figure(operation: &'static str, offer: &wire::Offer) -> Result<Quantity> {
    shown(offer).map_err(|problem| errors::unreadable(operation, "an offer", &problem))
}

/// Mirakl has offers.
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

    fn page_of(offer: &str) -> ListingPage {
        let mut page = ListingPage::default();
        listing(&RawValue::from_string(offer.to_owned()).unwrap(), || "offer at place 1".to_owned(), &mut page);
        page
    }

    #[test]
    fn what_the_operator_sends_is_told_no_figure_and_what_has_no_code_cannot_be() {
        let by_operator = r#"{"offer_id":1,"shop_sku":"A","quantity":1,"fulfillment":{"center":{"code":"FC-1"}}}"#;
        assert_eq!(page_of(by_operator), ListingPage::default());
        for (offer, field, listed) in [
            (r#"{"offer_id":1,"quantity":1}"#, "shop_sku", 0),
            (r#"{"offer_id":{},"shop_sku":"A","quantity":1}"#, "offer_id", 0),
            (r#"{"offer_id":1,"shop_sku":"A","quantity":1,"state_code":[]}"#, "state_code", 0),
            (r#"{"offer_id":1,"shop_sku":"A","fulfillment":{"center":{"code":7}}}"#, "fulfillment.center.code", 0),
            (r#"{"offer_id":1,"shop_sku":"A","quantity":1.5}"#, "quantity", 1),
        ] {
            let page = page_of(offer);
            assert!(page.unreadable.iter().any(|item| item.problem.field == field), "{offer}: {page:?}");
            assert_eq!(page.listings.len(), listed, "{offer}");
        }
    }

    #[test]
    fn an_offer_is_known_by_its_ean_and_by_whether_it_is_new() {
        let offer = |state: &str| {
            format!(
                r#"{{"offer_id":1,"shop_sku":"A","quantity":3,"state_code":"{state}","product_references":[
                {{"reference_type":"MPN","reference":"8712345678906"}},{{"reference_type":"EAN","reference":"8712345678906"}}]}}"#
            )
        };
        let new = page_of(&offer("11")).listings.remove(0);
        assert_eq!((new.ean.unwrap().as_str(), new.condition, new.stock_reference.as_str()), ("8712345678906", None, "A"));
        assert_eq!(page_of(&offer("10")).listings[0].condition.as_deref(), Some("10"));
    }
}
