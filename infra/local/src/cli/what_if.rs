//! `sluis what-if`: what the last days would have been under other rules.

use super::api::{Api, Where, understood};
use crate::say::say;
use domain::{ConnectionId, Quantity, RuleChange, so_many};
use engine::views::{MOST_PER_PAGE, ProductWhatIf, WhatIfReport, WhatIfRequest, WhatIfSums};
use ports::{Error, ErrorKind, Result};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::str::FromStr;

/// What `what-if` takes.
#[derive(Debug, clap::Args)]
pub(super) struct WhatIfArguments {
    /// Days back from now that are played, from 1 to 30.
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=30))]
    days: u32,
    /// A rule to try, as often as you like: a connection (or `*` for all), a dot, and a setting as in `[connection.rule]`.
    ///
    /// For example `webshop.safety_stock=2`, `webshop.paused=true`, `*.percentage=50`.
    #[arg(long = "rule", value_name = "CONNECTION.SETTING=VALUE")]
    rules: Vec<Setting>,
    /// Put products in quota mode of which at most so many units are left; 0: none. As it is now if not said.
    #[arg(long, value_name = "N", value_parser = units)]
    quota_mode_below: Option<Quantity>,
    /// Products to name, those with most oversells avoided first.
    #[arg(long, value_name = "N", default_value_t = 20)]
    products: usize,
    #[command(flatten)]
    place: Where,
}

fn units(text: &str) -> std::result::Result<Quantity, String> {
    text.parse::<i64>().ok().and_then(|n| Quantity::new(n).ok()).ok_or_else(|| format!("`{text}` is no whole number of units"))
}

/// One setting to try.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Setting {
    /// `None`: on every connection.
    connection: Option<ConnectionId>,
    change: RuleChange,
}

impl FromStr for Setting {
    type Err = String;
    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let parts = text.split_once('=').and_then(|(left, value)| left.split_once('.').map(|(place, name)| (place, name, value)));
        let (place, name, value) = parts.ok_or_else(|| format!("`{text}` is no rule; for example webshop.safety_stock=2"))?;
        let connection =
            if place == "*" { None } else { Some(place.parse().map_err(|wrong: domain::Invalid| wrong.to_string())?) };
        let value: Value =
            serde_json::from_str(value).map_err(|_| format!("`{value}` is neither a whole number nor true or false"))?;
        let fields = Value::Object(Map::from_iter([(name.to_owned(), value)]));
        let change = serde_json::from_value::<RuleChange>(fields).map_err(|wrong| format!("`{text}`: {wrong}"))?;
        if change.quota_mode_below.is_some() {
            return Err("the threshold holds for all connections: say --quota-mode-below N".to_owned());
        }
        Ok(Self { connection, change })
    }
}

pub(super) async fn what_if(arguments: &WhatIfArguments, state: &Path) -> Result<ExitCode> {
    let api = Api::find(&arguments.place, state)?;
    let mut request = WhatIfRequest {
        days: arguments.days,
        default: RuleChange::default(),
        rules: BTreeMap::new(),
        quota_mode_below: arguments.quota_mode_below,
        cursor: None,
        limit: MOST_PER_PAGE,
    };
    for Setting { connection, change } in &arguments.rules {
        match connection {
            None => request.default = request.default.and(change),
            Some(id) => {
                let rule = request.rules.entry(id.clone()).or_default();
                *rule = rule.and(change);
            }
        }
    }
    let mut whole: Option<WhatIfReport> = None;
    loop {
        let body = serde_json::to_value(&request)
            .map_err(|error| Error::new(ErrorKind::Bug, "plan", format!("the request cannot be written: {error}")))?;
        let page: WhatIfReport = understood(api.send_json("what-if", &body).await?)?;
        request.cursor.clone_from(&page.next);
        whole = Some(match whole {
            None => page,
            Some(sum) => together(sum, page),
        });
        if let Some(report) = whole.as_mut() {
            keep(&mut report.products, arguments.products);
        }
        if request.cursor.is_none() {
            break;
        }
    }
    if let Some(report) = whole {
        let as_it_was = arguments.rules.is_empty() && arguments.quota_mode_below.is_none();
        for line in told(&report, as_it_was) {
            say!("{line}");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn together(sum: WhatIfReport, page: WhatIfReport) -> WhatIfReport {
    let products = sum.products.into_iter().chain(page.products).collect();
    let unreadable = sum.unreadable.into_iter().chain(page.unreadable).collect();
    let (total, looked_at) = (sum.total.plus(page.total), sum.products_checked + page.products_checked);
    WhatIfReport { total, products_checked: looked_at, products, next: page.next, unreadable, ..sum }
}

/// Those with most oversells avoided, and then those that cost most.
fn keep(products: &mut Vec<ProductWhatIf>, most: usize) {
    products.sort_by_key(|one| {
        std::cmp::Reverse((one.sums.oversells_avoided, one.sums.hidden_s - one.sums.hidden_now_s, one.sums.short))
    });
    products.truncate(most);
}

fn told(report: &WhatIfReport, as_it_was: bool) -> Vec<String> {
    let WhatIfSums { ordered: asked, short, oversells_avoided: avoided, sales_lost: not_sold, hidden_now_s, hidden_s } =
        report.total;
    let mut lines = vec![
        format!("{}, {:.0} to {:.0}", so_many(report.products_checked, "product"), report.from, report.until),
        String::new(),
    ];
    if as_it_was {
        lines.extend([
            "No rule was changed: this is what was. Try --rule '*.safety_stock=1' or --quota-mode-below 5.".to_owned(),
            String::new(),
        ]);
    }
    lines.extend([
        format!("{asked:>9}  units ordered, of which {short} came out short"),
        format!("{avoided:>9}  of those would not have: oversells avoided"),
        format!("{not_sold:>9}  units that were there and were sold would not have been"),
        format!(
            "{:>9}  listing-hours at 0 while there was stock; by the rules as they are {}",
            hours(hidden_s),
            hours(hidden_now_s)
        ),
    ]);
    if !report.products.is_empty() {
        lines.push(String::new());
        lines.push("    short  avoided  not sold  hours at 0 (now)".to_owned());
    }
    for ProductWhatIf { sku, sums, .. } in &report.products {
        let WhatIfSums { short, oversells_avoided: avoided, sales_lost: not_sold, hidden_now_s, hidden_s, .. } = sums;
        lines.push(format!(
            "{short:>9} {avoided:>8} {not_sold:>9} {:>11} {:>7}  {sku}",
            hours(*hidden_s),
            format!("({})", hours(*hidden_now_s))
        ));
    }
    lines.push(String::new());
    lines.push("Taken for granted:".to_owned());
    lines.extend(report.assumptions.iter().map(|text| format!("- {text}")));
    if !report.unreadable.is_empty() {
        lines.extend([String::new(), "Left out, because it cannot be read:".to_owned()]);
        lines.extend(report.unreadable.iter().map(|one| format!("- {}: {}", one.key, one.error)));
    }
    lines
}

/// With one digit after the point, rounded down.
fn hours(seconds: i64) -> String {
    let tenths = seconds / 360;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_read_and_what_is_none_is_told() {
        let setting: Setting = "web-shop.safety_stock=2".parse().unwrap();
        assert_eq!(setting.connection.unwrap().as_str(), "web-shop");
        assert_eq!(setting.change.safety_stock.unwrap().units(), 2);
        let all: Setting = "*.paused=true".parse().unwrap();
        assert_eq!((all.connection, all.change.paused), (None, Some(true)));
        for (wrong, why) in [
            ("safety_stock=2", "is no rule"),
            ("web.safety_stock", "is no rule"),
            ("Web Shop.safety_stock=2", "connection"),
            ("web.safety=2", "unknown field"),
            ("web.safety_stock=two", "neither"),
            ("web.percentage=200", "percentage"),
            ("web.quota_mode_below=2", "--quota-mode-below"),
        ] {
            let told = wrong.parse::<Setting>().unwrap_err();
            assert!(told.contains(why), "{wrong}: {told}");
        }
    }

    #[test]
    fn the_worst_oversells_come_first_and_pages_are_summed() {
        let sums = |short, avoided, hidden_s| WhatIfSums {
            ordered: 9,
            short,
            oversells_avoided: avoided,
            sales_lost: 1,
            hidden_now_s: 3600,
            hidden_s,
        };
        let product = |sku: &str, sums| ProductWhatIf { sku: sku.parse().unwrap(), sums, listings: Vec::new() };
        let page = |products: Vec<ProductWhatIf>, next: Option<&str>| WhatIfReport {
            from: "2026-11-17T12:00:00Z".parse().unwrap(),
            until: "2026-11-24T12:00:00Z".parse().unwrap(),
            assumptions: vec!["the past was as it was".to_owned()],
            products_checked: 2,
            total: products.iter().fold(WhatIfSums::default(), |sum, one| sum.plus(one.sums)),
            products,
            next: next.map(str::to_owned),
            unreadable: Vec::new(),
        };
        let one = page(vec![product("A", sums(1, 0, 7200)), product("B", sums(3, 2, 9999))], Some("B"));
        let mut whole = together(one, page(vec![product("C", sums(4, 3, 3600))], None));
        keep(&mut whole.products, 2);
        assert_eq!(
            told(&whole, false),
            [
                "4 products, 2026-11-17T12:00:00Z to 2026-11-24T12:00:00Z",
                "",
                "       27  units ordered, of which 8 came out short",
                "        5  of those would not have: oversells avoided",
                "        3  units that were there and were sold would not have been",
                "      5.7  listing-hours at 0 while there was stock; by the rules as they are 3.0",
                "",
                "    short  avoided  not sold  hours at 0 (now)",
                "        4        3         1         1.0   (1.0)  C",
                "        3        2         1         2.7   (1.0)  B",
                "",
                "Taken for granted:",
                "- the past was as it was",
            ]
        );
    }
}
