//! Differences of every sort, each on one product in a hundred.

use crate::shop::{OnSale, listing, offer, sku};
use crate::stand::{Stand, connection, opening, snapshot, told};
use contracts::{Message, StockHint};
use domain::{DriftCause, MatchProblem};
use engine::rows::{LedgerRow, ListingRow, OfferRow, ProductRow, TypedRow};
use jiff::SignedDuration;
use ports::{Key, Row, Table};
use testkit::run::finish;

/// A sort of difference as it is planted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Drift {
    /// Stock moved just now, and the push is still to come.
    Late,
    /// Stock moved an hour ago, and the push never came.
    Lost,
    /// A second item of the product is on sale.
    Doubled,
    /// An item is still told the figure of another product that it was once.
    LeftBehind,
    /// Somebody changed the figure on the channel.
    Foreign,
    /// Nobody knows which product the item is.
    Unmatched,
    /// The item's product is gone from the catalogue.
    NoProduct,
    /// The item is gone from the channel.
    Ended,
    /// The item is new on the channel.
    New,
    /// The channel shows whole packs.
    Rounding,
    /// The channel tells another state of a known order.
    OrderChanged,
    /// The channel tells an order that was never taken in.
    OrderUnknown,
    /// A row of the ledger is deleted, doubled or altered.
    Books,
}

impl Drift {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Late,
        Self::Lost,
        Self::Doubled,
        Self::LeftBehind,
        Self::Foreign,
        Self::Unmatched,
        Self::NoProduct,
        Self::Ended,
        Self::New,
        Self::Rounding,
        Self::OrderChanged,
        Self::OrderUnknown,
        Self::Books,
    ];

    /// What it must be found as.
    pub fn class(self) -> DriftCause {
        match self {
            Self::Late => DriftCause::Delayed,
            Self::Lost => DriftCause::MissedUpdate,
            Self::Doubled | Self::LeftBehind => DriftCause::DuplicateUpdate,
            Self::Foreign => DriftCause::ExternalChange,
            Self::Unmatched | Self::NoProduct | Self::Ended | Self::New => DriftCause::Mapping,
            Self::Rounding => DriftCause::Rounding,
            Self::OrderChanged | Self::OrderUnknown => DriftCause::Orders,
            Self::Books => DriftCause::Books,
        }
    }

    /// Whether a person must see it; otherwise it is repaired, or explained.
    pub fn needs_person(self) -> bool {
        matches!(self, Self::Doubled | Self::Unmatched | Self::NoProduct | Self::Ended | Self::Books)
    }

    /// Differences that one planting of it leads to: both items of a pair are doubled.
    pub fn found_as(self) -> u64 {
        if self == Self::Doubled { 2 } else { 1 }
    }

    /// Which product of a hundred it is planted on.
    pub fn place(self) -> u32 {
        self as u32
    }
}

/// Plants it on one product in a hundred. Answers how many that are.
pub fn plant(stand: &Stand, drift: Drift) -> u64 {
    let fits = |number: u32| number % 100 == drift.place();
    let numbers: Vec<u32> = (0..stand.products).filter(|number| fits(*number)).collect();
    let now = stand.now();
    let hour_ago = now - SignedDuration::from_hours(1);
    for number in numbers.iter().copied() {
        let own = Stand::offer_key(number, false);
        match drift {
            Drift::Late => stand.moves(number, -3, now),
            Drift::Lost => stand.moves(number, -3, hour_ago),
            Drift::Doubled => doubled(stand, number),
            Drift::LeftBehind => stand.put(told(number, number + 50, false, opening(number + 50)).to_row()),
            Drift::Unmatched => {
                let problem = Some(MatchProblem::Unknown);
                let row = OfferRow {
                    connection: connection(),
                    listing: listing(number, number, false),
                    matched: None,
                    by_hand: false,
                    problem,
                    version: 0,
                };
                stand.put(row.to_row());
                stand.delete(listing_key(number));
                stand.delete(ProductRow::key(&sku(number)));
            }
            Drift::NoProduct => stand.delete(ProductRow::key(&sku(number))),
            Drift::New => {
                stand.delete(own);
                stand.delete(listing_key(number));
            }
            Drift::OrderChanged => stand.take_in(stand.order(number, number, hour_ago - SignedDuration::from_mins(5))),
            Drift::OrderUnknown => drop(stand.order(number, number, hour_ago)),
            Drift::Books => books(stand, number),
            Drift::Foreign | Drift::Ended | Drift::Rounding => {}
        }
    }
    match drift {
        Drift::OrderChanged => {
            stand.work();
            // They were cancelled there, and nobody heard.
            for number in numbers.iter().copied() {
                stand.shop.order(snapshot(number, number, 1, 1, hour_ago));
            }
        }
        Drift::Foreign => stand.shop.change(fits, |item| item.shown += 7),
        Drift::Ended => stand.shop.change(fits, |item| item.ended = true),
        Drift::Rounding => stand.shop.change(fits, |item| {
            item.pack = 12;
            item.shown = item.shown / 12 * 12;
        }),
        _ => {}
    }
    numbers.len() as u64
}

fn listing_key(number: u32) -> Key {
    ListingRow::key(&sku(number), &connection(), &offer(number, false))
}

fn doubled(stand: &Stand, number: u32) {
    let units = opening(number);
    stand.put(told(number, number, true, units).to_row());
    let row = OfferRow {
        connection: connection(),
        listing: listing(number, number, true),
        matched: Some(sku(number)),
        by_hand: false,
        problem: None,
        version: 0,
    };
    stand.put(row.to_row());
    stand.shop.put([OnSale { number, sku: number, twin: true, shown: units, pack: 1, ended: false }]);
}

/// Each way to break a ledger in turn.
fn books(stand: &Stand, number: u32) {
    let row = ledger(stand, number);
    match number / 100 % 3 {
        0 => stand.delete(row.key),
        1 => {
            let mut twice = row;
            twice.key.sk.push('2');
            stand.put(twice);
        }
        _ => stand.put(row.number("available", i64::from(opening(number)) + 1)),
    }
}

/// The first row of a product's ledger.
pub fn ledger(stand: &Stand, number: u32) -> Row {
    let pk = LedgerRow::partition(&sku(number));
    let page = finish(stand.stage.table.query(&pk, "", None, 1, false)).unwrap();
    page.rows.into_iter().next().unwrap()
}

/// The hint that was late comes.
pub fn late_hints(stand: &Stand) -> Vec<ports::OutgoingMessage> {
    let late = (0..stand.products).filter(|number| number % 100 == Drift::Late.place());
    let hint = |number| StockHint { sku: sku(number), connection: None }.to_json();
    late.map(|number| ports::OutgoingMessage { body: hint(number), delay: std::time::Duration::ZERO }).collect()
}
