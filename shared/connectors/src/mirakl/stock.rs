//! Figures: read offer by offer, written by one file for all of them, once a minute.
//!
//! "Set 7" is what is shown, once the import comes to it: orders that were placed meanwhile are not taken off.

use super::{imports, listings};
use async_trait::async_trait;
use domain::OfferId;
use ports::{Call, Later, Observed, Outcomes, ReadBack, Result, StockDescriptor, StockSemantics, StockWrite};

const READ: &str = "mirakl.stock";
const WRITE: &str = "mirakl.stock.write";

/// Mirakl shows figures.
pub(super) struct Capability;

static DESCRIPTOR: StockDescriptor = StockDescriptor {
    semantics: StockSemantics::Absolute,
    read_back: ReadBack::PerItem,
    can_lead: false,
    locations: None,
    starts_tracking: false,
    most: None,
    batch: 500,
    write_every_s: 60,
    // Whether imports come into force in the order in which they were taken is not written anywhere.
    later: Some(Later { keeps_order: false, ask_every_s: imports::STOCK.ask_every_s, done_within_s: 3_600 }),
};

#[async_trait]
impl ports::StockLevels for Capability {
    fn descriptor(&self) -> &'static StockDescriptor {
        &DESCRIPTOR
    }

    async fn read(&self, call: &Call<'_>, offer: &OfferId, _stock_reference: &str) -> Result<Observed> {
        let offer = listings::one(call, READ, offer).await?;
        listings::figure(READ, &offer).map(Observed::from)
    }

    async fn write(&self, call: &Call<'_>, writes: &[StockWrite]) -> Result<Outcomes> {
        let mut file = imports::File::new(&["offer-sku", "quantity", "warehouse-code", "update-delete"]);
        for write in writes {
            // Without a warehouse it is the figure of the offer as a whole.
            file.row(&[&write.stock_reference, &write.quantity.units().to_string(), "", "update"])?;
        }
        let import = imports::STOCK.send(call, WRITE, file).await?;
        Ok(writes.iter().map(|write| Ok(imports::STOCK.pending(&import, &write.stock_reference))).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::harness_tests::{Canned, account, call, run};
    use super::*;
    use domain::Quantity;
    use ports::{Acknowledged, ErrorKind, Status, StockLevels as _};

    fn write(sku: &str, units: i64) -> StockWrite {
        StockWrite {
            offer: OfferId::new("1").unwrap(),
            stock_reference: sku.to_owned(),
            quantity: Quantity::new(units).unwrap(),
            from: None,
            places: Vec::new(),
            start_tracking: false,
        }
    }

    #[test]
    fn all_figures_go_in_one_file_and_each_waits_for_its_own_line() {
        let canned = Canned::new(&[(201, r#"{"import_id":"77"}"#)]);
        let account = account();
        let told = run(Capability.write(&call(&canned, &account), &[write("A;\"1\"", 7), write("B", 0)])).unwrap();
        let told: Vec<Acknowledged> = told.into_iter().map(Result::unwrap).collect();
        let pending = |sku: &str| Acknowledged::Pending(format!("stock|77|{sku}"));
        assert_eq!(told, [pending("A;\"1\""), pending("B")]);
        let body = canned.asked().remove(0);
        let rows = "\"offer-sku\";\"quantity\";\"warehouse-code\";\"update-delete\"\n\"A;\"\"1\"\"\";\"7\";\"\";\"update\"\n\"B\";\"0\";\"\";\"update\"\n";
        assert!(body.starts_with("POST /api/offers/stock/imports ") && body.contains(rows), "{body}");
        assert!(body.contains("name=\"file\"") && body.ends_with("--sluis-00000000-0000-4000-8000-000000000000--"), "{body}");
    }

    #[test]
    fn a_file_that_was_taken_without_a_number_may_be_carried_out() {
        let account = account();
        let error = run(Capability.write(&call(&Canned::new(&[(201, "{}")]), &account), &[write("A", 7)])).unwrap_err();
        assert_eq!((error.kind, error.status), (ErrorKind::Protocol, Status::Unknown));
    }
}
