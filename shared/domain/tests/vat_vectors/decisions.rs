//! Decisions: an input in the vectors' words, and what it must come to.

use crate::words::{category, exemption, is_return, is_stop, mention, percent, structured, vat_country, vies};
use domain::Country;
use domain::vat::{
    AccountedBy, ClassRate, Customer, Decision, Deemed, InvoiceObligation, Oss, Place, ProductClass, Rates, Seller,
    SmallBusiness, SoldOn, Supply, Threshold, VatCountry, VatNumber, VatReturn, VatTreatment, WhyDeemed, decide,
};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Decided {
    id: String,
    why: String,
    input: Map<String, Value>,
    expect: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    /// The country of the seat, and a scheme for small businesses after it.
    seller: String,
    seller_vat: Vec<String>,
    oss: bool,
    threshold: String,
    ship_from: String,
    ship_to: String,
    postcode: Option<String>,
    customer: String,
    customer_vat: Option<String>,
    vies: Option<String>,
    channel: String,
    date: Date,
    product: String,
    /// The address of delivery is that of a pick-up point: it decides, like any other.
    #[serde(default)]
    pickup_point: bool,
    /// Where the bill goes, which decides nothing.
    billing_country: Option<String>,
    /// Where else the seller is established.
    #[serde(default, alias = "establishments")]
    fixed_establishments: Vec<String>,
    /// `KOR`, or another scheme for small businesses, in the state of the seat.
    #[serde(default, alias = "kor", alias = "small_business")]
    scheme: Value,
    /// The value of the consignment in euro.
    #[serde(default, alias = "consignment_value", alias = "consignment")]
    value: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[serde(alias = "hold", alias = "stop")]
    error: Option<String>,
    category: Option<String>,
    rate: Option<String>,
    vat_country: Option<String>,
    return_: Option<String>,
    #[serde(default)]
    vatex: Said,
    #[serde(default)]
    mention: Said,
    invoice: Option<String>,
    structured: Option<String>,
    reason: Option<String>,
    #[serde(rename = "note")]
    _note: Option<String>,
}

/// A field of which `null` says something else than that it is not there.
#[derive(Default)]
enum Said {
    #[default]
    Nothing,
    That(Option<String>),
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::deserialize(from).map(Self::That)
    }
}

impl Said {
    fn is<T: PartialEq + Copy>(&self, ours: Option<T>, read: fn(&str) -> T) -> bool {
        match self {
            Self::Nothing => true,
            Self::That(theirs) => ours == theirs.as_deref().map(read),
        }
    }

    fn is_some(&self) -> bool {
        matches!(self, Self::That(Some(_)))
    }
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nothing => f.write_str("anything"),
            Self::That(theirs) => theirs.fmt(f),
        }
    }
}

/// The defaults are an input like any other.
pub(crate) fn check_defaults(defaults: &Map<String, Value>) {
    let input: Input = serde_json::from_value(Value::Object(defaults.clone())).unwrap();
    input.supply("the defaults");
    input.who_sells();
}

impl Decided {
    pub(crate) fn differences(&self, defaults: &Map<String, Value>) -> Vec<String> {
        let mut all = defaults.clone();
        all.extend(self.input.clone());
        let input: Input = serde_json::from_value(Value::Object(all)).unwrap_or_else(|error| panic!("{}: {error}", self.id));
        let outcome = decide(&input.supply(&self.why), &input.who_sells(), &rates());
        let expect = &self.expect;
        let told = |what: &str| vec![format!("{} ({}): {what}, found {outcome:?}", self.id, self.why)];
        match (&outcome, &expect.error) {
            (Err(stop), Some(error)) if is_stop(error, stop) => Vec::new(),
            (Ok(VatTreatment::Sale(decision)), None) => {
                let differ = expect.of_sale(decision, &input);
                if differ.is_empty() { differ } else { told(&differ.join("; ")) }
            }
            (Ok(VatTreatment::ToMarketplace(deemed)), None) => {
                let differ = expect.of_deemed(deemed);
                if differ.is_empty() { differ } else { told(&differ.join("; ")) }
            }
            (_, Some(error)) => told(&format!("expected to stop: {error}")),
            (Err(_), None) => told("expected a verdict"),
        }
    }
}

impl Expected {
    fn of_sale(&self, ours: &Decision, input: &Input) -> Vec<String> {
        let mut differ = Vec::new();
        let mut check = |is_right: bool, what: &str, theirs: &dyn std::fmt::Debug| {
            if !is_right {
                differ.push(format!("{what} should be {theirs:?}"));
            }
        };
        // What is not said of a sale would not be checked.
        let said = [&self.category, &self.rate, &self.vat_country, &self.invoice, &self.structured];
        let is_declared = self.return_.is_some() || ours.vat_return == VatReturn::SmallBusiness;
        check(said.iter().all(|field| field.is_some()) && is_declared, "every field", &"said");
        check(self.reason.is_none(), "a reason", &"that of a marketplace alone");
        check(self.category.as_deref().is_none_or(|code| ours.category == category(code)), "category", &self.category);
        check(self.rate.as_deref().is_none_or(|rate| ours.rate == percent(rate)), "rate", &self.rate);
        check(self.vat_country.as_deref().is_none_or(|code| ours.country == vat_country(code)), "country", &self.vat_country);
        let country = ours.country;
        check(self.return_.as_deref().is_none_or(|text| is_return(text, ours.vat_return, country)), "return", &self.return_);
        check(self.vatex.is(ours.exemption, exemption), "VATEX", &self.vatex);
        check(self.mention.is(ours.mention, mention), "mention", &self.mention);
        check(self.structured.as_deref().is_none_or(|text| ours.structured == structured(text)), "structured", &self.structured);
        check(self.invoice.as_deref().is_none_or(|text| is_obligation(text, ours.invoice, input)), "invoice", &self.invoice);
        differ
    }

    fn of_deemed(&self, ours: &Deemed) -> Vec<String> {
        let mut differ = Vec::new();
        if !self.invoice.as_deref().is_some_and(|text| text.starts_with("do not issue")) {
            differ.push(format!("invoice should be {:?}", self.invoice));
        }
        if self.category.as_deref().is_some_and(|code| ours.category != category(code)) {
            differ.push(format!("category should be {:?}", self.category));
        }
        let is_reason = |text: &str| match &ours.reason {
            WhyDeemed::SellerOutsideTheEu { .. } => text.contains("136a"),
            WhyDeemed::ImportedConsignment { .. } => text.contains("150") || text.contains("IOSS") || text.contains("14a"),
            WhyDeemed::CollectedAbroad { .. } => text.contains("135") || text.contains("collect"),
        };
        if self.reason.as_deref().is_some_and(|text| !is_reason(text)) {
            differ.push(format!("reason should be {:?}", self.reason));
        }
        let is_none = |text: &Option<String>| text.as_deref().is_none_or(|text| text.to_lowercase().starts_with("no"));
        if !is_none(&self.return_) || !is_none(&self.structured) {
            differ.push("nothing is declared of the sale to the buyer".to_owned());
        }
        let is_nothing = self.rate.as_deref().is_none_or(|rate| percent(rate).is_zero());
        if !is_nothing || self.vatex.is_some() || self.mention.is_some() || self.vat_country.is_some() {
            differ.push("a sale to the buyer is expected".to_owned());
        }
        differ
    }
}

/// `Issue` is what is done unless the merchant chose otherwise, where a choice is left.
fn is_obligation(text: &str, ours: InvoiceObligation, input: &Input) -> bool {
    let stays_abroad = input.ship_from == input.ship_to && !input.seller.starts_with(&input.ship_from);
    let is_exempt = !input.scheme.is_null() || input.seller.len() > 2;
    match text.split([',', ' ']).next() {
        Some("issue") => ours == InvoiceObligation::Issue || is_exempt,
        // Of a sale within a state where the seller only keeps stock the vectors may take either view; we issue.
        Some("optional") => ours == InvoiceObligation::Optional || stays_abroad,
        Some("do") => false,
        _ => panic!("invoice: {text:?}"),
    }
}

impl Input {
    fn supply(&self, why: &str) -> Supply {
        let country = |code: &str| Country::new(code).unwrap();
        assert!(self.billing_country.as_deref().is_none_or(|code| Country::new(code).is_ok()), "billing country");
        assert!(!self.pickup_point || self.postcode.is_some(), "a pick-up point has an address");
        let number = self.customer_vat.as_deref().map(|text| {
            // Where digits are left out, any will do.
            let written = if text.contains("..") { format!("{}123456789", &text[..2]) } else { text.to_owned() };
            VatNumber::new(&written).unwrap()
        });
        let customer = match self.customer.as_str() {
            "consumer" => {
                assert!(number.is_none() && self.vies.is_none(), "a consumer with a VAT number");
                Customer::Consumer
            }
            "business" => Customer::Business { number, vies: vies(self.vies.as_deref()) },
            other => panic!("customer: {other:?}"),
        };
        // Up to 135 pounds a marketplace accounts for what is sent to Great Britain, and says so.
        let accounted_by = why.contains("135").then_some(AccountedBy::Marketplace);
        let sold_on = match self.channel.as_str() {
            "shopify" | "woocommerce" | "magento" | "shopware" | "webshop" | "own shop" => SoldOn::OwnShop,
            "bol" | "amazon" | "mirakl" | "kaufland" | "ebay" | "zalando" => SoldOn::Marketplace { accounted_by },
            other => panic!("channel: {other:?}"),
        };
        Supply {
            ship_from: Place { country: country(&self.ship_from), postcode: None, town: None },
            ship_to: Place { country: country(&self.ship_to), postcode: self.postcode.clone(), town: None },
            on: self.date,
            customer,
            sold_on,
            class: ProductClass::new(&self.product).unwrap(),
            consignment: Some(self.consignment(why)),
            threshold: Some(threshold(&self.threshold, self.date.year())),
        }
    }

    /// Of an ordinary shipment, unless it is said, or the vector's title says that it is a large one.
    fn consignment(&self, why: &str) -> Decimal {
        match &self.value {
            Value::Null if ["> 150", "over 150", "above 150", "more than 150"].iter().any(|words| why.contains(words)) => {
                151.into()
            }
            Value::Null => 100.into(),
            Value::Number(number) => number.to_string().parse().unwrap(),
            Value::String(text) => percent(text),
            other => panic!("value: {other}"),
        }
    }

    fn who_sells(&self) -> Seller {
        let (seat, rest) = self.seller.split_at(2);
        let seat = Country::new(seat).unwrap();
        let home = VatCountry::of(&seat);
        let number = |of: VatCountry| VatNumber::new(&format!("{}123456789", of.prefix())).unwrap();
        let numbers: BTreeMap<_, _> = self.seller_vat.iter().map(|code| vat_country(code)).map(|of| (of, number(of))).collect();
        let oss = home.or_else(|| numbers.keys().next().copied()).filter(|_| self.oss);
        let is_exempt = match &self.scheme {
            Value::Null | Value::Bool(false) => is_small_business(rest),
            Value::Bool(true) => true,
            Value::String(word) => is_small_business(word),
            other => panic!("scheme: {other}"),
        };
        let scheme = |country| SmallBusiness { country, from: date(2016, 1, 1), until: None };
        Seller {
            established_in: seat,
            fixed_establishments: self.fixed_establishments.iter().map(|code| vat_country(code)).collect::<BTreeSet<_>>(),
            numbers,
            oss: oss.map(|of| Oss { number: number(of), from: date(2016, 1, 1), until: None }),
            destination_from: (self.threshold.contains("opted") && !self.threshold.contains("not opted"))
                .then_some(date(2016, 1, 1)),
            small_business: home.filter(|_| is_exempt).map(scheme).into_iter().collect(),
            shifts_vat: BTreeMap::new(),
        }
    }
}

fn is_small_business(word: &str) -> bool {
    let word = word.trim_matches(|c: char| c.is_whitespace() || "()-,/".contains(c)).to_lowercase();
    if ["", "none", "no", "normal"].contains(&word.as_str()) {
        return false;
    }
    let known = ["kor", "56bis", "small", "sme", "vrijstelling", "exempt"];
    assert!(known.iter().any(|known| word.contains(known)), "scheme: {word:?}");
    true
}

/// Reads `exceeded`, `below, opted`, or sums by year: `2025: 9,000; 2026 to date: 3,000; this order: 50`.
fn threshold(text: &str, year: i16) -> Threshold {
    let ordinary_sale = Decimal::ONE_HUNDRED;
    let mut told = Threshold { year, last_year: Decimal::ZERO, this_year: Decimal::ZERO, this_sale: ordinary_sale };
    for part in text.split(';').flat_map(|part| part.split(", ")).map(str::trim) {
        let lower = part.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
        let words = part.split([' ', ':', '+', '=', '(', ')']).map(|word| word.trim_matches([',', '.']));
        let numbers: Vec<&str> = words.filter(|word| word.starts_with(|c: char| c.is_ascii_digit())).collect();
        let is_year = |number: &&str| [year, year - 1].iter().any(|year| *number == year.to_string());
        let of_last_year = numbers.first() == Some(&(year - 1).to_string().as_str()) || says(&["last year", "previous year"]);
        let figures: Vec<Decimal> = numbers.iter().filter(|n| !is_year(n)).map(|n| n.replace(',', "").parse().unwrap()).collect();
        let of_this_year = numbers.iter().any(is_year) || says(&["to date", "this year", "so far"]);
        let of_sale = says(&["order", "sale", "supply"]);
        match figures.as_slice() {
            [figure] if of_last_year => told.last_year = *figure,
            [figure] if of_this_year => {
                told.this_year = *figure;
                if says(&["incl"]) {
                    told.this_sale = Decimal::ZERO;
                }
            }
            [figure] if of_sale => told.this_sale = *figure,
            [sum, sale] if of_sale && !of_last_year => (told.this_year, told.this_sale) = (*sum, *sale),
            [] if of_last_year && says(&["exceeded", "above"]) => told.last_year = 20_000.into(),
            [] if says(&["exceeded", "above"]) => told.this_year = 20_000.into(),
            [] if says(&["cross"]) => told.this_year = 9_990.into(),
            [] if says(&["below", "opted", "n/a", "none"]) => {}
            _ => panic!("threshold: {text:?}"),
        }
    }
    told
}

/// The published rates, and at which of them a merchant sells books and food. The vectors leave that to the merchant.
fn rates() -> Rates {
    let row = |class: &str, country: &str, from: Date, rate: Option<&str>| ClassRate {
        class: ProductClass::new(class).unwrap(),
        country: vat_country(country),
        region: None,
        from,
        rate: rate.map(percent),
    };
    let start = date(2016, 1, 1);
    let mut classes = vec![row("book", "DK", start, None), row("book", "BG", start, Some("9"))];
    let books =
        "NL 9,BE 6,DE 7,FR 5.5,LU 3,AT 10,ES 4,IT 4,PT 6,PL 5,IE 0,SE 6,FI 10,CZ 0,HU 5,EE 9,LV 5,GR 6,MT 5,SI 5,HR 5,CY 3,XI 0";
    let food = "NL 9,BE 6,DE 7,FR 5.5,LU 3,AT 10,IE 0,XI 0";
    for (class, list) in [("book", books), ("food", food)] {
        for (country, rate) in list.split(',').filter_map(|entry| entry.split_once(' ')) {
            classes.push(row(class, country, start, Some(rate)));
        }
    }
    classes.push(row("book", "FI", date(2025, 1, 1), Some("14")));
    classes.push(row("book", "FI", date(2026, 1, 1), Some("13.5")));
    classes.push(row("book", "LT", date(2026, 1, 1), Some("5")));
    classes.push(row("book", "SK", date(2025, 1, 1), Some("5")));
    classes.push(row("book", "RO", date(2025, 8, 1), Some("11")));
    Rates::published().with_classes(classes).unwrap()
}

#[test]
fn thresholds_are_read_as_they_are_written() {
    let read = |text: &str| {
        let told = threshold(text, 2026);
        [told.last_year, told.this_year, told.this_sale].map(|sum| i64::try_from(sum).unwrap())
    };
    assert_eq!(read("exceeded"), [0, 20_000, 100]);
    assert_eq!(read("below, opted"), [0, 0, 100]);
    assert_eq!(read("2025: 9,000; 2026 to date: 3,000"), [9_000, 3_000, 100]);
    assert_eq!(read("2025: 12,000; 2026 to date: 0"), [12_000, 0, 100]);
    assert_eq!(read("2026 to date: 9,990; this order: 50"), [0, 9_990, 50]);
    assert_eq!(read("9,990 before this order of 20"), [0, 9_990, 20]);
    assert_eq!(read("2026 incl. this order: 10,000.00"), [0, 10_000, 0]);
}
