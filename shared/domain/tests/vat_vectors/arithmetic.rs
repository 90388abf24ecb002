//! Sums per rate, and charges that follow goods of several rates.

use crate::words::{category, money, percent};
use domain::Quantity;
use domain::invoice::{ChargeKind, Part, PriceBasis, Sale, SaleCharge, SaleLine, Sold, Taxed, by_rate};
use domain::vat::VatCountry;
use rust_decimal::Decimal;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sum {
    id: String,
    #[serde(rename = "desc")]
    _desc: Option<String>,
    lines: Vec<Line>,
    expect: Sums,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    gross: String,
    rate: String,
    cat: String,
    qty: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sums {
    line_nets: Vec<String>,
    vat: Vec<PerRate>,
    net_total: String,
    vat_total: String,
    gross_total: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PerRate {
    category: String,
    rate: String,
    taxable: String,
    tax: String,
    net_times_rate: String,
    one_cent_off: bool,
}

fn taxed(cat: &str, rate: &str) -> Taxed {
    Taxed { country: VatCountry::Nl, category: category(cat), rate: percent(rate), exemption: None }
}

impl Sum {
    pub(crate) fn differences(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut differ = |what: &str, ours: Decimal, theirs: &str| {
            if ours != money(theirs) {
                found.push(format!("{}: {what} is {ours}, expected {theirs}", self.id));
            }
        };
        let parts: Vec<Part> =
            self.lines.iter().map(|line| Part { taxed: taxed(&line.cat, &line.rate), amount: money(&line.gross) }).collect();
        let sums = by_rate(PriceBasis::Gross, &parts).unwrap();
        assert_eq!(sums.parts.len(), self.expect.line_nets.len(), "{}: lines", self.id);
        for (ours, theirs) in sums.parts.iter().zip(&self.expect.line_nets) {
            differ("the net of a line", ours.net, theirs);
        }
        assert_eq!(sums.rates.len(), self.expect.vat.len(), "{}: rates", self.id);
        for theirs in &self.expect.vat {
            let wanted = taxed(&theirs.category, &theirs.rate);
            let ours = sums.rates.iter().find(|rate| rate.taxed == wanted).unwrap_or_else(|| panic!("{}: {wanted:?}", self.id));
            differ("taxable", ours.net, &theirs.taxable);
            differ("tax", ours.vat, &theirs.tax);
            differ("net by the rate", ours.net_by_rate(), &theirs.net_times_rate);
            assert_eq!(ours.net_by_rate() != ours.vat, theirs.one_cent_off, "{}: one cent off", self.id);
        }
        let total = |of: fn(&domain::invoice::RateSum) -> Decimal| sums.rates.iter().map(of).sum::<Decimal>();
        differ("the net total", total(|rate| rate.net), &self.expect.net_total);
        differ("the VAT total", total(|rate| rate.vat), &self.expect.vat_total);
        differ("the gross total", total(domain::invoice::RateSum::gross), &self.expect.gross_total);
        self.same_as_a_sale(&sums);
        found
    }

    /// A sale without discounts and charges comes to the same.
    fn same_as_a_sale(&self, sums: &domain::invoice::ByRate) {
        if self.lines.iter().any(|line| money(&line.gross).is_sign_negative()) {
            return;
        }
        let line = |line: &Line| SaleLine {
            what: Sold::Goods,
            taxed: taxed(&line.cat, &line.rate),
            quantity: Quantity::new(line.qty).unwrap(),
            amount: money(&line.gross),
            unit_net: None,
        };
        let lines = self.lines.iter().map(line).collect();
        let sale = Sale { prices: PriceBasis::Gross, lines, discounts: Vec::new(), charges: Vec::new() };
        let sale = sale.sums().unwrap();
        assert_eq!(sale.rates, sums.rates, "{}", self.id);
        assert!(sale.lines.iter().map(|line| line.net).eq(sums.parts.iter().map(|part| part.net)), "{}", self.id);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Split {
    id: String,
    #[serde(rename = "desc")]
    _desc: Option<String>,
    goods: Vec<(String, String)>,
    shipping: String,
    expect: Vec<String>,
    #[serde(rename = "source")]
    _source: Option<String>,
}

impl Split {
    pub(crate) fn differences(&self) -> Vec<String> {
        let line = |(rate, gross): &(String, String)| SaleLine {
            what: Sold::Goods,
            taxed: taxed(if percent(rate).is_zero() { "Z" } else { "S" }, rate),
            quantity: Quantity::ONE,
            amount: money(gross),
            unit_net: None,
        };
        let lines: Vec<SaleLine> = self.goods.iter().map(line).collect();
        let mut rates: Vec<&Taxed> = lines.iter().map(|line| &line.taxed).collect();
        rates.dedup();
        let each_once = rates.iter().all(|rate| rates.iter().filter(|other| other == &rate).count() == 1);
        assert!(
            each_once && rates.len() == lines.len() && lines.len() == self.expect.len(),
            "{}: one share for each rate",
            self.id
        );
        let charges = vec![SaleCharge { kind: ChargeKind::Shipping, amount: money(&self.shipping) }];
        let sale = Sale { prices: PriceBasis::Gross, lines: lines.clone(), discounts: Vec::new(), charges };
        let sums = sale.sums().unwrap();
        let share = |taxed: &Taxed| sums.charges.iter().find(|charge| charge.taxed == *taxed).map_or(Decimal::ZERO, |c| c.gross);
        let pairs = lines.iter().map(|line| share(&line.taxed)).zip(&self.expect);
        let wrong = pairs.filter(|(ours, theirs)| *ours != money(theirs));
        wrong.map(|(ours, theirs)| format!("{}: a share is {ours}, expected {theirs}", self.id)).collect()
    }
}
