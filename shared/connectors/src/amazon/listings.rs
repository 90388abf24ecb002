//! Lists what the seller has on sale, and reads one of it. What Amazon sends from its own centres is shown, has no figure of the seller's, and is told none:
//! a figure would turn it into an offer that the merchant sends.

use super::{errors, orders, requests, settings, wire};
use crate::lenient::{self, Field, Items};
use crate::wire_text;
use async_trait::async_trait;
use domain::{Counting, Ean, FieldError, Listing, OfferId, Quantity, Sku};
use ports::{Call, Error, ErrorKind, ListingPage, Observed, Result, UnreadableItem};
use serde_json::value::RawValue;

const LIST: &str = "amazon.listings";
pub(super) const PATH: &str = "/listings/2021-08-01/items";
/// What a listing must tell: its name and condition, its codes, and how many there are.
const DATA: &str = "summaries,attributes,fulfillmentAvailability";
/// Amazon's word for what the merchant sends himself.
pub(super) const OWN: &str = "DEFAULT";
/// Kinds of codes that are codes of GS1.
const GTIN: [&str; 3] = ["ean", "gtin", "upc"];

async fn list(call: &Call<'_>, page: Option<&str>) -> Result<ListingPage> {
    let path = format!("{PATH}/{}", seller(call, LIST)?);
    let store = settings::marketplace(call.account)?.id;
    let mut query = vec![
        ("marketplaceIds", store),
        ("includedData", DATA),
        ("sortBy", "createdDate"),
        ("sortOrder", "ASC"),
        ("pageSize", "20"),
    ];
    query.extend(page.map(|token| ("pageToken", token)));
    let response = requests::get(call, LIST, &path, &query).await?;
    let told: wire::Listings = wire_text::json(LIST, response.body())?;
    let next = orders::next_token(LIST, &told.pagination)?.map(str::to_owned);
    if next.is_some() && next.as_deref() == page {
        return Err(Error::new(ErrorKind::Protocol, LIST, "Amazon names a page of listings as the one behind itself"));
    }
    let mut listed = ListingPage { next, ..ListingPage::default() };
    for (at, json) in told.items.0.iter().enumerate() {
        listing(json, || format!("listing at place {} of a page", at + 1), &mut listed);
    }
    Ok(listed)
}

/// The seller, as a piece of a path.
pub(super) fn seller(call: &Call<'_>, operation: &'static str) -> Result<String> {
    requests::segment(operation, call.account.setting(settings::SELLER_ID)?)
}

/// Lists an item, or only names it: without its code it is neither sold nor told a figure.
fn listing(json: &RawValue, place: impl FnOnce() -> String, page: &mut ListingPage) {
    let item: wire::Item = lenient::one(json).unwrap_or_default();
    let code = item.sku.needed("sku", "the merchant's code");
    let id = code
        .and_then(|code| OfferId::new(code.as_str()).map_err(|_| lenient::unreadable("sku", "a code that is none", "a code")));
    let offer = match id {
        Ok(id) => id,
        Err(problem) => return page.unreadable.push(UnreadableItem { item: place(), offer: None, sku: None, problem }),
    };
    let sku = Sku::new(offer.as_str()).ok();
    let shown = shown(&item);
    let summaries = item.summaries.given("summaries", "a list");
    let attributes = item.attributes.given("attributes", "the listing's own fields");
    let summary = summaries.as_ref().ok().copied().flatten().and_then(|all: &Items| all.readable::<wire::Summary>().next());
    let summary = summary.unwrap_or_default();
    let codes = attributes
        .as_ref()
        .ok()
        .copied()
        .flatten()
        .map(|own| own.0.externally_assigned_product_identifier.given("externally_assigned_product_identifier", "a list"));
    let condition = summary.condition_type.given("conditionType", "a condition");
    let problems = [
        shown.as_ref().err().cloned(),
        summaries.as_ref().err().cloned(),
        attributes.as_ref().err().cloned(),
        codes.as_ref().and_then(|codes| codes.as_ref().err().cloned()),
        condition.as_ref().err().cloned(),
    ];
    page.unreadable.extend(problems.into_iter().flatten().map(|problem| UnreadableItem {
        item: format!("listing {offer}"),
        offer: Some(offer.clone()),
        sku: sku.clone(),
        problem,
    }));
    // Units that are not new are other units, and who sends it decides whether it may be told a figure.
    let (Ok(shown), Ok(condition), Ok(_)) = (shown, condition, summaries) else { return };
    page.listings.push(Listing {
        stock_reference: offer.as_str().to_owned(),
        offer,
        sku,
        ean: codes.and_then(|codes| codes.ok().flatten()).and_then(ean),
        counting: match shown {
            Observed::Counted(_) => Counting::Counted,
            Observed::NotCounted => Counting::NotCounted,
        },
        observed_quantity: shown.counted().map(|shown| shown.quantity),
        places: Vec::new(),
        title: summary.item_name.text().to_owned(),
        condition: condition.filter(|word| !matches!(word.as_str(), "" | "new_new")).cloned(),
        digital: false,
        backorders: false,
    });
}

fn ean(codes: &Items) -> Option<Ean> {
    let is_code = |one: &wire::Identifier| GTIN.contains(&one.kind.text().to_ascii_lowercase().as_str());
    codes.readable::<wire::Identifier>().filter(is_code).find_map(|one| Ean::new(one.value.text()).ok())
}

/// What a listing shows. One that Amazon sends has no figure of the merchant's; one of which nobody says who sends it cannot be told any.
pub(super) fn shown(item: &wire::Item) -> std::result::Result<Observed, FieldError> {
    const NAME: &str = "fulfillmentAvailability";
    let all: &Items = item.fulfillment_availability.needed(NAME, "a list of who sends how many")?;
    let mut own = None;
    for json in &all.0 {
        let one: wire::Availability = lenient::one(json).unwrap_or_default();
        let code = one.fulfillment_channel_code.needed("fulfillmentAvailability.fulfillmentChannelCode", "who sends it")?;
        if code != OWN {
            return Ok(Observed::NotCounted);
        }
        own = Some(quantity(&one.quantity)?);
    }
    own.map(Observed::from).ok_or_else(|| lenient::unreadable(NAME, "an empty list", "who sends how many"))
}

/// Without a figure none is offered.
fn quantity(field: &Field<i64>) -> std::result::Result<Quantity, FieldError> {
    const NAME: &str = "fulfillmentAvailability.quantity";
    let Some(units) = field.given(NAME, "a whole number from 0 on")? else { return Ok(Quantity::ZERO) };
    Quantity::new(*units).map_err(|_| lenient::unreadable(NAME, units.to_string(), "a whole number from 0 on"))
}

/// Reads one item, with so much of it.
pub(super) async fn one(call: &Call<'_>, operation: &'static str, code: &str, data: &str) -> Result<wire::Item> {
    let path = format!("{PATH}/{}/{}", seller(call, operation)?, requests::segment(operation, code)?);
    let store = settings::marketplace(call.account)?.id;
    let response = requests::get(call, operation, &path, &[("marketplaceIds", store), ("includedData", data)]).await?;
    let item: wire::Item = wire_text::json(operation, response.body())?;
    if item.sku.text() != code {
        return Err(Error::new(ErrorKind::Protocol, operation, format!("Amazon tells another listing than `{code}`")));
    }
    Ok(item)
}

/// What an item shows that was read by itself.
pub(super) fn figure(operation: &'static str, item: &wire::Item) -> Result<Observed> {
    shown(item).map_err(|problem| errors::unreadable(operation, "a listing", &problem))
}

/// Amazon has listings.
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

    fn page_of(item: &str) -> ListingPage {
        let mut page = ListingPage::default();
        listing(&RawValue::from_string(item.to_owned()).unwrap(), || "listing at place 1".to_owned(), &mut page);
        page
    }

    #[test]
    fn what_amazon_sends_is_shown_and_has_no_figure() {
        for more in [r#""quantity":7"#, r#""x":1"#] {
            let item = format!(
                r#"{{"sku":"LAMP-FBA","summaries":[],"fulfillmentAvailability":[{{"fulfillmentChannelCode":"DEFAULT","quantity":3}},
                {{"fulfillmentChannelCode":"AMAZON_EU",{more}}}]}}"#
            );
            let [listing] = <[Listing; 1]>::try_from(page_of(&item).listings).unwrap();
            assert_eq!((listing.counting, listing.observed_quantity), (Counting::NotCounted, None));
        }
    }

    #[test]
    fn what_does_not_say_who_sends_it_is_named_and_not_told_a_figure() {
        for (item, field) in [
            (r#"{"summaries":[]}"#, "sku"),
            (r#"{"sku":"A","summaries":[]}"#, "fulfillmentAvailability"),
            (r#"{"sku":"A","summaries":[],"fulfillmentAvailability":[]}"#, "fulfillmentAvailability"),
            (r#"{"sku":"A","fulfillmentAvailability":[{"quantity":3}]}"#, "fulfillmentAvailability.fulfillmentChannelCode"),
        ] {
            let page = page_of(item);
            assert!(page.listings.is_empty() && page.unreadable[0].problem.field == field, "{item}: {page:?}");
        }
    }

    #[test]
    fn an_item_is_known_by_its_code_whatever_stands_in_it() {
        let item = r#"{"sku":"TEA/GREEN 50%","summaries":[{"itemName":"Thee","conditionType":"used_good"}],
            "attributes":{"externally_assigned_product_identifier":[{"type":"ean","value":"8712345678906"}]},
            "fulfillmentAvailability":[{"fulfillmentChannelCode":"DEFAULT","quantity":5}]}"#;
        let listing = page_of(item).listings.remove(0);
        assert_eq!((listing.offer.as_str(), listing.stock_reference.as_str()), ("TEA/GREEN 50%", "TEA/GREEN 50%"));
        assert_eq!((listing.ean.unwrap().as_str(), listing.condition.as_deref()), ("8712345678906", Some("used_good")));
        assert_eq!(listing.observed_quantity, Some(Quantity::new(5).unwrap()));
    }
}
