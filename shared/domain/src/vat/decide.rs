//! The decision, first rule that fits. What it needs and does not have is a `Stop`, but only where it makes a difference.

mod across;
mod buyer;
mod inside;
mod marketplace;
mod outcome;
#[cfg(test)]
mod tests;

use super::{Rates, Seller, Stop, Supply, VatCountry, VatTreatment, Zone};
use crate::Country;

/// The largest consignment from outside the EU for which a marketplace accounts: euro (Directive 2006/112/EC, art. 14a(1)).
pub(super) const MOST_IMPORTED: rust_decimal::Decimal = rust_decimal::Decimal::from_parts(150, 0, 0, false, 0);

/// The threshold of art. 59c: euro without VAT, in a calendar year. Exactly so much is not beyond it.
pub const DISTANCE_SALES_THRESHOLD: rust_decimal::Decimal = rust_decimal::Decimal::from_parts(10_000, 0, 0, false, 0);

/// Decides about the VAT of a line.
///
/// Pure and total: the same supply, seller and rates give the same verdict, and there is always one, or a `Stop` that says what is missing.
pub fn decide(supply: &Supply, seller: &Seller, rates: &Rates) -> Result<VatTreatment, Stop> {
    let from = Zone::of_stock(&supply.ship_from)?;
    let to = Zone::of(&supply.ship_to)?;
    let arrives_in = match &to {
        Zone::Inside { country, .. } => Some(*country),
        Zone::Outside { .. } => None,
    };
    let case = Case { supply, seller, rates, proof: buyer::proof(&supply.customer), arrives_in };
    match (from, to) {
        (Zone::Outside { country: from, .. }, Zone::Outside { country: to, .. }) => Err(Stop::OutsideTheEu { from, to }),
        (Zone::Outside { country: from, .. }, Zone::Inside { country: to, .. }) => case.import(from, to),
        // From Northern Ireland to the rest of the United Kingdom no border of VAT is crossed, and the sale is a British one.
        (Zone::Inside { country: VatCountry::Xi, .. }, Zone::Outside { country: to, .. }) if is_british(&to) => {
            Err(Stop::OutsideTheEu { from: supply.ship_from.country.clone(), to })
        }
        (Zone::Inside { country: from, .. }, Zone::Outside { country: to, territory }) => case.export(from, to, territory),
        (Zone::Inside { country: from, region: from_region }, Zone::Inside { country: to, region: to_region }) => {
            if let Some(deemed) = case.deemed_inside(from, to)? {
                return Ok(VatTreatment::ToMarketplace(deemed));
            }
            if from == to { case.inside(from, to_region) } else { case.across((from, from_region), (to, to_region)) }
        }
    }
}

fn is_british(country: &Country) -> bool {
    matches!(country.as_str(), "GB" | "UK" | "IM")
}

/// A supply with what is asked of it again and again.
struct Case<'a> {
    supply: &'a Supply,
    seller: &'a Seller,
    rates: &'a Rates,
    proof: buyer::Proof<'a>,
    arrives_in: Option<VatCountry>,
}
