//! The rows of the table of rates, and its text: a file with a line for each, in a form that people can read and change.

use crate::vat::{Region, VatCountry};
use crate::{Invalid, plain_decimal};
use jiff::civil::Date;
use rust_decimal::Decimal;

/// What a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RateKind {
    /// The standard rate.
    Standard,
    /// All rates below it, whatever the state calls them.
    Reduced,
}

/// Rates of a state, or of a part of it, while they are in force.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateRow {
    /// The state.
    pub country: VatCountry,
    /// The part of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// Which.
    pub kind: RateKind,
    /// The first date of supply that they hold for.
    pub from: Date,
    /// The last; `None`: no end is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Percent. Of a standard rate, one.
    pub rates: Vec<Decimal>,
}

impl RateRow {
    pub(super) fn holds(&self, country: VatCountry, region: Option<Region>, on: Date) -> bool {
        self.country == country && self.region == region && self.from <= on && self.until.is_none_or(|until| on <= until)
    }

    /// Refuses what cannot be meant: no rate or one beyond 100, a standard rate of nothing or of several, an end before the beginning.
    pub fn check(&self) -> Result<(), Invalid> {
        self.rates.iter().copied().try_for_each(check_percent)?;
        if self.rates.is_empty()
            || (self.kind == RateKind::Standard && (self.rates.len() != 1 || self.rates.contains(&Decimal::ZERO)))
        {
            return Err(Invalid::new(
                "VAT rates",
                &format!("{:?}", self.rates),
                "one standard rate above 0, or at least one reduced rate",
            ));
        }
        if self.until.is_some_and(|until| until < self.from) {
            return Err(Invalid::new("VAT rate until", &format!("{:?}", self.until), "a date that is not before its first"));
        }
        Ok(())
    }
}

/// A rate lies between nothing and 100 percent, with three decimals at most.
pub(super) fn check_percent(rate: Decimal) -> Result<(), Invalid> {
    if rate >= Decimal::ZERO && rate <= Decimal::ONE_HUNDRED && rate.normalize().scale() <= 3 {
        Ok(())
    } else {
        Err(Invalid::new("VAT rate", &rate.to_string(), "percent from 0 to 100 with three decimals at most"))
    }
}

/// Reads the table: lines that begin with `#` are for people, but for the one that says up to when it was followed; then a line of titles.
pub(super) fn read(text: &str) -> Result<(Vec<RateRow>, Option<Date>), Invalid> {
    let as_of = text.lines().find_map(|line| line.strip_prefix("# as of: ")).and_then(|date| date.trim().parse().ok());
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    let rows: Result<Vec<RateRow>, Invalid> = lines.skip(1).map(read_row).collect();
    Ok((rows?, as_of))
}

fn read_row(line: &str) -> Result<RateRow, Invalid> {
    let wrong = || Invalid::new("row of VAT rates", line, "country,region,kind,from,until,rates");
    let cells: Vec<&str> = line.split(',').collect();
    let [country, region, kind, from, until, rates] = cells.as_slice() else {
        return Err(wrong());
    };
    let row = RateRow {
        country: VatCountry::from_code(country).ok_or_else(wrong)?,
        region: if region.is_empty() { None } else { Some(Region::from_word(region).ok_or_else(wrong)?) },
        kind: match *kind {
            "standard" => RateKind::Standard,
            "reduced" => RateKind::Reduced,
            _ => return Err(wrong()),
        },
        from: from.parse().map_err(|_| wrong())?,
        until: if until.is_empty() { None } else { Some(until.parse().map_err(|_| wrong())?) },
        rates: rates.split(' ').map(plain_decimal).collect::<Option<_>>().ok_or_else(wrong)?,
    };
    row.check()?;
    Ok(row)
}
