//! The merchant as tax authorities know it. Every field of this is the merchant's own choice, and changes what is owed to whom.

use super::{VatCountry, VatNumber};
use crate::Country;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// One legal entity that sells.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seller {
    /// Where it has its seat.
    pub established_in: Country,
    /// Other states where it has a fixed establishment: people and means, not stock alone (Implementing Regulation 282/2011, art. 11).
    #[serde(default)]
    pub fixed_establishments: BTreeSet<VatCountry>,
    /// Its VAT numbers, by the state that gave them.
    pub numbers: BTreeMap<VatCountry, VatNumber>,
    /// The union scheme for sales to consumers in other states (Directive 2006/112/EC, art. 369a to 369k).
    pub oss: Option<Oss>,
    /// The first date of supply from which the merchant chose the VAT of the destination without OSS (art. 59c(3)).
    pub destination_from: Option<Date>,
    /// Schemes for small businesses that are in force, each for one state.
    #[serde(default)]
    pub small_business: Vec<SmallBusiness>,
    /// Where the merchant's adviser says whether a state shifts VAT to a business there when the seller is not established (art. 194). The
    /// Netherlands and Belgium do, Germany does not, without a row here.
    #[serde(default)]
    pub shifts_vat: BTreeMap<VatCountry, bool>,
}

/// A registration for OSS. It is the choice for the VAT of the destination from the first sale on, and binds for two calendar years.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Oss {
    /// The number that it is used under.
    pub number: VatNumber,
    /// The first date of supply.
    pub from: Date,
    /// The last date of supply, if it ended.
    pub until: Option<Date>,
}

/// A scheme for small businesses: KOR (NL), the exemption of art. 56bis (BE), or that of another state by art. 284(2)(b).
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmallBusiness {
    /// The state that exempts.
    pub country: VatCountry,
    /// The first date of supply.
    pub from: Date,
    /// The last date of supply, if it ended.
    pub until: Option<Date>,
}

fn lasts(from: Date, until: Option<Date>, on: Date) -> bool {
    from <= on && until.is_none_or(|until| on <= until)
}

impl Seller {
    /// The states of the EU's VAT where it is established.
    pub(super) fn establishments(&self) -> BTreeSet<VatCountry> {
        self.fixed_establishments.iter().copied().chain(self.home()).collect()
    }

    pub(super) fn home(&self) -> Option<VatCountry> {
        VatCountry::of(&self.established_in)
    }

    /// The number under which it asks others: that of its seat, or of another state where it has none there.
    pub fn own_number(&self) -> Option<&VatNumber> {
        let at_home = self.home().and_then(|home| self.numbers.get(&home));
        at_home.or_else(|| self.numbers.values().next())
    }

    pub(super) fn is_established_in(&self, country: VatCountry) -> bool {
        self.establishments().contains(&country)
    }

    pub(super) fn oss_on(&self, on: Date) -> Option<&Oss> {
        self.oss.as_ref().filter(|oss| lasts(oss.from, oss.until, on))
    }

    pub(super) fn is_exempt_in(&self, country: VatCountry, on: Date) -> bool {
        self.small_business.iter().any(|scheme| scheme.country == country && lasts(scheme.from, scheme.until, on))
    }

    /// Whether the state shifts VAT to the buyer, as far as anybody knows: NL Wet OB 1968 art. 12(3), BE WBTW art. 51 §2 5°; not DE (`UStG` §13b
    /// names services and few goods).
    pub(super) fn shifts(&self, country: VatCountry) -> Option<bool> {
        self.shifts_vat.get(&country).copied().or(match country {
            VatCountry::Nl | VatCountry::Be => Some(true),
            VatCountry::De => Some(false),
            _ => None,
        })
    }
}
