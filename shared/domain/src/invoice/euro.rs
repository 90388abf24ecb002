//! The VAT of a document in another currency, in euro.

use super::EuroVat;
use super::cents::round2;
use crate::Invalid;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// The VAT in euro (Directive 2006/112/EC, art. 91(2) and 230). Of the total, not of each rate: one sum is declared.
///
/// `per_euro` is how many units of the currency the European Central Bank gives for one euro on the day `on`.
pub fn vat_in_euro(vat: Decimal, per_euro: Decimal, on: Date) -> Result<EuroVat, Invalid> {
    let wrong = || Invalid::new("exchange rate", &per_euro.to_string(), "units of the currency for one euro, above 0");
    if per_euro <= Decimal::ZERO {
        return Err(wrong());
    }
    let euro = vat.checked_div(per_euro).ok_or_else(wrong)?;
    Ok(EuroVat { vat: round2(euro), per_euro, on })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn vat_in_crowns_is_declared_in_euro() {
        let euro = |vat: &str, per_euro: &str| vat_in_euro(vat.parse().unwrap(), per_euro.parse().unwrap(), date(2026, 11, 30));
        assert_eq!(euro("50.00", "11.0450").unwrap().vat.to_string(), "4.53");
        assert_eq!(euro("0.01", "2").unwrap().vat.to_string(), "0.01", "half a cent goes away from zero");
        for wrong in ["0", "-1", "0.0000000000000000000000000001"] {
            assert_eq!(euro("50.00", wrong).map(|euro| euro.vat).ok(), None, "{wrong}");
        }
    }
}
