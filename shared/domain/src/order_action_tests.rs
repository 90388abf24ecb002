use super::*;
use crate::{
    Again, CancelReason, Component, ConnectionId, Flow, Fulfilment, Incoming, LineProduct, Movement, OrderNumber, OrderSnapshot,
    Plan, SnapshotLine, SyncStep, plan,
};
use std::collections::BTreeMap;

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + second).unwrap()
}

pub(crate) fn q(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

pub(crate) fn sku(name: &str) -> Sku {
    Sku::new(name).unwrap()
}

pub(crate) fn place(name: &str) -> LocationId {
    LocationId::new(name).unwrap()
}

pub(crate) fn line(name: &str) -> OrderLineId {
    OrderLineId::new(name).unwrap()
}

/// Line, ordered, cancelled, shipped, returned.
pub(crate) type Row<'a> = (&'a str, i64, i64, i64, i64);

pub(crate) fn snapshot(stamp: i64, rows: &[Row<'_>]) -> OrderSnapshot {
    let lines = rows.iter().map(|(id, ordered, cancelled, shipped, returned)| SnapshotLine {
        id: line(id),
        offer: None,
        sku: None,
        ean: None,
        title: String::new(),
        fulfilment: Fulfilment::Merchant,
        kind: crate::LineKind::Goods,
        ordered: q(*ordered),
        cancelled: q(*cancelled),
        shipped: q(*shipped),
        returned: q(*returned),
        not_restocked: Quantity::ZERO,
        restock_untold: Quantity::ZERO,
        restocked: Quantity::ZERO,
        cancellation_requested: false,
        unit_price: None,
        terms: crate::LineTerms::default(),
    });
    OrderSnapshot {
        number: OrderNumber::new("1").unwrap(),
        display_number: None,
        placed_at: at(0),
        stamp: Some(at(stamp)),
        channel_status: "open".into(),
        draft: false,
        awaits_acceptance: None,
        ship_to: None,
        terms: crate::OrderTerms::default(),
        unreadable_lines: Vec::new(),
        lines: lines.collect(),
    }
}

/// Two of `a` and one of `b`.
pub(crate) fn set() -> LineProduct {
    let components = vec![Component { sku: sku("a"), units: q(2) }, Component { sku: sku("b"), units: q(1) }];
    LineProduct { sku: sku("set"), components }
}

/// A shelf and the one order that is on it. `a` is a product, `set` two of `a` and one of `b`.
pub(crate) struct Desk {
    pub(crate) order: Option<Order>,
    shelf: BTreeMap<(Sku, LocationId), Movement>,
    locations: Vec<LocationId>,
    /// What its lines are matched to.
    pub(crate) products: BTreeMap<OrderLineId, LineProduct>,
    /// What the last snapshot told of the channel's counter beside the stock rows.
    pub(crate) beside: Flow,
    /// Units that the last change wrote off, as the ledger tells it.
    pub(crate) written_off: i64,
}

impl Desk {
    pub(crate) fn with(shelves: &[(&str, &str, i64)]) -> Self {
        let row = |(product, location, units): &(&str, &str, i64)| {
            ((sku(product), place(location)), Movement { available: *units, reserved: 0 })
        };
        let locations = vec![place("main"), place("far")];
        let products = [(line("1"), LineProduct::single(sku("a"))), (line("2"), set())];
        Self {
            order: None,
            shelf: shelves.iter().map(row).collect(),
            locations,
            products: products.into(),
            beside: Flow::default(),
            written_off: 0,
        }
    }

    fn remaining(&self) -> Remaining {
        let mut remaining = Remaining::default();
        for product in ["a", "b"] {
            for location in &self.locations {
                let there = self.shelf.get(&(sku(product), location.clone())).map_or(0, |row| row.available);
                remaining.know(&sku(product), location, q(there));
            }
        }
        remaining
    }

    pub(crate) fn told(&mut self, snapshot: OrderSnapshot) {
        let connection = ConnectionId::new("shop").unwrap();
        let incoming = Incoming {
            connection: connection.clone(),
            read_at: snapshot.stamp.unwrap(),
            snapshot,
            source: crate::Source::List,
            products: self.products.clone(),
            digital: std::collections::BTreeSet::new(),
            locations: self.locations.clone(),
        };
        let stored =
            self.order.iter().map(|order| ((connection.clone(), order.snapshot.number.clone()), order.clone())).collect();
        let Plan { orders, shorts, .. } = plan(&[incoming], &stored, self.remaining());
        self.beside = shorts.values().flat_map(|change| change.flows.values().copied()).fold(Flow::default(), Flow::plus);
        for planned in orders {
            self.apply(planned);
        }
    }

    pub(crate) fn does(&mut self, action: &OrderAction) -> Result<(), ActionRefused> {
        let context = ActionContext { at: at(99), by: "jan", locations: &self.locations };
        let planned = plan_action(self.order.as_ref().unwrap(), action, &context, self.remaining())?;
        self.apply(planned);
        Ok(())
    }

    /// A step of telling the channel.
    pub(crate) fn syncs(&mut self, id: &str, step: &SyncStep) -> Result<(), ActionRefused> {
        self.order = Some(self.order.as_ref().unwrap().synced(id, step, at(99))?);
        Ok(())
    }

    /// What the channel refused is told once more.
    pub(crate) fn syncs_again(&mut self, again: &Again) -> Result<(), ActionRefused> {
        self.order = Some(self.order.as_ref().unwrap().synced_again(again, at(99), "jan")?);
        Ok(())
    }

    fn apply(&mut self, planned: PlannedOrder) {
        self.written_off = planned.demands.iter().map(|demand| demand.written_off).sum();
        for demand in &planned.demands {
            let row = self.shelf.entry((demand.sku.clone(), demand.location.clone())).or_default();
            row.available += demand.movement.available;
            row.reserved += demand.movement.reserved;
            assert!(row.available >= 0 && row.reserved >= 0, "{demand:?}");
        }
        self.order = Some(planned.order);
    }

    pub(crate) fn on(&self, product: &str, location: &str) -> (i64, i64) {
        let row = self.shelf.get(&(sku(product), place(location))).copied().unwrap_or_default();
        (row.available, row.reserved)
    }
}

pub(crate) fn parcel(id: &str, location: &str, lines: &[(&str, i64)]) -> OrderAction {
    let lines = lines.iter().map(|(id, units)| LineUnits { line: line(id), units: q(*units) }).collect();
    let (carrier, tracking) = (None, None);
    OrderAction::Ship(Shipment {
        id: id.into(),
        location: place(location),
        lines,
        carrier,
        tracking,
        channel_sync: ChannelSync::Pending,
    })
}

/// The channel does not want it.
pub(crate) fn refused() -> SyncStep {
    SyncStep::Rejected { reason: "no".into(), outcome_unknown: false }
}

pub(crate) fn cancellation(id: &str, on: &str, units: i64) -> OrderAction {
    let lines = vec![LineUnits { line: line(on), units: q(units) }];
    let (reason, write_off, told) = (CancelReason::CustomerRequest, false, ChannelSync::Pending);
    OrderAction::Cancel(Cancellation { id: id.into(), lines, reason, write_off, channel_sync: told })
}

fn comes_back(id: &str, on: &str, units: i64) -> OrderAction {
    let lines = vec![LineUnits { line: line(on), units: q(units) }];
    OrderAction::Announce(Return {
        settled_on_channel: false,
        id: id.into(),
        channel_id: None,
        lines,
        reason: String::new(),
        received_at: None,
        inspections: Vec::new(),
    })
}

fn found(of: &str, id: &str, on: &str, units: i64, finding: ReturnCondition, restock_at: Option<&str>) -> OrderAction {
    let inspection = Inspection {
        id: id.into(),
        line: line(on),
        units: q(units),
        condition: finding,
        restock_at: restock_at.map(place),
        resolution: ReturnResolution::Accepted,
        channel_sync: ChannelSync::Pending,
    };
    OrderAction::Inspect { id: of.into(), inspection }
}

#[test]
fn two_parcels_leave_from_where_they_left_and_the_channels_own_count_takes_nothing_twice() {
    let mut desk = Desk::with(&[("a", "main", 2), ("a", "far", 2)]);
    desk.told(snapshot(1, &[("1", 3, 0, 0, 0)]));
    assert_eq!((desk.on("a", "main"), desk.on("a", "far")), ((0, 2), (1, 1)));
    desk.does(&parcel("p1", "far", &[("1", 1)])).unwrap();
    assert_eq!((desk.on("a", "main"), desk.on("a", "far")), ((0, 2), (1, 0)));
    desk.told(snapshot(2, &[("1", 3, 0, 1, 0)]));
    assert_eq!((desk.on("a", "main"), desk.on("a", "far")), ((0, 2), (1, 0)));
    desk.does(&parcel("p2", "main", &[("1", 2)])).unwrap();
    desk.told(snapshot(3, &[("1", 3, 0, 3, 0)]));
    assert_eq!((desk.on("a", "main"), desk.on("a", "far")), ((0, 0), (1, 0)));
    assert_eq!(desk.does(&parcel("p2", "main", &[("1", 2)])), Err(ActionRefused::Already));
    assert!(matches!(desk.does(&parcel("p3", "main", &[("1", 1)])), Err(ActionRefused::TooMuch(_))));
}

#[test]
fn what_the_channel_does_not_let_go_takes_no_stock_and_is_refused_with_a_word() {
    let mut desk = Desk::with(&[("a", "main", 3)]);
    let mut told = snapshot(1, &[("1", 2, 0, 0, 0)]);
    told.terms.unreleased = true;
    desk.told(told);
    let before = desk.on("a", "main");
    for lines in [&[("1", 1)][..], &[]] {
        let refused = desk.does(&parcel("p1", "main", lines)).unwrap_err();
        assert!(matches!(&refused, ActionRefused::NotNow(why) if why.contains("not paid there")), "{refused}");
    }
    assert_eq!(desk.on("a", "main"), before);
    desk.told(snapshot(2, &[("1", 2, 0, 0, 0)]));
    desk.does(&parcel("p1", "main", &[("1", 1)])).unwrap();
}

#[test]
fn what_the_marketplace_sent_comes_back_without_touching_stock_here() {
    let mut desk = Desk::with(&[("a", "main", 3)]);
    let mut told = snapshot(1, &[("1", 2, 0, 2, 0)]);
    told.lines[0].fulfilment = crate::Fulfilment::Marketplace;
    desk.told(told);
    let before = desk.on("a", "main");
    assert!(matches!(desk.does(&comes_back("r0", "1", 3)), Err(ActionRefused::TooMuch(_))), "two were sent");
    desk.does(&comes_back("r", "1", 2)).unwrap();
    assert_eq!(desk.order.as_ref().unwrap().to_return(&line("1")), Quantity::ZERO);
    let shelved = found("r", "i0", "1", 1, ReturnCondition::Sellable, Some("main"));
    assert!(matches!(desk.does(&shelved), Err(ActionRefused::NotNow(why)) if why.contains("marketplace")));
    desk.does(&found("r", "i", "1", 2, ReturnCondition::Sellable, None)).unwrap();
    assert_eq!(desk.on("a", "main"), before);
}

#[test]
fn what_the_channel_shipped_itself_is_nobodys_to_send() {
    let mut desk = Desk::with(&[("a", "main", 3)]);
    desk.told(snapshot(1, &[("1", 3, 0, 0, 0)]));
    let to_send = |desk: &Desk| desk.order.as_ref().unwrap().to_send(&line("1"));
    assert_eq!(to_send(&desk), q(3));
    desk.told(snapshot(2, &[("1", 3, 0, 2, 0)]));
    assert_eq!(to_send(&desk), q(1), "two of them left by the channel's word");
    assert!(matches!(desk.does(&parcel("p1", "main", &[("1", 2)])), Err(ActionRefused::TooMuch(_))));
    desk.told(snapshot(3, &[("1", 3, 0, 3, 0)]));
    assert_eq!(to_send(&desk), Quantity::ZERO);
}

#[test]
fn that_the_customer_asks_to_cancel_stands_in_the_timeline() {
    let mut desk = Desk::with(&[("a", "main", 2)]);
    desk.told(snapshot(1, &[("1", 2, 0, 0, 0)]));
    let mut asks = snapshot(2, &[("1", 2, 0, 0, 0)]);
    asks.lines[0].cancellation_requested = true;
    desk.told(asks);
    let requests = |desk: &Desk| -> Vec<u32> {
        let told = desk.order.as_ref().unwrap().history.iter().filter_map(|event| match event.details {
            OrderEventDetails::Channel { cancellation_requests, .. } => Some(cancellation_requests),
            _ => None,
        });
        told.collect()
    };
    assert_eq!(requests(&desk), [0, 1]);
    desk.told(snapshot(3, &[("1", 2, 0, 0, 0)]));
    assert_eq!(requests(&desk), [0, 1, 0], "and that they no longer do");
}

#[test]
fn a_parcel_from_another_place_than_planned_frees_the_units_there() {
    let mut desk = Desk::with(&[("a", "main", 2), ("a", "far", 1)]);
    desk.told(snapshot(1, &[("1", 1, 0, 0, 0)]));
    assert_eq!(desk.on("a", "main"), (1, 1));
    desk.does(&parcel("p", "far", &[("1", 1)])).unwrap();
    assert_eq!((desk.on("a", "main"), desk.on("a", "far")), ((2, 0), (0, 0)));
    let mut desk = Desk::with(&[("a", "main", 2)]);
    desk.told(snapshot(1, &[("1", 2, 0, 0, 0)]));
    let refused = desk.does(&parcel("p", "far", &[("1", 2)])).unwrap_err();
    assert_eq!(refused, ActionRefused::NotThere { sku: sku("a"), location: place("far"), left: q(0), wanted: q(2) });
    let words = refused.to_string();
    assert!(
        words.contains("a row for each location with `line` and `units`") && words.ends_with("correct the stock first"),
        "{words}"
    );
}

#[test]
fn where_nothing_is_left_it_is_said_what_became_of_it() {
    let mut desk = Desk::with(&[("a", "main", 1)]);
    desk.told(snapshot(1, &[("1", 4, 1, 0, 0)]));
    let refused = |desk: &mut Desk, action| desk.does(&action).unwrap_err().to_string();
    desk.does(&parcel("p", "main", &[("1", 1)])).unwrap();
    assert_eq!(refused(&mut desk, parcel("q", "main", &[])), "nothing is left to send: 1 shipped, 1 cancelled, 2 short");
    desk.told(snapshot(2, &[("1", 4, 3, 1, 0)]));
    assert_eq!(refused(&mut desk, parcel("q", "main", &[])), "nothing is left to send: 1 shipped, 3 cancelled");
}

#[test]
fn a_bundle_takes_its_parts_and_another_line_of_a_part_counts_with_it() {
    let mut desk = Desk::with(&[("a", "main", 4), ("b", "main", 5), ("a", "far", 9), ("b", "far", 9)]);
    // 3 of a by itself and 2 in the set are 5: main cannot send all of it, far can
    desk.told(snapshot(1, &[("1", 3, 0, 0, 0), ("2", 1, 0, 0, 0)]));
    assert_eq!((desk.on("a", "far"), desk.on("b", "far")), ((4, 5), (8, 1)));
    desk.does(&parcel("p", "far", &[("2", 1)])).unwrap();
    assert_eq!((desk.on("a", "far"), desk.on("b", "far")), ((4, 3), (8, 0)));
    desk.told(snapshot(2, &[("1", 3, 3, 0, 0), ("2", 1, 0, 1, 0)]));
    assert_eq!((desk.on("a", "far"), desk.on("b", "far")), ((7, 0), (8, 0)));
}

#[test]
fn a_set_whose_parts_do_not_reach_is_short_of_the_part_that_is_missing() {
    let mut desk = Desk::with(&[("a", "main", 9), ("b", "main", 1)]);
    desk.told(snapshot(1, &[("2", 2, 0, 0, 0)]));
    let parts = &desk.order.as_ref().unwrap().lines[0].parts;
    assert_eq!((parts[0].short, parts[1].short), (q(0), q(1)));
    assert!(matches!(desk.does(&parcel("p", "main", &[("2", 2)])), Err(ActionRefused::TooMuch(_))), "one of two can be sent");
    assert!(matches!(desk.does(&OrderAction::Cover), Err(ActionRefused::NotNow(_))));
    desk.shelf.get_mut(&(sku("b"), place("main"))).unwrap().available = 3;
    desk.does(&OrderAction::Cover).unwrap();
    assert_eq!(desk.on("b", "main"), (2, 2));
    desk.does(&parcel("p", "main", &[("2", 2)])).unwrap();
    assert_eq!((desk.on("a", "main"), desk.on("b", "main")), ((5, 0), (2, 0)));
}

#[test]
fn our_cancellation_frees_nothing_before_the_channel_says_so() {
    let mut desk = Desk::with(&[("a", "main", 3)]);
    desk.told(snapshot(1, &[("1", 3, 0, 0, 0)]));
    desk.does(&cancellation("c", "1", 1)).unwrap();
    assert_eq!(desk.on("a", "main"), (0, 3));
    assert!(
        matches!(desk.does(&parcel("p", "main", &[("1", 3)])), Err(ActionRefused::TooMuch(_))),
        "one of them is being cancelled"
    );
    assert!(matches!(desk.does(&cancellation("d", "1", 3)), Err(ActionRefused::TooMuch(_))));
    desk.told(snapshot(2, &[("1", 3, 1, 0, 0)]));
    assert_eq!(desk.on("a", "main"), (1, 2));
    desk.syncs("c", &refused()).unwrap();
    desk.does(&parcel("p", "main", &[("1", 2)])).unwrap();
    assert_eq!(desk.on("a", "main"), (1, 0));
}

#[test]
fn only_what_is_sellable_comes_back_and_only_as_much_as_was_sent() {
    let mut desk = Desk::with(&[("a", "main", 3)]);
    desk.told(snapshot(1, &[("1", 3, 0, 0, 0)]));
    assert!(matches!(desk.does(&comes_back("r", "1", 1)), Err(ActionRefused::TooMuch(_))), "nothing was sent");
    desk.does(&parcel("p", "main", &[("1", 2)])).unwrap();
    desk.does(&comes_back("r", "1", 2)).unwrap();
    desk.does(&OrderAction::Receive { id: "r".into() }).unwrap();
    assert_eq!(desk.does(&OrderAction::Receive { id: "r".into() }), Err(ActionRefused::Already));
    let damaged = found("r", "i1", "1", 1, ReturnCondition::Damaged, Some("main"));
    assert!(matches!(desk.does(&damaged), Err(ActionRefused::NotNow(_))));
    desk.does(&found("r", "i1", "1", 1, ReturnCondition::Damaged, None)).unwrap();
    assert_eq!(desk.on("a", "main"), (0, 1));
    desk.does(&found("r", "i2", "1", 1, ReturnCondition::Sellable, Some("far"))).unwrap();
    assert_eq!((desk.on("a", "main"), desk.on("a", "far")), ((0, 1), (1, 0)));
    assert!(matches!(
        desk.does(&found("r", "i3", "1", 1, ReturnCondition::Sellable, Some("far"))),
        Err(ActionRefused::TooMuch(_))
    ));
    let events: Vec<_> = desk.order.as_ref().unwrap().history.iter().map(|event| event.by.as_deref()).collect();
    assert_eq!(events, [None, Some("jan"), Some("jan"), Some("jan"), Some("jan"), Some("jan")]);
}

#[test]
fn what_a_channel_announces_beyond_what_was_sent_is_known_and_never_comes_back_on_sale() {
    let mut desk = Desk::with(&[("a", "main", 3)]);
    desk.told(snapshot(1, &[("1", 3, 0, 1, 0)]));
    let OrderAction::Announce(announced) = comes_back("r", "1", 3) else { unreachable!("it is a return") };
    let by_the_channel = Return { channel_id: Some(crate::ReturnId::new("rma-1").unwrap()), ..announced };
    desk.does(&OrderAction::Announce(by_the_channel)).unwrap();
    let all = found("r", "i", "1", 2, ReturnCondition::Sellable, Some("main"));
    assert!(matches!(desk.does(&all), Err(ActionRefused::TooMuch(_))), "one was sent");
    desk.does(&found("r", "i", "1", 1, ReturnCondition::Sellable, Some("main"))).unwrap();
    assert!(matches!(
        desk.does(&found("r", "j", "1", 1, ReturnCondition::Sellable, Some("far"))),
        Err(ActionRefused::TooMuch(_))
    ));
    assert_eq!((desk.on("a", "main"), desk.on("a", "far")), ((1, 2), (0, 0)));
}

#[test]
fn what_the_channel_says_was_undone_stays_sent_as_far_as_it_came_back() {
    let mut desk = Desk::with(&[("a", "main", 2)]);
    desk.told(snapshot(1, &[("1", 2, 0, 2, 0)]));
    desk.does(&comes_back("r", "1", 1)).unwrap();
    desk.does(&found("r", "i", "1", 1, ReturnCondition::Sellable, Some("main"))).unwrap();
    assert_eq!(desk.on("a", "main"), (1, 0));
    desk.told(snapshot(2, &[("1", 2, 2, 0, 0)]));
    assert_eq!(desk.on("a", "main"), (2, 0), "one came back as a return, one was never sent: two there were, two there are");
}

/// What it is and how it is done.
type Step<'a> = (&'a str, &'a dyn Fn(&mut Desk));

/// Everything that can give units back, in every order and twice over. However it comes, no more is on the shelf than ever was, and
/// never more came back than was sold.
#[test]
fn cancel_and_refund_in_every_order_and_twice_over() {
    let steps: [Step<'_>; 6] = [
        ("cancelled on the channel", &|desk| desk.told(snapshot(5, &[("1", 4, 1, 0, 0)]))),
        ("sent and refunded there", &|desk| desk.told(snapshot(7, &[("1", 4, 1, 2, 1)]))),
        ("cancelled here", &|desk| drop(desk.does(&cancellation("c", "1", 1)))),
        ("sent here", &|desk| drop(desk.does(&parcel("p", "main", &[("1", 2)])))),
        ("announced", &|desk| drop(desk.does(&comes_back("r", "1", 2)))),
        ("found sellable", &|desk| {
            drop(desk.does(&found("r", "i", "1", 1, ReturnCondition::Sellable, Some("main"))));
            drop(desk.does(&found("r", "j", "1", 1, ReturnCondition::Sellable, Some("far"))));
        }),
    ];
    let mut outcomes = std::collections::BTreeSet::new();
    for order in orders(steps.len()) {
        let mut desk = Desk::with(&[("a", "main", 4)]);
        desk.told(snapshot(1, &[("1", 4, 0, 0, 0)]));
        // Once more in the end: what was refused because it came too early is done then.
        for at in order.iter().chain(&order).chain(&order) {
            let (name, step) = &steps[*at];
            for _ in 0..2 {
                step(&mut desk);
            }
            let part = &desk.order.as_ref().unwrap().lines[0].parts[0];
            assert!(part.back() <= part.taken() && part.taken() <= part.committed(), "{order:?} at {name}: {part:?}");
            let there = ["main", "far"].map(|location| desk.on("a", location)).iter().map(|(a, r)| a + r).sum::<i64>();
            let away = part.taken().units() - part.back().units();
            assert_eq!(there + away, 4, "{order:?} at {name}");
        }
        let (main, far) = (desk.on("a", "main"), desk.on("a", "far"));
        outcomes.insert((main.0 + far.0, main.1 + far.1));
    }
    // Whatever the order: 4 were there; 1 cancelled, 2 sent, 2 of them back, 1 promised.
    assert_eq!(outcomes.into_iter().collect::<Vec<_>>(), [(3, 1)]);
}

pub(crate) fn orders(of: usize) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new()];
    for _ in 0..of {
        let longer = |begun: Vec<usize>| {
            let free: Vec<usize> = (0..of).filter(|at| !begun.contains(at)).collect();
            free.into_iter().map(move |at| begun.iter().copied().chain([at]).collect())
        };
        all = all.into_iter().flat_map(longer).collect();
    }
    all
}
