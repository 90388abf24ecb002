//! What is left of an invoice once earlier credit notes are taken off.

use super::CreditRefused;
use crate::invoice::cents::cents_from_zero;
use crate::invoice::{ChargeKind, Document, DocumentKind, Taxed};
use crate::{Invalid, OrderLineId};

/// What can still be credited. All amounts in cents.
pub(super) struct Left {
    pub(super) parts: Vec<PartLeft>,
    pub(super) rates: Vec<RateLeft>,
}

/// A line, or a charge at one rate.
pub(super) struct PartLeft {
    pub(super) of: Of,
    pub(super) taxed: Taxed,
    pub(super) units: i64,
    /// With VAT.
    pub(super) gross: i128,
    /// Without VAT, where the shop's prices are.
    pub(super) net: Option<i128>,
}

/// What a part is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Of {
    Line(OrderLineId),
    Charge(ChargeKind),
}

/// All that is taxed alike.
pub(super) struct RateLeft {
    pub(super) taxed: Taxed,
    pub(super) gross: i128,
    pub(super) vat: i128,
}

impl Left {
    pub(super) fn of(invoice: &Document, earlier: &[Document]) -> Result<Self, CreditRefused> {
        let misfit = |document: &Document| CreditRefused::DoesNotFit { number: document.number.clone() };
        if invoice.content.kind != DocumentKind::Invoice {
            return Err(misfit(invoice));
        }
        let mut left = Self { parts: parts(invoice)?, rates: rates(invoice)? };
        for note in earlier {
            let is_of_it = note.content.kind == DocumentKind::CreditNote
                && note.content.credits.as_ref().is_some_and(|credits| credits.number == invoice.number);
            if !is_of_it || left.less(note)?.is_none() {
                return Err(misfit(note));
            }
        }
        Ok(left)
    }

    /// Takes a credit note off; `None` where it takes more than there is, or of what is not there.
    fn less(&mut self, note: &Document) -> Result<Option<()>, Invalid> {
        for credited in parts(note)? {
            let found = self.parts.iter_mut().find(|part| part.of == credited.of && part.taxed == credited.taxed);
            let Some(part) = found.filter(|part| part.units >= credited.units && part.gross >= credited.gross) else {
                return Ok(None);
            };
            part.units -= credited.units;
            part.gross -= credited.gross;
            part.net = part.net.zip(credited.net).map(|(net, credited)| (net - credited).max(0));
        }
        for credited in rates(note)? {
            let found = self.rates.iter_mut().find(|rate| rate.taxed == credited.taxed);
            let Some(rate) = found.filter(|rate| rate.gross >= credited.gross && rate.vat >= credited.vat) else {
                return Ok(None);
            };
            rate.gross -= credited.gross;
            rate.vat -= credited.vat;
        }
        Ok(Some(()))
    }

    /// Whether all the money is credited. Units without any may be left: goods that were given away, or paid back as an amount.
    pub(super) fn is_empty(&self) -> bool {
        self.rates.iter().all(|rate| rate.gross == 0)
    }
}

fn parts(document: &Document) -> Result<Vec<PartLeft>, Invalid> {
    let is_net = document.content.prices == crate::invoice::PriceBasis::Net;
    let net = |net| cents_from_zero("line without VAT", net).map(|net| Some(net).filter(|_| is_net));
    let lines = document.content.lines.iter().map(|line| {
        Ok(PartLeft {
            of: Of::Line(line.id.clone()),
            taxed: line.taxed.clone(),
            units: line.quantity.units(),
            gross: cents_from_zero("line with VAT", line.gross)?,
            net: net(line.net)?,
        })
    });
    let charges = document.content.charges.iter().map(|charge| {
        Ok(PartLeft {
            of: Of::Charge(charge.kind),
            taxed: charge.taxed.clone(),
            units: 0,
            gross: cents_from_zero("charge with VAT", charge.gross)?,
            net: net(charge.net)?,
        })
    });
    let mut parts: Vec<PartLeft> = Vec::new();
    for part in lines.chain(charges) {
        let part: PartLeft = part?;
        // One line may stand there twice, as units and as an amount.
        match parts.iter_mut().find(|known| known.of == part.of && known.taxed == part.taxed) {
            Some(known) => {
                known.units += part.units;
                known.gross += part.gross;
                known.net = known.net.zip(part.net).map(|(known, more)| known + more);
            }
            None => parts.push(part),
        }
    }
    Ok(parts)
}

fn rates(document: &Document) -> Result<Vec<RateLeft>, Invalid> {
    let rates = document.content.vat.iter().map(|total| {
        let vat = cents_from_zero("VAT", total.vat)?;
        Ok(RateLeft { taxed: total.taxed.clone(), gross: cents_from_zero("amount without VAT", total.net)? + vat, vat })
    });
    rates.collect()
}
