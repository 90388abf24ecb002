//! Products, the items on channels that sell them, and which belongs to which.

use crate::{Ean, Invalid, LocationId, OfferId, Quantity, Sku};

/// A product of the merchant's catalogue. A variant is a product of its own.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Product {
    /// The merchant's code.
    pub sku: Sku,
    /// The EAN, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ean: Option<Ean>,
    /// Its name, for people.
    pub title: String,
    /// What sets the variant apart, such as `size M, blue`. Empty where there are none.
    #[serde(default)]
    pub variant: String,
}

/// Whether a channel counts the units of a listing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    /// It does.
    #[default]
    Counted,
    /// It counts them together with those of other listings, at the one stock reference they have in common, such as a parent product.
    Together,
    /// Stock is not tracked there: the listing sells without end, or not at all. There is no figure, and nothing stands for one.
    NotCounted,
}

impl Counting {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over references")]
    fn is_usual(&self) -> bool {
        *self == Self::Counted
    }
}

/// A listing on a channel, as the channel describes it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Listing {
    /// The channel's id, as its order lines name it.
    pub offer: OfferId,
    /// What the channel's stock call needs to name the same listing; only the channel's connector reads it.
    pub stock_reference: String,
    /// The merchant's code as entered on the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Sku>,
    /// The EAN as entered on the channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ean: Option<Ean>,
    /// Its name, for people.
    #[serde(default)]
    pub title: String,
    /// Whether the channel counts its units.
    #[serde(default, skip_serializing_if = "Counting::is_usual")]
    pub counting: Counting,
    /// The channel sells it on when none is left, by the merchant's own will there. Then it can sell what other channels sold.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub backorders: bool,
    /// The figure it shows, where the list of listings tells it and the channel counts it; in the words of `StockLevels::read`. Never kept: it is old at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed_quantity: Option<Quantity>,
    /// As `shown`, by the merchant's locations, in units as the channel keeps them; where it keeps a figure for each and the list tells.
    #[serde(skip)]
    pub places: Vec<(LocationId, i64)>,
    /// The channel's word for its condition where it is not sold as new, such as `SECONDHAND`. Its units are not those of the new product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// It needs no shipping: a download, a service, a gift card. It is a matter of stock only where the catalogue has it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub digital: bool,
}

/// To which product a listing belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// Exactly one product.
    Item(Sku),
    /// None, or none for sure: a person must say.
    Unclear(MatchProblem),
}

/// Why a listing was not matched.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "type")]
pub enum MatchProblem {
    /// No product has this EAN or SKU.
    Unknown,
    /// Several products share the EAN.
    Ambiguous {
        /// The products.
        skus: Vec<Sku>,
    },
    /// The EAN names one product and the SKU another.
    Conflicting {
        /// The product with the EAN.
        by_ean: Sku,
        /// The product with the SKU.
        by_sku: Sku,
    },
    /// The EAN names one product, and the SKU is a code that no product has: a multipack or another state of the goods often has the EAN of
    /// the single, new product.
    OtherSku {
        /// The product with the EAN.
        by_ean: Sku,
        /// The SKU that no product has.
        sku: Sku,
    },
    /// It has one stock there with listings that are other products, or none that is known: whatever was told for one would be sold as the other.
    /// Each must keep its own stock there, or all must be matched to one product.
    SharedStock {
        /// The product it is by itself; none if it is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sku: Option<Sku>,
        /// The other listings of that stock.
        with: Vec<OfferId>,
    },
    /// It is not sold as new, and its codes are those of the new product.
    Condition {
        /// The product that has its codes.
        sku: Sku,
        /// The channel's word for its condition.
        condition: String,
    },
}

/// How the listings of a connection are matched to products.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MatchBy {
    /// By EAN and SKU, which must not contradict each other: a listing with a SKU that no product has is for a person, whatever its EAN.
    #[default]
    EanAndSku,
    /// By EAN alone where there is one: SKUs there are by another habit and mean nothing. A listing without an EAN that is known goes by its SKU.
    Ean,
}

impl std::str::FromStr for MatchBy {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text {
            "ean_and_sku" => Ok(Self::EanAndSku),
            "ean" => Ok(Self::Ean),
            _ => Err(Invalid::new("match", text, "`ean_and_sku` or `ean`")),
        }
    }
}

/// What is known of a listing, or of an order line, that is to be matched.
#[derive(Debug, Clone, Copy)]
pub struct Codes<'a> {
    /// Its SKU on the channel.
    pub sku: Option<&'a Sku>,
    /// Its condition, where it is not sold as new.
    pub condition: Option<&'a str>,
    /// The products with its EAN.
    pub with_ean: &'a [Sku],
    /// The product with its SKU.
    pub with_sku: Option<&'a Sku>,
}

/// Matches by EAN first, then by SKU; refuses to guess where the two disagree, an EAN is shared, or the goods are not those of the EAN.
/// The one rule for listings and order lines.
pub fn match_codes(codes: &Codes<'_>, by: MatchBy) -> Match {
    let matched = match (codes.with_ean, codes.with_sku) {
        ([one], _) if by == MatchBy::Ean => Match::Item(one.clone()),
        ([], Some(sku)) => Match::Item(sku.clone()),
        ([], None) => Match::Unclear(MatchProblem::Unknown),
        ([one], Some(sku)) if one != sku => {
            Match::Unclear(MatchProblem::Conflicting { by_ean: one.clone(), by_sku: sku.clone() })
        }
        ([one], None) => match codes.sku {
            Some(sku) => Match::Unclear(MatchProblem::OtherSku { by_ean: one.clone(), sku: sku.clone() }),
            None => Match::Item(one.clone()),
        },
        ([one], Some(_)) => Match::Item(one.clone()),
        (several, Some(sku)) if several.contains(sku) => Match::Item(sku.clone()),
        (several, _) => Match::Unclear(MatchProblem::Ambiguous { skus: several.to_vec() }),
    };
    match (matched, codes.condition) {
        // What only the EAN names, or all its codes name, is the new product; a SKU of its own names the product of just these goods.
        (Match::Item(sku), Some(condition)) if codes.with_ean == [sku.clone()] => {
            Match::Unclear(MatchProblem::Condition { sku, condition: condition.to_owned() })
        }
        (matched, _) => matched,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sku(text: &str) -> Sku {
        Sku::new(text).unwrap()
    }

    /// A listing with this SKU, of which the catalogue knows these products by EAN and by SKU.
    fn matched(own: Option<&str>, with_ean: &[Sku], with_sku: Option<&str>, by: MatchBy) -> Match {
        let (own, with_sku) = (own.map(sku), with_sku.map(sku));
        match_codes(&Codes { sku: own.as_ref(), condition: None, with_ean, with_sku: with_sku.as_ref() }, by)
    }

    const BOTH: MatchBy = MatchBy::EanAndSku;

    #[test]
    fn ean_and_sku_must_not_contradict_each_other() {
        assert_eq!(matched(Some("A"), &[sku("A")], Some("A"), BOTH), Match::Item(sku("A")));
        assert_eq!(matched(None, &[sku("A")], None, BOTH), Match::Item(sku("A")), "no SKU contradicts nothing");
        assert_eq!(matched(Some("A"), &[], Some("A"), BOTH), Match::Item(sku("A")));
        assert!(matches!(matched(Some("B"), &[sku("A")], Some("B"), BOTH), Match::Unclear(MatchProblem::Conflicting { .. })));
        assert!(matches!(matched(Some("x"), &[], None, BOTH), Match::Unclear(MatchProblem::Unknown)));
        let six = MatchProblem::OtherSku { by_ean: sku("A"), sku: sku("A-6") };
        assert_eq!(matched(Some("A-6"), &[sku("A")], None, BOTH), Match::Unclear(six));
    }

    #[test]
    fn where_the_merchant_says_so_the_ean_alone_decides() {
        for own in [None, Some("their-own-code"), Some("B")] {
            let with_sku = own.filter(|own| *own == "B");
            assert_eq!(matched(own, &[sku("A")], with_sku, MatchBy::Ean), Match::Item(sku("A")), "{own:?}");
        }
        assert_eq!(matched(Some("B"), &[], Some("B"), MatchBy::Ean), Match::Item(sku("B")), "without an EAN that is known");
        assert_eq!("ean".parse::<MatchBy>(), Ok(MatchBy::Ean));
        assert!("sku".parse::<MatchBy>().is_err());
    }

    #[test]
    fn a_shared_ean_is_settled_only_by_the_sku() {
        let shared = [sku("A"), sku("B")];
        for by in [BOTH, MatchBy::Ean] {
            assert_eq!(matched(Some("B"), &shared, Some("B"), by), Match::Item(sku("B")));
            for (own, with_sku) in [(Some("x"), None), (Some("C"), Some("C")), (None, None)] {
                let unclear = matched(own, &shared, with_sku, by);
                assert!(matches!(unclear, Match::Unclear(MatchProblem::Ambiguous { .. })), "{own:?}");
            }
        }
    }

    #[test]
    fn what_is_not_sold_as_new_is_never_the_product_with_the_ean_of_the_new_one() {
        let second_hand = |own: Option<&str>, with_ean: &[Sku], with_sku: Option<&str>, by| {
            let (own, with_sku) = (own.map(sku), with_sku.map(sku));
            match_codes(&Codes { sku: own.as_ref(), condition: Some("SECONDHAND"), with_ean, with_sku: with_sku.as_ref() }, by)
        };
        for by in [BOTH, MatchBy::Ean] {
            for (own, with_sku) in [(None, None), (Some("A"), Some("A"))] {
                let problem = MatchProblem::Condition { sku: sku("A"), condition: "SECONDHAND".into() };
                assert_eq!(second_hand(own, &[sku("A")], with_sku, by), Match::Unclear(problem), "{own:?}");
            }
            // A product of its own, without the EAN of the new one.
            assert_eq!(second_hand(Some("A-USED"), &[], Some("A-USED"), by), Match::Item(sku("A-USED")));
        }
        let other = second_hand(Some("A-USED"), &[sku("A")], None, BOTH);
        assert!(matches!(other, Match::Unclear(MatchProblem::OtherSku { .. })));
        // The EAN is that of both, and the SKU says which: the merchant has a product for just these goods.
        let own = second_hand(Some("A-USED"), &[sku("A"), sku("A-USED")], Some("A-USED"), BOTH);
        assert_eq!(own, Match::Item(sku("A-USED")));
    }
}
