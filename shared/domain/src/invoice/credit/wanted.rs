//! What of an invoice a refund means, part by part.

use super::left::{Left, Of, PartLeft};
use super::{CreditRefused, Refund, more_than_nothing};
use crate::Quantity;
use crate::invoice::cents::{amount, divide_half_away, split, thousandths, vat_on};

/// What is credited of a part.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) units: i64,
    /// With VAT, in cents.
    pub(super) gross: i128,
}

impl Left {
    /// For every part, in their order.
    pub(super) fn wanted(&self, refund: &Refund) -> Result<Vec<Wanted>, CreditRefused> {
        match refund {
            Refund::All => Ok(self.parts.iter().map(|part| Wanted { units: part.units, gross: part.gross }).collect()),
            Refund::Amount(asked) => {
                let all = vec![Wanted::default(); self.parts.len()];
                self.stretched(&all, &vec![true; self.parts.len()], more_than_nothing(*asked)?)
            }
            Refund::Of { lines, charges, amount: paid_back } => {
                let known = |id: &_| self.parts.iter().any(|part| part.of == Of::Line(Clone::clone(id)));
                if let Some(line) = lines.keys().find(|id| !known(id)) {
                    return Err(CreditRefused::NoSuchLine { line: line.clone() });
                }
                let mut wanted = Vec::new();
                let mut is_named = Vec::new();
                for part in &self.parts {
                    let units = match &part.of {
                        Of::Line(id) => lines.get(id).copied().unwrap_or_default(),
                        Of::Charge(_) => Quantity::ZERO,
                    };
                    let is_charge = matches!(&part.of, Of::Charge(kind) if charges.contains(kind));
                    is_named.push(!units.is_zero() || is_charge);
                    wanted.push(if is_charge { Wanted { units: 0, gross: part.gross } } else { part.of_units(units)? });
                }
                if !is_named.contains(&true) {
                    return Err(CreditRefused::Nothing);
                }
                match paid_back {
                    None => Ok(wanted),
                    Some(paid_back) => self.stretched(&wanted, &is_named, more_than_nothing(*paid_back)?),
                }
            }
        }
    }

    /// The same units for the amount that was paid back: less of each in proportion, or more in proportion to what else is left of them.
    fn stretched(&self, usual: &[Wanted], is_named: &[bool], asked: i128) -> Result<Vec<Wanted>, CreditRefused> {
        let usual_sum: i128 = usual.iter().map(|wanted| wanted.gross).sum();
        let named = |at: usize| is_named.get(at).copied().unwrap_or_default();
        let spare: Vec<i128> = self
            .parts
            .iter()
            .zip(usual)
            .enumerate()
            .map(|(at, (part, wanted))| if named(at) { part.gross - wanted.gross } else { 0 })
            .collect();
        let most = usual_sum + spare.iter().sum::<i128>();
        if asked > most {
            return Err(CreditRefused::TooMuch { asked: amount(asked), left: amount(most) });
        }
        let weights: Vec<i128> = usual.iter().map(|wanted| wanted.gross).collect();
        let nothing = || vec![0; usual.len()];
        let grosses: Vec<i128> = if asked <= usual_sum {
            split(asked, &weights).unwrap_or_else(nothing)
        } else {
            let more = split(asked - usual_sum, &spare).unwrap_or_else(nothing);
            weights.iter().zip(more).map(|(usual, more)| usual + more).collect()
        };
        Ok(usual.iter().zip(grosses).map(|(wanted, gross)| Wanted { units: wanted.units, gross }).collect())
    }
}

impl PartLeft {
    /// What so many units of it come to: their share of what is left, and all of it with the last.
    fn of_units(&self, asked: Quantity) -> Result<Wanted, CreditRefused> {
        let units = asked.units();
        let Of::Line(line) = &self.of else {
            return Ok(Wanted::default());
        };
        if units > self.units {
            return Err(CreditRefused::TooManyUnits { line: line.clone(), asked, left: Quantity::clamped(self.units) });
        }
        if units == 0 || units == self.units {
            return Ok(Wanted { units, gross: if units == 0 { 0 } else { self.gross } });
        }
        let share = |of: i128| divide_half_away(of * i128::from(units), i128::from(self.units));
        let gross = match self.net {
            // A net-priced shop names the unit's price without VAT.
            Some(net) => share(net) + vat_on(share(net), thousandths(self.taxed.rate)?),
            None => share(self.gross),
        };
        Ok(Wanted { units, gross: gross.min(self.gross) })
    }
}
