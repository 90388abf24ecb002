//! The explanation as text, for a terminal.

use super::Explanation;
use super::figure::{FigureExplained, Term, TermKind};
use super::listing::{ListingExplained, PushExplained, PushState, Step, StepExplained, Whence};
use crate::publish_stock::NotTold;
use domain::{LocationId, Quantity};
use std::fmt::{Display, Formatter, Result, Write};

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let names = [self.article.title.as_str(), self.article.variant.as_str()];
        let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
        writeln!(f, "{}  {}\nas of {:.0}\n", self.article.sku, names.join(", "), self.at)?;
        match self.agrees {
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
            writeln!(f, "!! cannot be read: {}: {}", one.key, one.problem)?;
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
        if self.shared_out == Some(true) {
            let below = self.quota_below.map(|below| format!(", as {below} or fewer were left")).unwrap_or_default();
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
    let on_hand = one.figure.map_or_else(|| "not known how many".to_owned(), |figure| figure.on_hand().to_string());
    writeln!(f, "  {} {:>9} {:>11}   {on_hand} on hand", wide("together"), sum.available, sum.reserved)?;
    if let Some(figure) = one.figure.filter(|_| one.agrees == Some(false)) {
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
    match term.kind {
        TermKind::Opening => "opening".to_owned(),
        TermKind::Added => "added by hand (receipts, counts)".to_owned(),
        TermKind::TakenOff => "taken off by hand".to_owned(),
        TermKind::Edited => of("changed by the staff of"),
        TermKind::TransferredIn => "brought here from elsewhere".to_owned(),
        TermKind::TransferredOut => "brought elsewhere".to_owned(),
        TermKind::Sold => of("set aside for orders on"),
        TermKind::GivenBack => of("given back by orders on"),
        TermKind::WrittenOff => of("not there, and written off for"),
        TermKind::Covered => of("taken for short orders on"),
        TermKind::Restocked => of("came back sellable from"),
        TermKind::Shipped => of("shipped for"),
        TermKind::Unexplained => "!! MOVED BY NO ORDER IN PARTICULAR".to_owned(),
    }
}

fn listing(f: &mut Formatter<'_>, one: &ListingExplained) -> Result {
    let channel = one.channel.as_ref().map(|channel| format!(" ({channel})")).unwrap_or_default();
    writeln!(f, "\n{}{channel}, item {}", one.connection, one.offer)?;
    let (target, told) = match (one.target, &one.push) {
        (_, PushExplained::NotTold { why: NotTold::NotConfigured }) => {
            return writeln!(f, "  The connection is no longer configured: nobody is told.");
        }
        (Some(target), push) => (target, !matches!(push, PushExplained::NotTold { .. })),
        (None, PushExplained::NotTold { why }) => return not_told(f, *why),
        (None, _) => return writeln!(f, "  What it should show is not known, because a row cannot be read."),
    };
    if one.leads {
        writeln!(f, "  It leads the stock: it is shown all there is, and what its staff change there is a correction.")?;
    }
    if one.backorders {
        writeln!(f, "  The channel sells it on when none is left (backorders): it can sell what others sold.")?;
    }
    for part in &one.parts {
        writeln!(f, "  {:>9}  {}, {} of it in one: makes {}", part.free, part.sku, part.units, part.makes)?;
    }
    for step in one.steps.iter().filter(|step| !does_nothing(step)) {
        writeln!(f, "  {:>9}  {}{}", step.units, words(step, &one.locations), said(step.from))?;
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
    for place in &one.places {
        writeln!(f, "  {:>9}  of these at {}", place.target, place.location)?;
    }
    push(f, one)
}

/// A step of a rule that says nothing.
fn does_nothing(step: &StepExplained) -> bool {
    let neutral = match step.step {
        Step::Short | Step::SafetyStock | Step::PreOrder | Step::LeastShown | Step::Paused => Some(0),
        Step::Percent => Some(100),
        Step::MostShown => None,
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
        Step::Bundle => "as many as the scarcest of its articles makes, less what is owed".to_owned(),
        Step::SafetyStock => format!("less {number} held back (safety_stock)"),
        Step::Percent => format!("{number}% of that (percent)"),
        Step::PreOrder => format!("with {number} to sell ahead (pre_order)"),
        Step::MostShown => format!("at most {number} (most_shown)"),
        Step::LeastShown => format!("0 if fewer than {number} (least_shown)"),
        Step::Paused => "paused".to_owned(),
        Step::ChannelTakes => format!("at most {number}, which the channel takes"),
        Step::Share => format!("its share, by its part of {number} (share)"),
    }
}

fn said(from: Option<Whence>) -> &'static str {
    match from {
        None => "",
        Some(Whence::Connection) => ", said for the connection",
        Some(Whence::Article) => ", said for the article",
        Some(Whence::ArticleHere) => ", said for the article here",
    }
}

fn not_told(f: &mut Formatter<'_>, why: NotTold) -> Result {
    let words = match why {
        NotTold::ImportOnly => "only orders are taken in from this connection (publishing: nothing)",
        NotTold::NotInPilot => "this connection is told of some products only, and this is none of them",
        NotTold::NotTracked => "the channel does not track its stock, and no rule says start_tracking",
        NotTold::NotConfigured => "the connection is no longer configured",
    };
    writeln!(f, "  It is not told, on purpose: {words}.")
}

fn push(f: &mut Formatter<'_>, one: &ListingExplained) -> Result {
    let told = one.told.map_or_else(|| "not known, or never told".to_owned(), |told: Quantity| told.to_string());
    let when = one.told_at.map(|at| format!(", {at:.0}")).unwrap_or_default();
    let (state, push) = match &one.push {
        PushExplained::Right(push) => ("as it should be", push),
        PushExplained::Pending(push) => ("a push is on its way", push),
        PushExplained::Problem(push) => ("the last push failed", push),
        PushExplained::NotTold { why } => {
            if one.told.is_some() {
                writeln!(f, "  {told:>9}  told last{when}")?;
            }
            return not_told(f, *why);
        }
        PushExplained::Unknown => return writeln!(f, "  {told:>9}  told last{when}"),
    };
    writeln!(f, "  {told:>9}  told last{when}: {state}")?;
    if one.told.is_some() && !push.told_of_now && matches!(one.push, PushExplained::Right(_)) {
        writeln!(f, "             (worked out from an earlier state of the stock, which leads to the same)")?;
    }
    pending(f, push)
}

fn pending(f: &mut Formatter<'_>, push: &PushState) -> Result {
    if let Some(at) = push.lowered_at {
        writeln!(f, "             lowered by us or by sales {at:.0}: rises again once orders up to then are taken in")?;
    }
    if let Some(until) = push.put_off_until {
        writeln!(f, "             the next push waits until {until:.0}")?;
    }
    match (push.held_until, push.holder_died) {
        (_, true) => writeln!(f, "             a push died on the way: somebody will look what the channel shows")?,
        (Some(until), false) => writeln!(f, "             a push holds it until {until:.0} at the latest")?,
        (None, false) => {}
    }
    if push.look_again {
        writeln!(f, "             the figure moved meanwhile: that push looks once more")?;
    }
    if push.failures > 0 {
        writeln!(f, "             failed {} times in a row", push.failures)?;
    }
    match &push.problem {
        Some(problem) => writeln!(f, "             {problem}"),
        None => Ok(()),
    }
}
