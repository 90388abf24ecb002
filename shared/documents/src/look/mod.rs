//! What a merchant decides about how documents look.

mod colour;
mod logo;

pub use colour::Colour;
pub use logo::{Logo, MOST_LOGO_BYTES};

use crate::language::Language;
use crate::text::FontFile;
use std::collections::BTreeMap;

/// How a merchant's documents look. Without anything set they are plain and right.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// Stands at the top of the first page, at most 60 mm wide and 20 mm high. Without one, the merchant's name stands there.
    pub logo: Option<Logo>,
    /// The colour of titles, of the total and of the bar at the top.
    pub accent: Colour,
    /// The merchant's own font; what it lacks is taken from ours.
    pub font: Option<FontFile>,
    /// The heavier weight of it.
    pub bold_font: Option<FontFile>,
    /// Free texts, per language. What a language lacks is left out: no buyer is shown a text in a language that is not the document's.
    pub texts: BTreeMap<Language, Texts>,
    /// What is shown, beyond what the law demands.
    pub shows: Shows,
}

/// Free texts of a merchant in one language. Lines may be broken; longer ones are broken by us.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Texts {
    /// Above the lines: a greeting, a thank-you.
    pub opening: String,
    /// Below the totals: how to return, where to ask.
    pub closing: String,
    /// At the foot of every page: conditions, opening hours.
    pub footer: String,
    /// On packing slips, below the lines.
    pub packing_slip: String,
}

/// What is shown, beyond what the law demands.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each is a tick on a page of settings")]
pub struct Shows {
    /// The SKU below each article.
    pub sku: bool,
    /// The merchant's mail address and telephone number.
    pub contact: bool,
    /// Why this VAT: the rule that was applied, in a sentence. What the law demands to be said is said in any case.
    pub why_this_vat: bool,
    /// A barcode of the shipment on packing slips, and of the order on pick lists.
    pub barcode: bool,
}

impl Default for Shows {
    fn default() -> Self {
        Self { sku: true, contact: true, why_this_vat: true, barcode: true }
    }
}
