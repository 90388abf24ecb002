//! `cargo flash-sale`: one product, many buyers at the same moment, on every channel of the build.
//!
//! The shops live in this process and the stack in another, with ports and a folder of its own, so that it can be killed in the
//! middle.

mod left;
mod probe;
mod report;
mod sold_out;
mod tally;

use crate::place::{Place, Wanted};
use crate::server::Server;
use aws::SystemClock;
use domain::Quantity;
use indicatif::{ProgressBar, ProgressStyle};
use left::Left;
use ports::{Clock, Error, ErrorKind, Result};
use probe::Delays;
use report::Report;
use sluis::say::say;
use sold_out::SoldOut;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tally::Tally;

/// Units left on each channel's own counter when all have bought: the channels must be told that these are not there.
const SPARE: u32 = 25;
/// What every other product starts with.
const OTHERS: u32 = 100;
/// Between two looks at what has been taken in.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);
/// Longest time without any progress before it is called stuck: twice the longest visibility of a queue.
const STUCK: jiff::SignedDuration = jiff::SignedDuration::from_mins(6);
/// Longest time from the last order to the last channel told: what was handed out when the stack was killed stays hidden for three
/// minutes, as it would in the cloud.
const SETTLING: jiff::SignedDuration = jiff::SignedDuration::from_mins(5);

/// What `flash-sale` takes.
///
/// Nobody can make several marketplaces refuse a buyer in the same instant: each sells from its own counter until it is told. So by
/// default the counters are stale on purpose: each shows more than all its buyers want, everybody buys at the same moment, and the
/// stack then has to take in every single order, cover exactly as many units as there are, record the others as short, lose none, and
/// set every channel to 0. A channel whose webhooks only say *which* order gets fewer buyers, because its own limit of reads a second
/// would make the run last for many minutes.
#[derive(Debug, Clone, clap::Args)]
pub struct FlashSale {
    /// Buyers, of one unit each.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    buyers: u32,
    /// Units that there are.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    units: u32,
    /// Kill the stack this many times on the way (SIGKILL), and start it again.
    #[arg(long, default_value_t = 0, value_name = "TIMES", value_parser = clap::value_parser!(u32).range(0..=20))]
    kill: u32,
    /// Let the channels sell no more than their counters show, each all of the units: fewer orders, and still more than there are
    /// units, for each channel shows them all.
    #[arg(long)]
    honest_counters: bool,
}

impl FlashSale {
    /// Runs it. Fails if a check fails.
    pub async fn run(&self) -> Result<ExitCode> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let wanted = Wanted { name: "flash-sale", first: self.units, others: OTHERS, local: String::new() };
        let mut place = Place::prepare(&wanted, &clock).await?;
        say!("starting the stack; its log is {}", place.log().display());
        let mut server = Server::start(&place, &[], clock.as_ref()).await?;
        say!("one sale each of {} other products, to see how long channels take to be told", probe::SALES);
        let delays = Delays::measure(&place, clock.as_ref()).await?;
        let writes_before = place.stock_writes();
        let accepted_before = place.accepted();
        say!("{} buyers for {} units of {}", self.buyers, self.units, place.sku);
        let began = clock.now();
        let mut tally = Tally::new(self.rush(&place));
        let bar = progress(tally.placed())?;
        let mut kills = 0;
        let mut told = 0;
        let mut moved_at = began;
        let mut sold_out = SoldOut::new(began);
        while !tally.complete() {
            sold_out.look_during(clock.sleep(BETWEEN_LOOKS), &place, clock.as_ref()).await;
            let look = tally.look(&server.table);
            match sold_out.look_during(look, &place, clock.as_ref()).await {
                Ok(0) => {}
                Ok(_) => moved_at = clock.now(),
                // The stack may be down for a moment because it was just killed; being stuck is noticed below.
                Err(error) => tracing::info!(%error, "the table does not answer"),
            }
            bar.set_position(tally.found());
            if bar.is_hidden() {
                told = tell_plainly(&tally, told);
            }
            let next_kill = tally.placed() * u64::from(kills + 1) / u64::from(self.kill + 1);
            if kills < self.kill && tally.found() >= next_kill {
                kills += 1;
                server.kill().await?;
                bar.suspend(|| say!("killed after {} orders; starting again", tally.found()));
                server = Server::start(&place, &[], clock.as_ref()).await?;
            }
            if clock.now().duration_since(moved_at) > STUCK {
                bar.abandon();
                let message = format!(
                    "stuck: {} of {} orders are in the table; see {}",
                    tally.found(),
                    tally.placed(),
                    place.keep_log().display()
                );
                return Err(Error::new(ErrorKind::Timeout, "flash sale", message));
            }
        }
        bar.finish();
        let taken_in_after = clock.now().duration_since(began);
        say!("all orders are in the table; waiting until every channel is told and every queue is empty");
        let told_by = clock.now().saturating_add(SETTLING).unwrap_or(began);
        while !(all_show_zero(&place) && server.pages.queues_are_empty().await) && clock.now() < told_by {
            sold_out.look_during(clock.sleep(BETWEEN_LOOKS), &place, clock.as_ref()).await;
        }
        let report = Report {
            buyers: u64::from(self.buyers),
            units: i64::from(self.units),
            kills,
            delays,
            taken_in_after,
            sold_out: sold_out.after(),
            pushes: place.stock_writes() - writes_before,
            deliveries: place.accepted() - accepted_before,
            shown: place.shown(&place.sku),
            left: Left::read(&server, &place).await?,
            tally,
        };
        server.kill().await?;
        let passed = report.print();
        if !passed {
            say!("the stack's log is kept: {}", place.keep_log().display());
        }
        place.close().await;
        Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Everybody buys. Answers every order that a channel took.
    fn rush(&self, place: &Place) -> Vec<tally::Order> {
        let mut orders = Vec::new();
        for (shop, buyers) in place.shops.iter().zip(place.share(self.buyers)) {
            let shown = if self.honest_counters { self.units } else { buyers + SPARE };
            let sold = shop.rush(&place.sku, Quantity::clamped(i64::from(shown)), buyers);
            orders.extend(sold.into_iter().map(|number| (shop.connection.clone(), number)));
        }
        orders
    }
}

fn all_show_zero(place: &Place) -> bool {
    place.shown(&place.sku).iter().all(|(_, shown)| *shown == Some(0))
}

/// Where there is no terminal to draw on: a line for every tenth.
fn tell_plainly(tally: &Tally, told: u64) -> u64 {
    let tenth = tally.found() * 10 / tally.placed().max(1);
    if tenth > told {
        say!("{} of {} orders taken in", tally.found(), tally.placed());
    }
    tenth.max(told)
}

fn progress(length: u64) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} orders taken in, {elapsed}")
        .map_err(|error| Error::new(ErrorKind::Bug, "flash sale", error.to_string()))?;
    Ok(ProgressBar::new(length).with_style(style))
}
