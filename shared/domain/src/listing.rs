//! Articles, the items on channels that sell them, and which belongs to which.

use crate::{Ean, LocationId, OfferId, Quantity, Sku};

/// An article of the merchant's catalogue. A variant is an article of its own.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Item {
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

/// An item on a channel, as the channel describes it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
pub struct Listing {
    /// The channel's id, as its order lines name it.
    pub offer: OfferId,
    /// What the channel's stock call needs to name the same item; only the channel's connector reads it.
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
    /// The figure it shows, where the list of items tells it; in the words of `Channel::read_stock`. Never kept: it is old at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown: Option<Quantity>,
    /// As `shown`, by the merchant's locations, in units as the channel keeps them; where it keeps a figure for each and the list tells.
    #[serde(skip)]
    pub places: Vec<(LocationId, i64)>,
}

/// To which article a listing belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// Exactly one article.
    Item(Sku),
    /// None, or none for sure: a person must say.
    Unclear(MatchProblem),
}

/// Why a listing was not matched.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "problem")]
pub enum MatchProblem {
    /// No article has this EAN or SKU.
    Unknown,
    /// Several articles share the EAN.
    Several {
        /// The articles.
        skus: Vec<Sku>,
    },
    /// The EAN names one article and the SKU another.
    Differs {
        /// The article with the EAN.
        by_ean: Sku,
        /// The article with the SKU.
        by_sku: Sku,
    },
}

/// Matches by EAN first, then by SKU; refuses to guess where the two disagree or an EAN is shared.
pub fn match_listing(listing: &Listing, with_ean: &[Sku], with_sku: Option<&Sku>) -> Match {
    match (with_ean, with_sku) {
        ([], Some(sku)) => Match::Item(sku.clone()),
        ([], None) => Match::Unclear(MatchProblem::Unknown),
        ([one], Some(sku)) if one != sku => Match::Unclear(MatchProblem::Differs { by_ean: one.clone(), by_sku: sku.clone() }),
        ([one], _) => Match::Item(one.clone()),
        (several, Some(sku)) if several.contains(sku) && listing.sku.as_ref() == Some(sku) => Match::Item(sku.clone()),
        (several, _) => Match::Unclear(MatchProblem::Several { skus: several.to_vec() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sku(text: &str) -> Sku {
        Sku::new(text).unwrap()
    }

    fn listing(own: &str) -> Listing {
        Listing {
            offer: OfferId::new("o").unwrap(),
            stock_reference: "o".into(),
            sku: Some(sku(own)),
            ean: None,
            title: String::new(),
            shown: None,
            places: Vec::new(),
        }
    }

    #[test]
    fn the_ean_goes_before_the_sku_and_a_disagreement_is_for_a_person() {
        assert_eq!(match_listing(&listing("A"), &[sku("A")], Some(&sku("A"))), Match::Item(sku("A")));
        assert_eq!(match_listing(&listing("x"), &[sku("A")], None), Match::Item(sku("A")));
        assert_eq!(match_listing(&listing("A"), &[], Some(&sku("A"))), Match::Item(sku("A")));
        assert!(matches!(
            match_listing(&listing("B"), &[sku("A")], Some(&sku("B"))),
            Match::Unclear(MatchProblem::Differs { .. })
        ));
        assert!(matches!(match_listing(&listing("x"), &[], None), Match::Unclear(MatchProblem::Unknown)));
    }

    #[test]
    fn a_shared_ean_is_settled_only_by_the_sku() {
        let shared = [sku("A"), sku("B")];
        assert_eq!(match_listing(&listing("B"), &shared, Some(&sku("B"))), Match::Item(sku("B")));
        assert!(matches!(match_listing(&listing("x"), &shared, None), Match::Unclear(MatchProblem::Several { .. })));
    }
}
