//! The report in plain words: a table over all, one per scenario, and what the study assumes.

use super::figures::{Figures, over_scenarios, spread};
use super::results::Results;
use super::{policies, scenarios};
use std::fmt::Write as _;

/// The report in Markdown.
pub(super) fn markdown(results: &Results) -> String {
    let mut text = String::from(HEAD);
    headline(&mut text, results);
    text.push_str(MEASURES);
    text.push_str("## The scenarios, one by one\n");
    for (place, scenario) in scenarios::ALL.iter().enumerate() {
        let worlds = results.worlds(place, 0).len();
        let _ = writeln!(text, "\n### {}\n\n{} {worlds} worlds.\n", capital(scenario.name), scenario.words);
        one(&mut text, results, place);
    }
    text.push_str(ASSUMPTIONS);
    text
}

fn headline(text: &mut String, results: &Results) {
    text.push_str(
        "| policy | orders | oversold per 100,000 orders | 95 of 100 resamples | missing at once | \
         sold-out hours lost, of 1,000 | left unsold, per 1,000 orders | stock writes per 1,000 orders |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for (place, policy) in policies::ALL.iter().enumerate() {
        let worlds = results.of_policy(place);
        let orders = Figures::sum(worlds.iter().flatten()).orders;
        let rates = over_scenarios(&worlds);
        let (low, high) = spread(&worlds);
        let _ = writeln!(
            text,
            "| {} | {} | **{}** | {} to {} | {} | {} | {} | {} |",
            policy.name,
            grouped(orders),
            grouped(rates.oversold),
            grouped(low),
            grouped(high),
            grouped(rates.missing),
            tenths(rates.lost),
            tenths(rates.left_unsold),
            grouped(rates.pushes),
        );
    }
}

fn one(text: &mut String, results: &Results, scenario: usize) {
    text.push_str(
        "| policy | orders | units oversold | in so many worlds | per 100,000 orders | missing at once | \
         sold-out hours lost, of 1,000 | left unsold, per 1,000 orders | stock writes per 1,000 orders |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for (place, policy) in policies::ALL.iter().enumerate() {
        let worlds = results.worlds(scenario, place);
        let sum = Figures::sum(worlds);
        let rates = sum.rates();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
            policy.name,
            grouped(sum.orders),
            grouped(sum.oversold),
            worlds.iter().filter(|w| w.oversold > 0).count(),
            grouped(rates.oversold),
            grouped(sum.missing),
            tenths(rates.lost),
            tenths(rates.left_unsold),
            grouped(rates.pushes),
        );
    }
}

/// With commas between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Tenths as a number with one decimal.
pub(super) fn tenths(number: u64) -> String {
    format!("{}.{}", grouped(number / 10), number % 10)
}

/// With a capital letter.
fn capital(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    first.to_uppercase() + rest
}

const HEAD: &str = "\
# How much is oversold

The same customers come to the same three shops; what differs is how stock is told from shop to shop. Made by

```sh
cargo sim --study            # three minutes on one core; the same bytes on every machine
cargo sim --study --check    # seconds: the first worlds again, held to what is published here
```

![Units oversold, sold-out hours lost and stock writes, by policy](oversold.svg)

The mean of the five scenarios below, each counting the same:

";

const MEASURES: &str = "
* *Oversold*: units sold at a moment when every unit there ever was had been sold, counted at the shops and not from anybody's books.
* *95 of 100 resamples*: how far the luck of the draw reaches, from a thousand redraws of the worlds; where nothing was oversold, up to what
  the true rate may still be (three in all orders).
* *Missing at once*: the most units that customers waited for in vain at one time, of each product and between two receipts, per 100,000
  orders (below: units). A unit that comes free and is sold on, instead of going to somebody who waits, is oversold again, but not missing
  twice.
* *Sold-out hours lost*: hours in which a listing showed nothing while there was unsold stock, of 1,000 hours of all listings.
* *Left unsold*: units left at the end that a customer had asked for in vain.
* *Stock writes*: figures that the channels put in force.

No market is a mean of scenarios: read the one that is like yours. Each row of [worlds.csv](worlds.csv) is one world under one policy.

";

const ASSUMPTIONS: &str = "
## What is played

* **The shops** are the simulators of the three channels: each sells from its own counter, refuses what the counter does not hold, lowers
  it by its own sales, puts cancelled units back by itself, has its own rate limits, tokens, late order lists and webhooks. All policies
  call them through the same connectors, with real requests.
* **Customers** are drawn before any policy is known: when, where (five, three and two of ten), which product, how many (one unit in four of
  five cases, at most three). Whoever finds too little leaves. Four of a hundred orders are cancelled within the hour. A customer of one
  policy is the same customer of every other, as long as the window lets him in.
* **Copied every n minutes** is what paid tools publish as their interval: every n minutes all channels' new orders are read, subtracted
  from one book, and what is left is written to every channel where it changed. The first round comes at a random moment. They read no
  webhooks.
* **Immediate mirroring** does the same at every webhook at once, and reads all orders every five minutes besides. It does not look at a
  channel before it writes, and waits with nothing.
* Both are played as well as they can be done: their book is right, they lose nothing, never crash, wait when a channel asks them to, never
  let an older figure follow a newer one, and their book costs no time. Where a channel restocked a cancelled order, they write anew.
* **Sluis** is the engine itself, on its ports in memory: webhooks, queues, functions and schedules as the template has them; every call of
  its table, queues and bus takes 3 to 9 ms, every message 20 to 120 ms. *Mirror*: every channel shows all that is left. *2 held back*: two
  units less, the safety stock. *Quota always*: what is left is shared out, so that no channel can sell what another sold; a product of one
  unit is then on one channel only, which is what quota costs the long tail. *Quota below 20 units*: mirror, and shares once at most 20 are
  left.
* **Time** is virtual. A call to a channel takes 100 to 400 ms, a webhook 0.2 to 1.5 s after the channel sent it, and some channels send
  late by themselves. A channel that does not answer costs the caller 10 s.
* **Goods that come in** are entered at that moment. Whoever waits for a missing unit is served first, under every policy.

## What is not played

Crashes, doubled deliveries, lost answers and merchants who edit figures in a channel's own screen: they would hurt the others more, and
`cargo sim` plays them for Sluis. Customers who come back later, or go to another shop. Bundles, several warehouses, returns. Tools that
mix the ways shown here: many paid tools copy some channels by webhook and others at an interval.

Nothing oversold in some ten thousand orders is not yet never: that no order can be oversold in quota mode is shown by the models in
`tests/model`, and under all faults by the worlds of `cargo sim`.
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!([grouped(0), grouped(999), grouped(1_000), grouped(1_234_567)], ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([tenths(7), tenths(12_345)], ["0.7", "1,234.5"]);
    }
}
