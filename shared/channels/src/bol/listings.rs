//! Lists the offers that the merchant ships (Offers API v11).
//!
//! One EAN may have several offers: new, second-hand, and one that bol ships (FBB). The last kind has its stock in bol's own
//! warehouse and must never be told a figure, so it is not listed.

use super::{requests, stock, wire};
use crate::wire_text;
use domain::{Ean, Listing, OfferId, Sku};
use ports::{Call, Error, ErrorKind, ListingPage, Result};

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
    let own = offers.offers.into_iter().filter(|o| o.fulfilment.method != "FBB");
    Ok(ListingPage { listings: own.map(listing).collect::<Result<_>>()?, unread: Vec::new(), next })
}

fn path(page: Option<&str>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("page-size", &PAGE_SIZE.to_string());
    if let Some(cursor) = page {
        query.append_pair("cursor", cursor);
    }
    format!("/retailer/offers?{}", query.finish())
}

fn listing(offer: wire::Offer) -> Result<Listing> {
    Ok(Listing {
        stock_reference: offer.offer_id.clone(),
        offer: OfferId::new(offer.offer_id).map_err(|e| requests::broken(OPERATION, &e))?,
        sku: offer.reference.and_then(|r| Sku::new(r).ok()),
        ean: offer.ean.and_then(|e| Ean::new(&e).ok()),
        shown: Some(stock::shown(offer.stock.as_ref())),
        places: Vec::new(),
        title: offer.unknown_product_title.unwrap_or_default(),
        condition: offer.condition.and_then(|condition| condition.category).filter(|category| category != NEW),
        digital: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_that_is_not_new_says_so_and_one_without_a_word_is_new() {
        let condition = |told: &str| {
            let offer = format!("{{\"offerId\":\"o\",\"ean\":\"8712345678906\",\"fulfilment\":{{\"method\":\"FBR\"}}{told}}}");
            listing(serde_json::from_str(&offer).unwrap()).unwrap().condition
        };
        assert_eq!(condition(r#","condition":{"category":"SECONDHAND","state":"REASONABLE"}"#).as_deref(), Some("SECONDHAND"));
        assert_eq!(condition(r#","condition":{"category":"REFURBISHED","grade":"A"}"#).as_deref(), Some("REFURBISHED"));
        for new in [r#","condition":{"category":"NEW"}"#, r#","condition":{}"#, r#","condition":null"#, ""] {
            assert_eq!(condition(new), None, "{new}");
        }
    }
}
