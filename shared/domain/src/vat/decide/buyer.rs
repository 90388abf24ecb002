//! What is proven about the buyer. A business is one whose number VIES says is valid; all others are taxed like consumers.

use crate::vat::{Buyer, Customer, Stop, VatCountry, VatNumber, Vies, WhyUnproven};

/// How much of a business the buyer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof<'a> {
    /// None, and it says so.
    Consumer,
    /// It says it is one.
    Unproven(WhyUnproven),
    /// It is one.
    Proven(&'a VatNumber, VatCountry),
    /// Only VIES can tell.
    Open { number: &'a VatNumber, country: VatCountry, asked: bool },
}

pub(super) fn proof(customer: &Customer) -> Proof<'_> {
    let Customer::Business { number, vies } = customer else {
        return Proof::Consumer;
    };
    let Some(number) = number else {
        return Proof::Unproven(WhyUnproven::NoNumber);
    };
    let Some(country) = number.country() else {
        return Proof::Unproven(WhyUnproven::NotInVies);
    };
    match vies {
        Vies::Valid => Proof::Proven(number, country),
        Vies::Invalid => Proof::Unproven(WhyUnproven::Invalid),
        Vies::GivenUp => Proof::Unproven(WhyUnproven::NoAnswer),
        Vies::Unknown => Proof::Open { number, country, asked: true },
        Vies::NotAsked => Proof::Open { number, country, asked: false },
    }
}

impl Proof<'_> {
    /// As what the buyer is taken where its number makes no difference.
    pub(super) fn buyer(self) -> Buyer {
        match self {
            Self::Consumer => Buyer::Consumer,
            Self::Unproven(because) => Buyer::Unproven { because },
            Self::Proven(number, _) => Buyer::Business { number: number.clone() },
            Self::Open { number, .. } => Buyer::Unasked { number: number.clone() },
        }
    }

    /// The number and its state, where it is valid and `matters`. Stops where it would matter and VIES has not told.
    pub(super) fn number(self, matters: impl Fn(VatCountry) -> bool) -> Result<Option<VatNumber>, Stop> {
        match self {
            Self::Proven(number, country) if matters(country) => Ok(Some(number.clone())),
            Self::Open { number, country, asked } if matters(country) => Err(Stop::ViesUnknown { number: number.clone(), asked }),
            _ => Ok(None),
        }
    }

    /// Whether its number is of this state, and VIES did not say that it is not valid.
    pub(super) fn may_be_business_of(self, state: VatCountry) -> bool {
        matches!(self, Self::Proven(_, country) | Self::Open { country, .. } if country == state)
    }
}
