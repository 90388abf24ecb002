//! What of the stock a channel is told of a product, and what differs for it.

use crate::form::{Form, Sent};
use crate::reader::{Reader, say};
use crate::unreadable::unreadable;
use domain::{Quantity, Right, RuleChange, StockRule};
use engine::views::{ChangeView, RulesView};
use maud::{Markup, html};

/// The section of a product's page.
pub(crate) fn section(reader: &Reader, address: &str, rules: &RulesView, sent: Option<&Sent>) -> Markup {
    html! {
        section aria-labelledby="which-rules" {
            h2 #which-rules { (say!(reader, "rules")) }
            (unreadable(reader, &rules.unreadable))
            p { @match rules.quota_mode_below {
                Some(below) => (say!(reader, "quota-mode-below", n = below)),
                None => (say!(reader, "quota-mode-never")),
            } }
            h3 { (say!(reader, "everywhere")) }
            (said(reader, rules.product.as_ref()))
            (form(reader, address, "", rules.product.as_ref(), sent))
            @for one in &rules.connections {
                h3 { (one.connection) }
                @match &one.effective {
                    Some(rule) => p { (in_words(reader, rule)) },
                    None => p .problem { (say!(reader, "rule-not-known")) },
                }
                (said(reader, one.product_override.as_ref()))
                (form(reader, address, one.connection.as_str(), one.product_override.as_ref(), sent))
            }
        }
    }
}

fn said(reader: &Reader, change: Option<&ChangeView>) -> Markup {
    html! { @if let Some(change) = change { p .soft { (say!(reader, "said-by", by = &change.by, at = reader.clock(change.at))) } } }
}

fn in_words(reader: &Reader, rule: &StockRule) -> String {
    let mut words = Vec::new();
    if rule.paused {
        words.push(say!(reader, "rule-paused"));
    }
    if !rule.safety_stock.is_zero() {
        words.push(say!(reader, "rule-safety-stock", n = rule.safety_stock));
    }
    if rule.percentage != domain::Percentage::ALL {
        words.push(say!(reader, "rule-percentage", n = i64::from(rule.percentage)));
    }
    if !rule.pre_order.is_zero() {
        words.push(say!(reader, "rule-pre-order", n = rule.pre_order));
    }
    if let Some(maximum) = rule.maximum {
        words.push(say!(reader, "rule-maximum", n = maximum));
    }
    if !rule.minimum.is_zero() {
        words.push(say!(reader, "rule-minimum", n = rule.minimum));
    }
    if rule.weight != 1 {
        words.push(say!(reader, "rule-weight", n = rule.weight));
    }
    if words.is_empty() { say!(reader, "rule-all") } else { words.join(" · ") }
}

fn form(reader: &Reader, address: &str, connection: &str, change: Option<&ChangeView>, sent: Option<&Sent>) -> Markup {
    let act = if connection.is_empty() { "rules" } else { "rules-on" };
    let form = Form::new(reader, address, (act, Right::ManageCatalogue), connection, sent);
    let change = change.map(|change| change.change.clone()).unwrap_or_default();
    let units = |units: Option<Quantity>| units.map(|units| units.to_string()).unwrap_or_default();
    let most = Quantity::MAX.units();
    let RuleChange { safety_stock, percentage, pre_order, maximum, minimum, paused, weight, start_tracking, quota_mode_below } =
        change;
    let percentage = percentage.map(|percent| i64::from(percent).to_string()).unwrap_or_default();
    let weight = weight.map(|weight| weight.to_string()).unwrap_or_default();
    let fields = html! {
        p .soft { (say!(reader, "rules-left-out")) }
        (form.number("safety_stock", &say!(reader, "safety-stock"), &units(safety_stock), (0, most), false))
        (form.number("percentage", &say!(reader, "percentage"), &percentage, (0, 100), false))
        (form.number("maximum", &say!(reader, "maximum"), &units(maximum), (0, most), false))
        (form.number("minimum", &say!(reader, "minimum"), &units(minimum), (0, most), false))
        (form.number("pre_order", &say!(reader, "pre-order"), &units(pre_order), (0, most), false))
        (form.number("weight", &say!(reader, "weight"), &weight, (0, 100), false))
        (form.select("paused", &say!(reader, "paused"), &yes_or_no(reader), flag(paused)))
        (form.select("start_tracking", &say!(reader, "start-tracking"), &yes_or_no(reader), flag(start_tracking)))
        @if connection.is_empty() { (form.number("quota_mode_below", &say!(reader, "quota-mode-from"), &units(quota_mode_below), (0, most), false)) }
    };
    form.folded(&say!(reader, "change-rules"), &fields)
}

fn yes_or_no(reader: &Reader) -> [(String, String); 3] {
    [
        (String::new(), say!(reader, "as-everywhere")),
        ("true".to_owned(), say!(reader, "yes")),
        ("false".to_owned(), say!(reader, "no")),
    ]
}

fn flag(is: Option<bool>) -> &'static str {
    match is {
        None => "",
        Some(true) => "true",
        Some(false) => "false",
    }
}
