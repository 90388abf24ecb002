//! `cargo soak`: a steady load on every channel for a long time, faults and deaths all the while, and everything held against what
//! the shops and the warehouse know.
//!
//! As in a flash sale, the shops live in this process and the stack in another, so that it can be killed. Checks look from outside
//! alone: at the JSON API and at the shops' windows.

mod api;
mod books;
mod curve;
mod injected;
mod load;
mod report;
mod seen;
mod verdict;
mod watch;

use crate::place::{Place, Wanted};
use crate::server::Server;
use aws::SystemClock;
use books::{Answered, Books};
use curve::{Curve, Sample};
use domain::so_many;
use indicatif::{ProgressBar, ProgressStyle};
use injected::Injected;
use jiff::{SignedDuration, Timestamp};
use load::Load;
use ports::{Clock, Error, ErrorKind, Result};
use report::Report;
use seen::Seen;
use sluis::chaos::{Rate, on_time};
use sluis::say::say;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use watch::Watched;

/// Units of every product at the start.
const OPENING: u32 = 60;
/// Between two looks.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);
/// Looks at memory and disk over the whole time.
const SAMPLES: i64 = 30;
/// Longest time from the last fault until all is at rest: twice the longest visibility of a queue, and a lease and a closed gate.
const SETTLING: SignedDuration = SignedDuration::from_mins(8);
/// Looks in a row at which all must be at rest: a push may be between its queue and its channel.
const LOOKS_AT_REST: u32 = 3;

/// What `soak` takes.
#[derive(Debug, Clone, clap::Args)]
pub struct Soak {
    /// How long the load goes on, in minutes.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=10_080))]
    minutes: u32,
    /// How long, in seconds instead.
    #[arg(long, conflicts_with = "minutes", value_parser = clap::value_parser!(u32).range(10..=600_000))]
    seconds: Option<u32>,
    /// This part of all calls goes wrong: 0.1 is every tenth; at most 0.5; 0 for none.
    #[arg(long, default_value = "0.1", value_name = "RATE")]
    chaos: Rate,
    /// Decides customers, corrections and the dice of chaos; not which call rolls them next, which is up to the machine.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Customers in a second, over all channels. The usual number leaves two cores mostly idle.
    #[arg(long, default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=200))]
    rate: u32,
    /// Kill the stack (SIGKILL) and start it again every so many seconds; a fourth of the whole time if not given, 0 for never.
    #[arg(long, value_name = "SECONDS")]
    kill_every: Option<u32>,
    /// Messages handed out come again after so many seconds at the latest, instead of the template's minutes: what died is found
    /// sooner, and functions overtake each other.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=43_200))]
    visibility: Option<u32>,
}

impl Soak {
    /// Runs it. Fails if a check fails.
    pub async fn run(&self) -> Result<ExitCode> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let mut local = "poll_every_s = 10\n".to_owned();
        if let Some(seconds) = self.visibility {
            let _ = writeln!(local, "visibility_s = {seconds}");
        }
        let wanted = Wanted { name: "soak", first: OPENING, others: OPENING, local };
        let mut place = Place::prepare(&wanted, &clock).await?;
        say!("starting the stack; its log is {}", place.log().display());
        let server = Server::start(&place, &self.chaos_arguments(0), clock.as_ref()).await?;
        let books = Books::default();
        let began = clock.now();
        let until = began.saturating_add(SignedDuration::from_secs(self.lasting())).unwrap_or(began);
        say!("{} s of load, {} customers a second, {} of all calls go wrong", self.lasting(), self.rate, self.chaos);
        let load = Load { place: &place, books: &books, clock: clock.as_ref(), until, rate: self.rate, seed: self.seed };
        let pages = server.pages.clone();
        let mut course = Course::new(self, &place, &books, clock.as_ref(), server, began);
        let ((), (), watched) = tokio::join!(load.customers(), load.warehouse(&pages), course.go(until));
        watched?;
        say!("faults end; waiting until all is at rest");
        let rest = course.settle().await?;
        let books = books.open().clone();
        let seen = Seen::look(&pages, &place, &books).await?;
        let (curve, watched, injected, kills) = course.end().await?;
        let unsure = books.changes.values().filter(|c| c.answered == Answered::Unknown).count();
        let is_short = |order: &api::Order| order.lines.iter().any(|l| l.short > 0);
        let report = Report {
            orders: books.sales.len(),
            cancelled: books.sales.values().filter(|s| s.cancelled).count(),
            refused: books.refused,
            short: seen.orders.values().flatten().filter(|o| is_short(o)).count(),
            corrections: books.changes.len(),
            unsure,
            kills,
            rest,
            injected,
            watched,
            curve,
            checks: verdict::judge(&books, &seen, i64::from(OPENING), place.shops.len()),
        };
        let passed = report.print(self.chaos != Rate::NONE);
        if !passed {
            say!("the stack's log and folder are kept: {}", place.keep_log().display());
        }
        place.close().await;
        Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn lasting(&self) -> i64 {
        self.seconds.map_or(i64::from(self.minutes) * 60, i64::from)
    }

    fn kill_every(&self) -> Option<SignedDuration> {
        let seconds = self.kill_every.map_or(self.lasting() / 4, i64::from);
        (seconds > 0).then(|| SignedDuration::from_secs(seconds))
    }

    /// Each life of the stack has dice of its own.
    fn chaos_arguments(&self, life: u32) -> Vec<String> {
        if self.chaos == Rate::NONE {
            return Vec::new();
        }
        let seed = self.seed.wrapping_add(u64::from(life));
        vec!["--chaos".into(), self.chaos.to_string(), "--seed".into(), seed.to_string()]
    }
}

/// A soak under way, as whoever watches it knows it.
struct Course<'a> {
    soak: &'a Soak,
    place: &'a Place,
    books: &'a Books,
    clock: &'a dyn Clock,
    server: Server,
    began: Timestamp,
    kills: u32,
    curve: Curve,
    watched: Watched,
    injected: Injected,
}

impl<'a> Course<'a> {
    fn new(soak: &'a Soak, place: &'a Place, books: &'a Books, clock: &'a dyn Clock, server: Server, began: Timestamp) -> Self {
        let (curve, watched, injected) = (Curve::default(), Watched::default(), Injected::default());
        Self { soak, place, books, clock, server, began, kills: 0, curve, watched, injected }
    }

    /// Watches, and kills, until the load ends.
    async fn go(&mut self, until: Timestamp) -> Result<()> {
        let bar = progress(self.soak.lasting())?;
        let mut rng = fastrand::Rng::with_seed(self.soak.seed.wrapping_add(2));
        let (mut next_kill, mut told) = (self.soak.kill_every(), 0);
        while self.clock.now() < until {
            self.clock.sleep(BETWEEN_LOOKS).await;
            let after = self.clock.now().duration_since(self.began);
            self.sample(after);
            if next_kill.is_some_and(|at| at <= after) && after.as_secs() < self.soak.lasting() {
                next_kill = next_kill.zip(self.soak.kill_every()).map(|(at, every)| at + every);
                self.kill().await?;
            }
            let pages = self.server.pages.clone();
            self.watched.look_for_orders(&pages, self.books, self.clock).await;
            if let Some(entry) = rng.choice(&self.place.config.catalogue) {
                self.watched.compare(&pages, &entry.item.sku).await;
            }
            bar.set_position(after.as_secs().unsigned_abs());
            bar.set_message(self.in_short());
            if bar.is_hidden() {
                told = self.tell_plainly(after, told);
            }
        }
        bar.finish();
        self.injected.add(&self.server.pages.status().await.unwrap_or_default());
        Ok(())
    }

    /// Looks at memory and disk, if it is time.
    fn sample(&mut self, after: SignedDuration) {
        let due = i64::try_from(self.curve.0.len()).unwrap_or(i64::MAX).saturating_mul(self.soak.lasting()) / SAMPLES;
        if after.as_secs() >= due {
            let orders = u64::try_from(self.books.open().sales.len()).unwrap_or_default();
            self.curve.0.push(Sample::take(self.server.process(), &self.place.file("state"), orders, after));
        }
    }

    /// No goodbye, no flush; and a new life.
    async fn kill(&mut self) -> Result<()> {
        self.injected.add(&self.server.pages.status().await.unwrap_or_default());
        self.server.kill().await?;
        self.kills += 1;
        self.server = Server::start(self.place, &self.soak.chaos_arguments(self.kills), self.clock).await?;
        Ok(())
    }

    /// Ends all faults and waits. Answers how long it took; `None`: too long.
    async fn settle(&mut self) -> Result<Option<SignedDuration>> {
        let pages = self.server.pages.clone();
        if self.soak.chaos != Rate::NONE {
            let (status, _) = pages.ask(http::Method::POST, "/_local/chaos", Some(&serde_json::json!({ "rate": 0 }))).await?;
            if status != 200 {
                return Err(Error::new(ErrorKind::Bug, "soak", format!("chaos cannot be ended: {status}")));
            }
        }
        let calm = self.clock.now();
        self.place.shops.iter().for_each(|shop| shop.trouble(on_time().trouble(calm)));
        let mut at_rest = 0;
        while self.clock.now().duration_since(calm) < SETTLING {
            self.watched.look_for_orders(&pages, self.books, self.clock).await;
            let unlike = api::all_stock(&pages).await.map_or(1, |products| Seen::unlike_target(&products, self.place));
            let rests = self.watched.missing() == 0 && unlike == 0 && pages.queues_are_empty().await;
            at_rest = if rests { at_rest + 1 } else { 0 };
            if at_rest == LOOKS_AT_REST {
                return Ok(Some(self.clock.now().duration_since(calm)));
            }
            self.clock.sleep(BETWEEN_LOOKS).await;
        }
        Ok(None)
    }

    /// The last look at memory and disk, and the end of the stack.
    async fn end(mut self) -> Result<(Curve, Watched, Injected, u32)> {
        let after = self.clock.now().duration_since(self.began);
        let orders = u64::try_from(self.books.open().sales.len()).unwrap_or_default();
        self.curve.0.push(Sample::take(self.server.process(), &self.place.file("state"), orders, after));
        self.server.kill().await?;
        Ok((self.curve, self.watched, self.injected, self.kills))
    }

    fn in_short(&self) -> String {
        let sold = self.books.open().sales.len();
        format!("{} of {sold} orders taken in, killed {}", self.watched.arrived, so_many(self.kills, "time"))
    }

    /// Where there is no terminal to draw on: a line for every tenth.
    fn tell_plainly(&self, after: SignedDuration, told: i64) -> i64 {
        let tenth = after.as_secs() * 10 / self.soak.lasting().max(1);
        if tenth > told {
            say!("{} s: {}", after.as_secs(), self.in_short());
        }
        tenth.max(told)
    }
}

fn progress(seconds: i64) -> Result<ProgressBar> {
    let style = ProgressStyle::with_template("{bar:40} {elapsed} of {len} s, {msg}")
        .map_err(|error| Error::new(ErrorKind::Bug, "soak", error.to_string()))?;
    Ok(ProgressBar::new(seconds.unsigned_abs()).with_style(style))
}
