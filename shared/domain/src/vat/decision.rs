//! What was decided about the VAT of a line, and why: everything a page, an invoice, a return and a booking need to know of it.

use super::{Category, Exemption, Mention, ProductClass, Region, Territory, VatCountry, VatNumber};
use crate::Country;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// Who supplies to the buyer, as far as VAT goes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "to")]
pub enum VatTreatment {
    /// The seller: taxed like this, and an invoice can be made.
    Sale(Box<Decision>),
    /// A marketplace: the seller must issue no invoice to the buyer. There is nothing here that a document could be made from.
    ToMarketplace(Deemed),
}

/// How a line is taxed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Decision {
    /// The category of EN 16931.
    pub category: Category,
    /// Percent: `21`. Nothing wherever no VAT is charged.
    pub rate: Decimal,
    /// Whose VAT it is; where none is charged, the state that says so.
    pub country: VatCountry,
    /// The part of it with rates of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// The state where the goods left.
    pub ship_from: VatCountry,
    /// Which rule, with what it looked at.
    pub reason: Reason,
    /// As what the buyer was taken.
    pub buyer: Buyer,
    /// Why there is no VAT, for the electronic invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exemption: Option<Exemption>,
    /// What must stand on the invoice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mention: Option<Mention>,
    /// Where it is declared.
    pub vat_return: VatReturn,
    /// The seller's number to print: that of the state under whose rules the supply is made, or the one used for OSS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seller_number: Option<VatNumber>,
    /// Whether the law wants an invoice.
    pub invoice: InvoiceObligation,
    /// Whether that invoice must be a structured one, sent over Peppol (Belgium, between businesses established there, from 2026-01-01).
    pub structured: bool,
    /// Whether its value without VAT counts for the threshold of 10,000 euro (Directive art. 59c).
    pub counts_for_threshold: bool,
}

impl Decision {
    /// The buyer's number that the decision rests on. The invoice must show this one.
    pub fn buyer_number(&self) -> Option<&VatNumber> {
        match &self.reason {
            Reason::IntraCommunity { number, .. } | Reason::ReverseCharge { number, .. } => Some(number),
            Reason::Domestic { .. }
            | Reason::Origin { .. }
            | Reason::Destination { .. }
            | Reason::Export { .. }
            | Reason::SmallBusiness { .. } => None,
        }
    }

    /// What must be kept with the invoice to hold the decision against an inspector.
    pub fn evidence(&self) -> &'static [Evidence] {
        match self.reason {
            Reason::IntraCommunity { .. } => &[Evidence::ViesAnswer, Evidence::TransportToMemberState],
            Reason::ReverseCharge { .. } => &[Evidence::ViesAnswer],
            Reason::Export { .. } => &[Evidence::ExitFromTheUnion],
            Reason::Destination { .. } | Reason::Origin { .. } => &[Evidence::PlaceOfDelivery],
            Reason::Domestic { .. } | Reason::SmallBusiness { .. } => &[],
        }
    }
}

/// Why it is taxed like this. A closed list, so that pages make a sentence of it in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "rule")]
pub enum Reason {
    /// The goods stay in the state: its VAT (Directive 2006/112/EC, art. 31 and 32).
    Domestic {
        /// Which state.
        country: VatCountry,
        /// The seller has no establishment there, only stock and a number.
        from_stock_abroad: bool,
    },
    /// To another state, under the threshold, from the only state of establishment: the VAT of where they left (art. 59c).
    Origin {
        /// Where they left.
        from: VatCountry,
        /// Where they went.
        to: VatCountry,
        /// Euro without VAT in the calendar year of the supply, this sale included.
        this_year: Decimal,
        /// Euro without VAT in the year before.
        last_year: Decimal,
    },
    /// To another state: the VAT of where they arrive (art. 33(a)).
    Destination {
        /// Where they left.
        from: VatCountry,
        /// Where they went.
        to: VatCountry,
        /// Why not the VAT of where they left.
        because: WhyDestination,
    },
    /// To a business of another state: exempt, the buyer accounts for the acquisition (art. 138(1)).
    IntraCommunity {
        /// Where they left.
        from: VatCountry,
        /// Where they went.
        to: VatCountry,
        /// The buyer's number, valid in VIES.
        number: VatNumber,
    },
    /// Goods that stay in a state where the seller is not established, to a business there: the buyer accounts for it (art. 194; NL Wet OB art.
    /// 12(3); BE WBTW art. 51 §2 5°).
    ReverseCharge {
        /// Which state.
        country: VatCountry,
        /// The buyer's number, valid in VIES.
        number: VatNumber,
    },
    /// Out of the EU's VAT (art. 146(1)(a) and (b)).
    Export {
        /// Where they left.
        from: VatCountry,
        /// The country of the address.
        to: Country,
        /// The territory, where the country's code is that of a member state.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        territory: Option<Territory>,
    },
    /// The seller is exempt in the state as a small business (art. 284; NL Wet OB art. 25; BE WBTW art. 56bis).
    SmallBusiness {
        /// Which state.
        country: VatCountry,
        /// It is not the seller's own state (art. 284(2)(b), from 2025).
        cross_border: bool,
    },
}

/// Why the VAT of the destination.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "because")]
pub enum WhyDestination {
    /// The seller is registered for OSS, which is the choice for it (art. 59c(3)).
    Oss,
    /// The seller chose it without OSS (art. 59c(3)).
    Opted,
    /// More than 10,000 euro in the year of the supply, this sale included (art. 59c(1) and (2)).
    ThisYear {
        /// Euro without VAT, this sale included.
        sum: Decimal,
    },
    /// More than 10,000 euro in the year before (art. 59c(1)).
    LastYear {
        /// Euro without VAT.
        sum: Decimal,
    },
    /// They left another state than that of establishment, where the threshold does not reach (art. 59c(1)(b)).
    StockAbroad,
    /// The seller is established in no member state, or in more than one (art. 59c(1)(a)).
    Establishment,
}

/// As what the buyer was taken.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Buyer {
    /// A consumer.
    Consumer,
    /// A business whose number VIES says is valid.
    Business {
        /// The number.
        number: VatNumber,
    },
    /// Says it is a business, and nothing proves it in a way that matters: taxed like a consumer, and owed an invoice like a business.
    Unproven {
        /// What is missing.
        because: WhyUnproven,
    },
    /// A business, of which VIES was not heard, where its answer makes no difference to the VAT.
    Unasked {
        /// The number.
        number: VatNumber,
    },
}

/// Why a business is taxed like a consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyUnproven {
    /// It gave no VAT number. A company's name or trade register number is none.
    NoNumber,
    /// VIES says the number is not valid.
    Invalid,
    /// The number is of a country that VIES does not know, such as `GB`.
    NotInVies,
    /// VIES did not answer for as long as the merchant wants to wait.
    NoAnswer,
}

/// Where it is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "return")]
pub enum VatReturn {
    /// In the ordinary return of a state: the seller's own, or where it is registered.
    Local {
        /// Which.
        country: VatCountry,
    },
    /// In the union scheme's return, one for all states (art. 369a to 369k).
    Oss,
    /// At nothing in the ordinary return, and by the buyer's number in the recapitulative statement (art. 262): ICP, IC-opgave.
    IntraCommunity {
        /// Of which state.
        country: VatCountry,
    },
    /// As shifted to the buyer.
    ReverseCharge {
        /// Of which state.
        country: VatCountry,
    },
    /// In the box for exports.
    Export {
        /// Of which state.
        country: VatCountry,
    },
    /// Nowhere as a taxed supply; its turnover counts for the limit of the scheme.
    SmallBusiness,
}

/// Whether the law wants an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceObligation {
    /// It does, or it may: issued always.
    Issue,
    /// A sale to a consumer in the seller's own state: the merchant's setting (Directive art. 220; NL Wet OB art. 34c, BE KB nr. 1 art. 1).
    Optional,
}

/// What is kept as evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The answer of VIES with its consultation number, time, and both VAT numbers.
    ViesAnswer,
    /// Proof of transport to another member state (Implementing Regulation 282/2011, art. 45a).
    TransportToMemberState,
    /// The customs' proof that the goods left.
    ExitFromTheUnion,
    /// Where the goods were delivered (Implementing Regulation 282/2011, art. 63c).
    PlaceOfDelivery,
}

/// A marketplace supplies to the buyer, and the seller to the marketplace.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Deemed {
    /// The category of the supply to the marketplace, for the seller's own books.
    pub category: Category,
    /// By which rule.
    pub reason: WhyDeemed,
}

/// Why a marketplace counts as the one who supplies.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "rule")]
pub enum WhyDeemed {
    /// The goods come from outside the EU in a consignment of 150 euro at most (Directive art. 14a(1)): what the seller supplies to the
    /// marketplace is outside the EU's VAT.
    ImportedConsignment {
        /// Where the goods left.
        from: Country,
        /// Where they arrive.
        to: VatCountry,
    },
    /// The seller is established outside the EU, the goods are in it, and the buyer is a consumer (art. 14a(2)): what the seller supplies to the
    /// marketplace is exempt with the right to deduct (art. 136a).
    SellerOutsideTheEu {
        /// Where the goods left.
        from: VatCountry,
        /// Where they arrive.
        to: VatCountry,
    },
    /// The goods go outside the EU, and the marketplace says that it collects the tax there, as in the United Kingdom up to 135 pounds. For the
    /// seller's own books it is an export.
    CollectedAbroad {
        /// Where the goods left.
        from: VatCountry,
        /// The country of the address.
        to: Country,
    },
}

/// Why nothing was decided. Each says what is missing, so that a person can mend it; none is a guess.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", tag = "stop")]
pub enum Stop {
    /// Goods leave a state where the seller has no VAT number.
    #[error("no VAT registration in ship-from country {country}")]
    NoNumberInShipFrom {
        /// Which.
        country: VatCountry,
    },
    /// VAT of a state is due, and the seller has neither OSS nor a number there.
    #[error("VAT of {country} is due, and the seller has neither OSS nor a VAT number there")]
    NoReturnAtDestination {
        /// Which.
        country: VatCountry,
    },
    /// Whether the buyer's number is valid decides about the VAT, and VIES did not tell, or was not asked.
    #[error("VIES has not said whether the buyer's VAT number is valid")]
    ViesUnknown {
        /// The number to ask for.
        number: VatNumber,
        /// It was asked, and there was no answer.
        asked: bool,
    },
    /// The country has territories with another VAT, and there is no postcode to tell them by.
    #[error("the postcode is missing, and {country} has territories with another VAT")]
    PostcodeMissing {
        /// Which country.
        country: Country,
    },
    /// The postcode is none of that country.
    #[error("the postcode is none of {country}, which has territories with another VAT")]
    PostcodeUnreadable {
        /// Which country.
        country: Country,
        /// As it was given, shortened to 16 characters.
        postcode: String,
    },
    /// A town outside the EU's VAT shares its postcode with others, and there is no town to tell them by.
    #[error("the town is missing, and not all that has its postcode in {country} is in the EU's VAT")]
    TownMissing {
        /// Which country.
        country: Country,
        /// Its postcode.
        postcode: String,
    },
    /// Nobody said at which rate the state taxes this class of products.
    #[error("no rate is set for products of the class {class} in {country}{}", part(*region))]
    ClassUnknown {
        /// The class.
        class: ProductClass,
        /// Where.
        country: VatCountry,
        /// Which part of it, where that has rates of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<Region>,
    },
    /// The rate that was set for a class is none of the state's at that date.
    #[error("{rate} % was set for the class {class}, but {country}{} has no such rate on {on}", part(*region))]
    RateNotInForce {
        /// The class.
        class: ProductClass,
        /// Where.
        country: VatCountry,
        /// Which part of it, where that has rates of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<Region>,
        /// Percent.
        rate: Decimal,
        /// The date of supply.
        on: Date,
    },
    /// The table of rates does not reach that date.
    #[error("no standard rate of {country}{} is known for {on}", part(*region))]
    RateUnknown {
        /// Where.
        country: VatCountry,
        /// Which part of it, where that has rates of its own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<Region>,
        /// The date of supply.
        on: Date,
    },
    /// How much was sold to other states is not known for both years.
    #[error(
        "the sales to consumers in other member states are not known for {year} and the year before: fill in both sums, also where nothing was sold \
         (`sales_abroad` of the legal entity), or say that OSS is used"
    )]
    ThresholdUnknown {
        /// The year of the supply.
        year: i16,
    },
    /// Goods are sent into the EU by somebody other than a marketplace that accounts for them: import, IOSS.
    #[error("goods from {from} to {to} are imported; import and IOSS are not supported")]
    Import {
        /// Where the goods left.
        from: Country,
        /// Where they arrive.
        to: VatCountry,
    },
    /// Goods from outside the EU were sold on a marketplace, and the value of the consignment decides who supplies.
    #[error("the value of a consignment from {from} is not known")]
    ConsignmentValueUnknown {
        /// Where the goods left.
        from: Country,
    },
    /// The goods never come into the EU.
    #[error("goods from {from} to {to} are outside the VAT of the EU")]
    OutsideTheEu {
        /// Where the goods left.
        from: Country,
        /// Where they arrive.
        to: Country,
    },
    /// Whether the state shifts VAT to a business when the seller is not established there is not known.
    #[error("whether {country} shifts the VAT to the buyer is not set")]
    ReverseChargeUnknown {
        /// Which.
        country: VatCountry,
    },
    /// The marketplace says that it accounts for the VAT though by law the seller does, or the other way round.
    #[error("the marketplace says that the VAT is accounted for by {}, and by law it is not", if *by_marketplace { "itself" } else { "the seller" })]
    MarketplaceContradicts {
        /// It says so of itself.
        by_marketplace: bool,
    },
}

fn part(region: Option<Region>) -> String {
    region.map(|region| format!(" ({})", region.name())).unwrap_or_default()
}
