//! The explanation as text, for a terminal.

use super::super::BlockingOrder;
use super::Explanation;
use super::figure::{FigureExplained, Term, TermCause};
use super::listing::{ListingExplained, PublicationExplained, PushState, RuleSource, Step, StepExplained};
use crate::publish::stock::NotPublished;
use domain::{LocationId, StockSettings, so_many};
use std::fmt::{Display, Formatter, Result, Write};

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let names = [self.product.title.as_str(), self.product.variant.as_str()];
        let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
        writeln!(f, "{}  {}\nas of {:.0}\n", self.product.sku, names.join(", "), self.at)?;
        match self.consistent {
            Some(true) => {}
            Some(false) => writeln!(
                f,
                "!! A FIGURE IS NOT THE SUM OF ITS MOVEMENTS. Something is broken: see below, and count before you trust it.\n"
            )?,
            None => {
                writeln!(f, "!! WHETHER THE FIGURES ARE THE SUM OF THEIR MOVEMENTS IS NOT KNOWN: see what cannot be read.\n")?;
            }
        }
        for one in &self.unreadable {
            writeln!(f, "!! cannot be read: {}: {}", one.key, one.error)?;
        }
        if !self.unreadable.is_empty() {
            f.write_char('\n')?;
        }
        self.locations.iter().try_for_each(|one| figure(f, one))?;
        if self.locations.is_empty() && self.unreadable.is_empty() {
            writeln!(f, "It lies at no location.\n")?;
        }
        if let Some(short) = self.short.filter(|short| !short.is_zero()) {
            writeln!(f, "{short} promised that nothing covers: owed before any is shown.\n")?;
        }
        if self.quota_mode == Some(true) {
            let below = self.quota_mode_below.map(|below| {
                format!(", as {below} or fewer were left, until more than {} are", StockSettings::quota_up_to(below))
            });
            let below = below.unwrap_or_default();
            writeln!(f, "It is shared out{below}: every listing may sell its own share only, and nothing is sold ahead.\n")?;
        }
        for bundle in &self.bundles {
            writeln!(f, "It is part of the bundle {bundle}, whose figure follows.")?;
        }
        self.listings.iter().try_for_each(|one| listing(f, one))?;
        if self.listings.is_empty() && self.unreadable.is_empty() {
            writeln!(f, "No listing was asked for, or none is matched to it: nobody is told.")?;
        }
        Ok(())
    }
}

fn figure(f: &mut Formatter<'_>, one: &FigureExplained) -> Result {
    writeln!(f, "{}   available    reserved", wide(one.location.as_str()))?;
    for term in &one.terms {
        let times = if term.movements == 1 { "once".to_owned() } else { format!("{} times", term.movements) };
        let name = wide(&name(term));
        writeln!(f, "  {name} {:>9} {:>11}   {times}, last {:.0}", signed(term.available), signed(term.reserved), term.last_at)?;
    }
    let sum = one.sum;
    let on_hand = one.stock.map_or_else(|| "not known how many".to_owned(), |figure| figure.on_hand().to_string());
    writeln!(f, "  {} {:>9} {:>11}   {on_hand} on hand", wide("together"), sum.available, sum.reserved)?;
    if let Some(figure) = one.stock.filter(|_| one.consistent == Some(false)) {
        writeln!(f, "  !! THE ROW SAYS {} AND {}, WHICH THE MOVEMENTS DO NOT LEAD TO", figure.available, figure.reserved)?;
    }
    f.write_char('\n')
}

fn wide(text: &str) -> String {
    format!("{text:<36}")
}

fn signed(units: i64) -> String {
    if units == 0 { "·".to_owned() } else { format!("{units:+}") }
}

fn name(term: &Term) -> String {
    let of = |what: &str| match &term.connection {
        Some(connection) => format!("{what} {connection}"),
        None => what.trim_end_matches(" on").trim_end_matches(" for").trim_end_matches(" by").trim_end_matches(" of").to_owned(),
    };
    match term.cause {
        TermCause::Opening => "opening".to_owned(),
        TermCause::Added => "added by hand (receipts, counts)".to_owned(),
        TermCause::TakenOff => "taken off by hand".to_owned(),
        TermCause::Edited => of("changed by the staff of"),
        TermCause::TransferredIn => "brought here from elsewhere".to_owned(),
        TermCause::TransferredOut => "brought elsewhere".to_owned(),
        TermCause::Sold => of("set aside for orders on"),
        TermCause::GivenBack => of("given back by orders on"),
        TermCause::WrittenOff => of("not there, and written off for"),
        TermCause::Covered => of("taken for short orders on"),
        TermCause::Restocked => of("came back sellable from"),
        TermCause::Shipped => of("shipped for"),
        TermCause::Unexplained => "!! MOVED BY NO ORDER IN PARTICULAR".to_owned(),
    }
}

fn listing(f: &mut Formatter<'_>, one: &ListingExplained) -> Result {
    let channel = one.channel.as_ref().map(|channel| format!(" ({channel})")).unwrap_or_default();
    writeln!(f, "\n{}{channel}, listing {}", one.connection, one.offer)?;
    let (target, told) = match (one.target_quantity, &one.publication) {
        (_, PublicationExplained::NotPublished { reason: NotPublished::NotConfigured }) => {
            return writeln!(f, "  The connection is no longer configured: nobody is told.");
        }
        (Some(target), push) => (target, !matches!(push, PublicationExplained::NotPublished { .. })),
        (None, PublicationExplained::NotPublished { reason }) => return not_told(f, *reason),
        (None, _) => return writeln!(f, "  What it should show is not known, because a row cannot be read."),
    };
    if one.leads_stock {
        writeln!(f, "  It leads the stock: it is shown all there is, and what its staff change there is a correction.")?;
    }
    if one.backorders {
        writeln!(f, "  The channel sells it on when none is left (backorders): it can sell what others sold.")?;
    }
    for part in &one.parts {
        writeln!(f, "  {:>9}  {}, {} of it in one: makes {}", part.available, part.sku, part.units, part.yields)?;
    }
    for step in one.steps.iter().filter(|step| !does_nothing(step)) {
        writeln!(f, "  {:>9}  {}{}", step.units, words(step, &one.locations), said(step.set_by))?;
    }
    let shared = one.steps.iter().any(|step| step.step == Step::Share);
    writeln!(
        f,
        "  {:>9}  {}",
        target,
        match (told, shared) {
            (true, true) => "may be sold there at most now",
            (true, false) => "is to be shown",
            (false, _) => "would be shown if it were told",
        }
    )?;
    for place in &one.channel_locations {
        writeln!(f, "  {:>9}  of these at {}", place.target_quantity, place.location)?;
    }
    push(f, one)
}

/// A step of a rule that says nothing.
fn does_nothing(step: &StepExplained) -> bool {
    let neutral = match step.step {
        Step::Short | Step::SafetyStock | Step::PreOrder | Step::Minimum | Step::Paused => Some(0),
        Step::Percentage => Some(100),
        Step::Maximum => None,
        Step::Available | Step::Bundle | Step::ChannelTakes | Step::Share => return false,
    };
    step.setting == neutral
}

fn words(step: &StepExplained, locations: &[LocationId]) -> String {
    let number = step.setting.unwrap_or_default();
    match step.step {
        Step::Available => {
            let places: Vec<_> = locations.iter().map(LocationId::as_str).collect();
            format!("available at {}", places.join(", "))
        }
        Step::Short => format!("less {number} owed"),
        Step::Bundle => "as many as the scarcest of its products makes, less what is owed".to_owned(),
        Step::SafetyStock => format!("less {number} held back (safety_stock)"),
        Step::Percentage => format!("{number}% of that (percentage)"),
        Step::PreOrder => format!("with {number} to sell ahead (pre_order)"),
        Step::Maximum => format!("at most {number} (maximum)"),
        Step::Minimum => format!("0 if fewer than {number} (minimum)"),
        Step::Paused => "paused".to_owned(),
        Step::ChannelTakes => format!("at most {number}, which the channel takes"),
        Step::Share => format!("its share, by its part of {number} (weight)"),
    }
}

fn said(from: Option<RuleSource>) -> &'static str {
    match from {
        None => "",
        Some(RuleSource::Connection) => ", said for the connection",
        Some(RuleSource::Product) => ", said for the product",
        Some(RuleSource::ProductOnConnection) => ", said for the product here",
    }
}

fn not_told(f: &mut Formatter<'_>, why: NotPublished) -> Result {
    let words = match why {
        NotPublished::ImportOnly => "only orders are taken in from this connection (publishing: nothing)",
        NotPublished::NotSelected => "this connection is told of some products only, and this is none of them",
        NotPublished::NotTracked => {
            "the channel does not track its stock, shows no whole number, or sells the marketplace's own; `start_tracking` in a rule has the first of these tracked"
        }
        NotPublished::NotConfigured => "the connection is no longer configured",
    };
    writeln!(f, "  It is not told, on purpose: {words}.")
}

fn push(f: &mut Formatter<'_>, one: &ListingExplained) -> Result {
    let told = match (one.published_quantity, one.published_at) {
        (Some(told), Some(at)) => format!("  {told:>9}  told last, {at:.0}"),
        (Some(told), None) => format!("  {told:>9}  told last"),
        (None, Some(_)) => format!("  {:>9}  what it was told last is not known", "?"),
        (None, None) => format!("  {:>9}  never told so far", "-"),
    };
    let (state, push) = match &one.publication {
        PublicationExplained::UpToDate(push) => ("as it should be", push),
        PublicationExplained::Pending(push) => ("a push is on its way", push),
        PublicationExplained::OnHold { orders, .. } => {
            writeln!(f, "{told}: held down, and rises once you have decided about")?;
            orders.iter().try_for_each(|one| writeln!(f, "             {one}"))?;
            return orders.iter().try_for_each(|one| to_do(f, one));
        }
        PublicationExplained::Failed(push) => ("the last push failed", push),
        PublicationExplained::NotPublished { reason } => {
            if one.published_quantity.is_some() {
                writeln!(f, "{told}")?;
            }
            return not_told(f, *reason);
        }
        PublicationExplained::Unknown => return writeln!(f, "{told}"),
    };
    writeln!(f, "{told}: {state}")?;
    let is_right = matches!(one.publication, PublicationExplained::UpToDate(_));
    if one.published_quantity.is_some() && !push.up_to_date && is_right {
        writeln!(f, "             (worked out from an earlier state of the stock, which leads to the same)")?;
    }
    pending(f, push, is_right)
}

/// How a person decides about an order that holds a figure down.
fn to_do(f: &mut Formatter<'_>, one: &BlockingOrder) -> Result {
    match &one.order {
        Some(order) if !one.lines.is_empty() => {
            writeln!(
                f,
                "             see in {} what it is, and then: sluis order {} {order} --resolve-lines",
                one.connection, one.connection
            )
        }
        Some(_) | None => writeln!(f, "             see what needs attention: sluis attention"),
    }
}

fn pending(f: &mut Formatter<'_>, push: &PushState, is_right: bool) -> Result {
    // One that is right has nowhere to rise to.
    if let Some(at) = push.lowered_at.filter(|_| !is_right) {
        writeln!(f, "             lowered by us or by sales {at:.0}: rises again once orders up to then are taken in")?;
    }
    if let Some(until) = push.postponed_until {
        writeln!(f, "             the next push waits until {until:.0}")?;
    }
    match (push.lease_until, push.lease_expired) {
        (_, true) => writeln!(f, "             a push died on the way: somebody will look what the channel shows")?,
        (Some(until), false) => writeln!(f, "             a push holds it until {until:.0} at the latest")?,
        (None, false) => {}
    }
    if push.recheck {
        writeln!(f, "             the figure moved meanwhile: that push looks once more")?;
    }
    if push.failures > 0 {
        writeln!(f, "             failed {} in a row", so_many(push.failures, "time"))?;
    }
    match &push.error {
        Some(problem) => writeln!(f, "             {problem}"),
        None => Ok(()),
    }
}
