//! Sets prices, by one file for all of them, once a minute.
//!
//! An import of prices deletes all prices of the offers that it names and puts in their place what it holds. So each offer is looked at first, and
//! one that has prices of its own for channels, organisations or larger quantities is left alone, and named.

use super::{imports, listings, wire};
use crate::lenient::Field;
use async_trait::async_trait;
use ports::{Acknowledged, Call, Error, ErrorKind, Later, Outcomes, PriceWrite, Prices, PricesDescriptor, Result};

const OPERATION: &str = "mirakl.price";

/// Whether nothing is lost when the prices of an offer are replaced by one; otherwise what would be.
fn replaceable(offer: &wire::Offer, write: &PriceWrite) -> Result<()> {
    let refused = |message: String| Err(Error::new(ErrorKind::Declined, OPERATION, message));
    let sku = &write.stock_reference;
    let Field::Read(prices) = &offer.all_prices else {
        return refused(format!("which prices `{sku}` has cannot be read, and a new one would delete them"));
    };
    let several = prices.0.len() > 1;
    let volumes =
        |price: wire::Price| price.volume_prices.is_odd() || price.volume_prices.get().is_some_and(|all| all.0.len() > 1);
    if several || prices.readable::<wire::Price>().any(volumes) {
        return refused(format!(
            "`{sku}` has further prices there, for channels, customers, days or larger quantities, and a new price would delete them; set it \
             in the marketplace's own screen"
        ));
    }
    match offer.currency_iso_code.get() {
        Some(currency) if *currency != write.price.currency => {
            refused(format!("`{sku}` is sold in {} there, not in {}", currency.as_str(), write.price.currency.as_str()))
        }
        _ => Ok(()),
    }
}

/// Mirakl takes prices.
pub(super) struct Capability;

static DESCRIPTOR: PricesDescriptor = PricesDescriptor {
    batch: 100,
    write_every_s: 60,
    later: Some(Later { keeps_order: false, ask_every_s: imports::PRICES.ask_every_s, done_within_s: 3_600 }),
};

#[async_trait]
impl Prices for Capability {
    fn descriptor(&self) -> &'static PricesDescriptor {
        &DESCRIPTOR
    }

    async fn write(&self, call: &Call<'_>, writes: &[PriceWrite]) -> Result<Outcomes> {
        let columns = ["offer-sku", "price", "discount-price", "discount-start-date", "discount-end-date"];
        let (mut file, mut refused) = (imports::File::new(&columns), Vec::new());
        for write in writes {
            let looked = listings::one(call, OPERATION, &write.offer).await;
            // What is wrong with one offer is its own matter; what is wrong with the way there is not.
            let fits = match looked {
                Ok(offer) => replaceable(&offer, write),
                Err(error) if matches!(error.kind, ErrorKind::NotFound | ErrorKind::BadInput) => Err(error),
                Err(error) => return Err(error),
            };
            if fits.is_ok() {
                let price = write.price.amount.to_string();
                let (regular, reduced) =
                    write.was.as_ref().map_or((price.clone(), String::new()), |was| (was.amount.to_string(), price));
                file.row(&[&write.stock_reference, &regular, &reduced, "", ""])?;
            }
            refused.push(fits.err());
        }
        if refused.iter().all(Option::is_some) {
            return match writes {
                // What went wrong with the only one went wrong with the call.
                [_] => {
                    Err(refused.into_iter().flatten().next().unwrap_or_else(|| Error::new(ErrorKind::Bug, OPERATION, "no price")))
                }
                _ => Ok(refused.into_iter().flatten().map(Err).collect()),
            };
        }
        let import = imports::PRICES.send(call, OPERATION, file).await?;
        let outcome = |(refused, write): (Option<Error>, &PriceWrite)| -> Result<Acknowledged> {
            refused.map_or_else(|| Ok(imports::PRICES.pending(&import, &write.stock_reference)), Err)
        };
        Ok(refused.into_iter().zip(writes).map(outcome).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::{Canned, account, call, run};
    use super::*;
    use domain::{Currency, Money, OfferId};

    fn write(sku: &str, was: Option<&str>) -> PriceWrite {
        let money = |text: &str| Money { amount: text.parse().unwrap(), currency: Currency::new("EUR").unwrap() };
        PriceWrite { offer: OfferId::new("1").unwrap(), stock_reference: sku.into(), price: money("17.50"), was: was.map(money) }
    }

    const PLAIN: &str = r#"{"offer_id":1,"currency_iso_code":"EUR","all_prices":[{"price":20,"volume_prices":[{"price":20}]}]}"#;

    #[test]
    fn a_promotion_goes_along_and_offers_with_further_prices_are_left_alone() {
        let channels = r#"{"offer_id":1,"all_prices":[{"price":20,"volume_prices":[]},{"price":30,"volume_prices":[]}]}"#;
        let volumes = r#"{"offer_id":1,"all_prices":[{"price":20,"volume_prices":[{"price":20},{"price":15}]}]}"#;
        let dollars = r#"{"offer_id":1,"currency_iso_code":"USD","all_prices":[{"price":20}]}"#;
        let missing = (404, r#"{"message":"no","status":404}"#);
        let canned = Canned::new(&[
            (200, PLAIN),
            (200, channels),
            (200, volumes),
            (200, dollars),
            (200, "{}"),
            missing,
            (200, PLAIN),
            (201, r#"{"import_id":"5"}"#),
        ]);
        let account = account();
        let writes = [
            write("A", Some("19.95")),
            write("B", None),
            write("C", None),
            write("D", None),
            write("E", None),
            write("F", None),
            write("G", None),
        ];
        let told = run(Capability.write(&call(&canned, &account), &writes)).unwrap();
        let kinds: Vec<_> = told.iter().map(|one| one.as_ref().map_err(|error| error.kind).map(|_| ())).collect();
        let declined = Err(ErrorKind::Declined);
        assert_eq!(kinds, [Ok(()), declined, declined, declined, declined, Err(ErrorKind::NotFound), Ok(())]);
        let body = canned.asked().pop().unwrap();
        let rows = "\"A\";\"19.95\";\"17.50\";\"\";\"\"\n\"G\";\"17.50\";\"\";\"\";\"\"\n";
        assert!(body.contains(rows), "{body}");
    }

    #[test]
    fn where_none_can_be_set_nothing_is_sent() {
        let account = account();
        let canned = Canned::new(&[(200, "{}")]);
        let error = run(Capability.write(&call(&canned, &account), &[write("A", None)])).unwrap_err();
        assert_eq!((error.kind, canned.asked().len()), (ErrorKind::Declined, 1));
    }
}
