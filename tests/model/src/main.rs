//! scratch
use model::search::search;
use model::shares::{Mistake::*, Setting::*, Shares};
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let units: u8 = args[1].parse().unwrap();
    let cancels: u8 = args[2].parse().unwrap();
    let receipts: u8 = args[3].parse().unwrap();
    let short: u8 = args[4].parse().unwrap();
    for settings in [[Absolute, Absolute], [Compared, Compared], [Absolute, Compared]] {
        let all = [BackReadAfterLook, NotSettled, LookDatedWhenAsked, SalesCountedFromLook, AbsoluteAsDifference, CheckedOutside, BackNotCounted, BackNotCountedUnseen, BackNotCountedShort, ShortIgnored, UnknownLowered, ShownKept, BelievedTooSoon, DoubledCall, LateRestock];
        let only = args.get(5).cloned();
        for mistake in std::iter::once(None).chain(all.map(Some)) {
            if only.as_ref().is_some_and(|o| *o != format!("{mistake:?}").replace("Some(", "").replace(')', "")) { continue; }
            let t = std::time::Instant::now();
            let found = search(Shares { units, settings, cancels, receipts, short, mistake });
            println!("{settings:?} {mistake:?}: {} states, depth {}, {:?}", found.states, found.depth, t.elapsed());
            if let Some(b) = found.broken { println!("   FAILS in {}:", b.len()); for l in b { println!("      {l}"); } }
        }
    }
}
