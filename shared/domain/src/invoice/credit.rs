//! What a credit note takes off an invoice.
//!
//! At the rate and in the country of the invoice (Directive 2006/112/EC, art. 90 and 219), whatever the rates are today. What was credited
//! before is read from the credit notes themselves, so nothing can be credited twice, and the credit that empties a rate takes exactly what is
//! left of it: all credits of an invoice come to the invoice, in any parts and any order.

mod left;
mod wanted;

use super::by_rate::RateSum;
use super::cents::{amount, cents, split, thousandths, vat_within};
use super::{ChargeKind, Document, Taxed};
use crate::{Invalid, OrderLineId, Quantity};
use left::{Left, RateLeft};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// By how many cents VAT that is left may differ from what it would be of the amount that is left. Each credit is rounded by itself, so over many
/// the difference grows; here it is held, or the last one would be all VAT.
const DRIFT: i128 = 5;

/// What is to be credited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refund {
    /// Everything that is left.
    All,
    /// Units of lines, and what followed the goods.
    Of {
        /// Units, by line. None of them: the charges alone.
        lines: BTreeMap<OrderLineId, Quantity>,
        /// The kinds of charges that are paid back, whole.
        charges: Vec<ChargeKind>,
        /// What was paid back for it all, with VAT, where the shop says so. It goes before price by quantity.
        amount: Option<Decimal>,
    },
    /// An amount with VAT for no units in particular, in proportion to whatever is left.
    Amount(Decimal),
}

/// What the credit note says. Amounts are positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditSums {
    /// Lines, with the units that are credited; none where only an amount is.
    pub lines: Vec<CreditLine>,
    /// Charges, per rate.
    pub charges: Vec<CreditCharge>,
    /// Per rate.
    pub rates: Vec<RateSum>,
}

/// What is credited of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditLine {
    /// The line.
    pub id: OrderLineId,
    /// Units.
    pub quantity: Quantity,
    /// How it is taxed, as on the invoice.
    pub taxed: Taxed,
    /// Without VAT.
    pub net: Decimal,
    /// With VAT.
    pub gross: Decimal,
}

/// What is credited of a charge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditCharge {
    /// What for.
    pub kind: ChargeKind,
    /// How it is taxed, as on the invoice.
    pub taxed: Taxed,
    /// Without VAT.
    pub net: Decimal,
    /// With VAT.
    pub gross: Decimal,
}

/// Why nothing is credited. No number is used up by any of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreditRefused {
    /// An amount that cannot be meant.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// All of the invoice is credited.
    #[error("nothing is left of {invoice} to credit")]
    NothingLeft {
        /// Its number.
        invoice: String,
    },
    /// It asks for nothing at all.
    #[error("the refund names no units, no charges and no amount")]
    Nothing,
    /// What it asks for comes to nothing: goods that were given away, or whose price is credited already.
    #[error("what the refund names comes to 0")]
    ComesToNothing,
    /// More than is left of what it names.
    #[error("{asked} is more than the {left} that is left to credit")]
    TooMuch {
        /// With VAT.
        asked: Decimal,
        /// With VAT.
        left: Decimal,
    },
    /// More units than are left of a line.
    #[error("line {line}: {asked} units are more than the {left} that are left to credit")]
    TooManyUnits {
        /// The line.
        line: OrderLineId,
        /// Units.
        asked: Quantity,
        /// Units.
        left: Quantity,
    },
    /// The invoice has no such line.
    #[error("the invoice has no line {line}")]
    NoSuchLine {
        /// The line.
        line: OrderLineId,
    },
    /// The document is no invoice, or one of the credit notes is none of it, or takes off more than there was.
    #[error("{number} does not fit the invoice")]
    DoesNotFit {
        /// Its number.
        number: String,
    },
}

/// Works out a credit note for an invoice of which `earlier` is credited already. The order of these makes no difference.
pub fn credit(invoice: &Document, earlier: &[Document], refund: &Refund) -> Result<CreditSums, CreditRefused> {
    let left = Left::of(invoice, earlier)?;
    if left.is_empty() {
        return Err(CreditRefused::NothingLeft { invoice: invoice.number.clone() });
    }
    let wanted = left.wanted(refund)?;
    let mut sums = CreditSums { lines: Vec::new(), charges: Vec::new(), rates: Vec::new() };
    for rate in &left.rates {
        let parts: Vec<_> = left.parts.iter().zip(&wanted).filter(|(part, _)| part.taxed == rate.taxed).collect();
        let gross: i128 = parts.iter().map(|(_, wanted)| wanted.gross).sum();
        let grosses: Vec<i128> = parts.iter().map(|(_, wanted)| wanted.gross).collect();
        let vat = rate.vat_of(gross)?;
        let nets = split(gross - vat, &grosses).unwrap_or_else(|| vec![0; grosses.len()]);
        for ((part, wanted), net) in parts.into_iter().zip(nets) {
            let is_free = gross == 0 || wanted.units == 0;
            if wanted.gross == 0 && is_free {
                continue;
            }
            let (net, gross, taxed) = (amount(net), amount(wanted.gross), part.taxed.clone());
            match &part.of {
                left::Of::Line(id) => {
                    let quantity = Quantity::clamped(wanted.units);
                    sums.lines.push(CreditLine { id: id.clone(), quantity, taxed, net, gross });
                }
                left::Of::Charge(kind) => sums.charges.push(CreditCharge { kind: *kind, taxed, net, gross }),
            }
        }
        if gross != 0 {
            sums.rates.push(RateSum { taxed: rate.taxed.clone(), net: amount(gross - vat), vat: amount(vat) });
        }
    }
    if sums.rates.is_empty() { Err(CreditRefused::ComesToNothing) } else { Ok(sums) }
}

impl RateLeft {
    /// The VAT in an amount that is credited: rounded by itself, and all that is left where the amount is. It is held so that what is left stays
    /// close to its own VAT, and neither falls below nothing.
    fn vat_of(&self, gross: i128) -> Result<i128, Invalid> {
        let rate = thousandths(self.taxed.rate)?;
        let gross_left = self.gross - gross;
        let usual_left = vat_within(gross_left, rate);
        let least = (self.vat - (usual_left + DRIFT).min(gross_left)).max(0);
        let most = (self.vat - (usual_left - DRIFT).max(0)).min(gross);
        // Where nothing is left, the least and the most are both all the VAT there is.
        Ok(vat_within(gross, rate).min(most).max(least))
    }
}

impl CreditSums {
    /// Without VAT.
    pub fn net(&self) -> Decimal {
        self.rates.iter().map(|rate| rate.net).sum()
    }

    /// The VAT.
    pub fn vat(&self) -> Decimal {
        self.rates.iter().map(|rate| rate.vat).sum()
    }

    /// With VAT.
    pub fn gross(&self) -> Decimal {
        self.net() + self.vat()
    }
}

/// Cents of an amount that is more than nothing.
fn more_than_nothing(asked: Decimal) -> Result<i128, CreditRefused> {
    let asked_cents = cents("refund", asked)?;
    if asked_cents > 0 { Ok(asked_cents) } else { Err(Invalid::new("refund", &asked.to_string(), "an amount above 0").into()) }
}
