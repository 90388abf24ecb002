//! The codes by which EN 16931 tells how an amount is taxed.

/// A VAT category (EN 16931 BT-118 and BT-151; codes of UNCL 5305).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Category {
    /// Taxed at a rate above nothing.
    S,
    /// Taxed at a rate of nothing, as some states tax books.
    Z,
    /// Exempt.
    E,
    /// The buyer accounts for the VAT, in the state where the goods stay.
    #[serde(rename = "AE")]
    Ae,
    /// Supplied to a business in another member state.
    K,
    /// Exported out of the EU's VAT.
    G,
    /// Not subject to VAT at all.
    O,
}

impl Category {
    /// The code.
    pub fn code(self) -> &'static str {
        match self {
            Self::S => "S",
            Self::Z => "Z",
            Self::E => "E",
            Self::Ae => "AE",
            Self::K => "K",
            Self::G => "G",
            Self::O => "O",
        }
    }
}

/// Why no VAT is charged, as a code of the list VATEX (EN 16931 BT-121).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Exemption {
    /// Reverse charge.
    #[serde(rename = "VATEX-EU-AE")]
    ReverseCharge,
    /// Intra-Community supply.
    #[serde(rename = "VATEX-EU-IC")]
    IntraCommunity,
    /// Export.
    #[serde(rename = "VATEX-EU-G")]
    Export,
    /// Not subject to VAT.
    #[serde(rename = "VATEX-EU-O")]
    NotSubject,
}

impl Exemption {
    /// The code.
    pub fn code(self) -> &'static str {
        match self {
            Self::ReverseCharge => "VATEX-EU-AE",
            Self::IntraCommunity => "VATEX-EU-IC",
            Self::Export => "VATEX-EU-G",
            Self::NotSubject => "VATEX-EU-O",
        }
    }
}

/// A sentence that the law wants on the invoice. The words belong to whoever prints it; `dutch` and `english` are those of the law.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mention {
    /// Directive 2006/112/EC, art. 226(11a).
    ReverseCharge,
    /// Directive art. 226(11) with art. 138.
    IntraCommunity,
    /// Directive art. 226(11) with art. 146.
    Export,
    /// The Dutch scheme for small businesses (Wet OB 1968 art. 25).
    SmallBusinessNl,
    /// The Belgian scheme for small businesses (WBTW art. 56bis; KB nr. 19).
    SmallBusinessBe,
    /// The scheme for small businesses of another state than the seller's own (Directive art. 284(2)(b)).
    SmallBusinessEu,
    /// On a credit note to a Belgian business (KB nr. 4 art. 4): the VAT goes back to the state as far as it was deducted.
    RepayDeductedVatBe,
}

impl Mention {
    /// In Dutch.
    pub fn dutch(self) -> &'static str {
        match self {
            Self::ReverseCharge => "Btw verlegd",
            Self::IntraCommunity => "Intracommunautaire levering, art. 138 Richtlijn 2006/112/EG",
            Self::Export => "Uitvoer, art. 146 Richtlijn 2006/112/EG",
            Self::SmallBusinessNl => "Vrijgesteld van btw, art. 25 Wet op de omzetbelasting 1968",
            Self::SmallBusinessBe => "Bijzondere vrijstellingsregeling kleine ondernemingen",
            Self::SmallBusinessEu => "Vrijgesteld van btw, kleineondernemersregeling, art. 284 Richtlijn 2006/112/EG",
            Self::RepayDeductedVatBe => {
                "Btw terug te storten aan de Staat in de mate waarin ze oorspronkelijk in aftrek werd gebracht"
            }
        }
    }

    /// In English.
    pub fn english(self) -> &'static str {
        match self {
            Self::ReverseCharge => "Reverse charge",
            Self::IntraCommunity => "Intra-Community supply, art. 138 Directive 2006/112/EC",
            Self::Export => "Export, art. 146 Directive 2006/112/EC",
            Self::SmallBusinessNl => "Exempt from VAT, art. 25 of the Dutch VAT Act 1968",
            Self::SmallBusinessBe => "Special exemption scheme for small enterprises",
            Self::SmallBusinessEu => "Exempt from VAT, scheme for small enterprises, art. 284 Directive 2006/112/EC",
            Self::RepayDeductedVatBe => "VAT to be repaid to the State as far as it was deducted",
        }
    }
}
