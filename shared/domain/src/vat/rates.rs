//! Rates with their dates: the published table, the merchant's own rows over it, and which class of products has which rate where.

mod table;
#[cfg(test)]
mod tests;

pub use table::{RateKind, RateRow};

use super::{ProductClass, Region, Stop, VatCountry};
use crate::Invalid;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// The published table. Its first lines name who made it.
const PUBLISHED: &str = include_str!("../../assets/vat-rates.csv");

/// The credit that must stand wherever the published rates are shown or handed on.
pub const RATES_CREDIT: &str = "Rate data: Duty27 (https://duty27.com/vat-rates/history), CC BY 4.0";

/// At which rate a state taxes a class of products: the merchant's own word, for nobody publishes it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassRate {
    /// The class; `standard` needs no such row, and cannot have one.
    pub class: ProductClass,
    /// The state.
    pub country: VatCountry,
    /// The part of the state with rates of its own. Its classes are set apart: what is reduced on the mainland need not be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// The first date of supply that it holds for, until one that begins later.
    pub from: Date,
    /// Percent; `None`: the standard rate, whatever that is.
    pub rate: Option<Decimal>,
}

/// All that is known of rates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rates {
    published: Vec<RateRow>,
    own: Vec<RateRow>,
    classes: Vec<ClassRate>,
    as_of: Option<Date>,
}

impl Rates {
    /// The published table alone. It comes with the program, and a test reads it; were it spoilt, there would be no rate at all, and every decision
    /// would stop.
    pub fn published() -> Self {
        table::read(PUBLISHED).map(|(published, as_of)| Self { published, as_of, ..Self::default() }).unwrap_or_default()
    }

    /// With the merchant's own rows: a standard rate of theirs goes before the published one, a reduced rate beside these.
    pub fn with_own(mut self, rows: Vec<RateRow>) -> Result<Self, Invalid> {
        rows.iter().try_for_each(RateRow::check)?;
        self.own = rows;
        Ok(self)
    }

    /// With the merchant's classes.
    pub fn with_classes(mut self, classes: Vec<ClassRate>) -> Result<Self, Invalid> {
        for row in &classes {
            if row.class.is_standard() {
                return Err(Invalid::new(
                    "product class",
                    row.class.as_str(),
                    "a class other than standard, which has the standard rate everywhere",
                ));
            }
            row.rate.map_or(Ok(()), table::check_percent)?;
        }
        self.classes = classes;
        Ok(self)
    }

    /// The day up to which the published table was followed. Long after it, somebody should look for a newer one.
    pub fn as_of(&self) -> Option<Date> {
        self.as_of
    }

    /// The rate for a class of products at a date of supply, in percent.
    pub(super) fn rate(
        &self,
        class: &ProductClass,
        country: VatCountry,
        region: Option<Region>,
        on: Date,
    ) -> Result<Decimal, Stop> {
        let standard = || self.standard(country, region, on).ok_or(Stop::RateUnknown { country, region, on });
        if class.is_standard() {
            return standard();
        }
        let holds = |row: &&ClassRate| row.class == *class && row.country == country && row.region == region && row.from <= on;
        let row = self.classes.iter().filter(holds).max_by_key(|row| row.from);
        match row.map(|row| row.rate) {
            None => Err(Stop::ClassUnknown { class: class.clone(), country, region }),
            Some(None) => standard(),
            Some(Some(rate)) if self.has(country, region, rate, on) => Ok(rate.normalize()),
            Some(Some(rate)) => Err(Stop::RateNotInForce { class: class.clone(), country, region, rate, on }),
        }
    }

    /// The standard rate at a date.
    pub fn standard(&self, country: VatCountry, region: Option<Region>, on: Date) -> Option<Decimal> {
        let of = |rows: &[RateRow]| {
            let holds = rows.iter().filter(|row| row.kind == RateKind::Standard && row.holds(country, region, on));
            holds.max_by_key(|row| row.from).and_then(|row| row.rates.first().copied())
        };
        of(&self.own).or_else(|| of(&self.published)).map(|rate| rate.normalize())
    }

    /// Whether the state has such a rate at a date. Nothing it may always be: zero rates are in no published table.
    pub fn has(&self, country: VatCountry, region: Option<Region>, rate: Decimal, on: Date) -> bool {
        let reduced = self.own.iter().chain(&self.published).filter(|row| row.kind == RateKind::Reduced);
        rate.is_zero()
            || self.standard(country, region, on) == Some(rate.normalize())
            || reduced.filter(|row| row.holds(country, region, on)).any(|row| row.rates.contains(&rate))
    }
}
