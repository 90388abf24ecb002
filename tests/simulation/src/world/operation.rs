//! What customers, the merchant, the channels and the network do: the alphabet of all worlds.

use fastrand::Rng;

/// Something that happens, with all it needs to happen again. Connections and products are counted from 0; `which` counts among what
/// there is at that moment, and starts over at its end.
#[expect(missing_docs, reason = "the fields' names say what they are")]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Operation {
    /// A customer buys.
    Buy { connection: u8, product: u8, units: u8 },
    /// Many customers at once, on all channels.
    Rush { product: u8, buyers: u16 },
    /// Customers one by one, with time between them.
    Drip { connection: u8, product: u8, buyers: u8, gap_ms: u32 },
    /// An order is cancelled whole on its channel.
    Cancel { which: u32 },
    /// Goods come in.
    Receive { product: u8, units: u16 },
    /// Goods go out: a write-off.
    WriteOff { product: u8, units: u8 },
    /// Somebody counts the shelf and sets the figure.
    Count { product: u8, units: u8 },
    /// Another rule for what a connection is shown.
    Rule { connection: u8, safety_stock: u8, most_shown: Option<u8>, share: u8 },
    /// Another rule for what channels are shown of a product, or of a set: everywhere, or on one connection.
    ProductRule {
        product: u8,
        connection: Option<u8>,
        safety_stock: Option<u8>,
        percent: Option<u8>,
        pre_order: Option<u8>,
        most_shown: Option<u8>,
        least_shown: Option<u8>,
        paused: Option<bool>,
        share: Option<u8>,
        quota_below: Option<u8>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        start_tracking: Option<bool>,
    },
    /// The product gets another code in the channel's own screen.
    Rename { connection: u8, product: u8 },
    /// The merchant edits the figure in the channel's own screen.
    EditStock { connection: u8, product: u8, units: u8 },
    /// A connection is configured.
    Connect { connection: u8 },
    /// It is no longer configured.
    Disconnect { connection: u8 },
    /// Every token given so far is void.
    RevokeTokens { connection: u8 },
    /// The channel switches the webhook subscription off.
    SubscriptionOff { connection: u8 },
    /// The next deliveries never come.
    WebhooksLost { connection: u8, times: u8 },
    /// The next deliveries come twice.
    WebhooksDoubled { connection: u8, times: u8 },
    /// Deliveries come late from now on.
    WebhooksLate { connection: u8, seconds: u32 },
    /// Deliveries that are due together come in reversed order from now on.
    WebhooksReversed { connection: u8 },
    /// The channel does not answer.
    Silent { connection: u8, seconds: u32 },
    /// The channel refuses calls as too many.
    TooMany { connection: u8, seconds: u32 },
    /// The channel does the next writes, and answers 500.
    FailAfterApply { connection: u8, times: u8 },
    /// A delivery or a message from long ago comes again.
    Replay { which: u32 },
    /// Somebody puts the dead letters back on their queues.
    Redrive,
    /// A new version: every function stops where it is, and all memory is lost.
    Redeploy,
    /// A customer buys several things in one order, sets among them, for here or abroad.
    BuyMany { connection: u8, units: [u8; 2], sets: u8, abroad: bool },
    /// The customer asks for an order to be cancelled.
    AskToCancel { which: u32 },
    /// Units of an order are cancelled in the channel's own screen.
    CancelUnits { which: u32, line: u8, units: u8 },
    /// Units of an order are taken out there and not put on sale again.
    TakeOut { which: u32, line: u8, units: u8 },
    /// An order is cancelled whole there, and nothing of it put on sale again.
    CancelForGood { which: u32 },
    /// An order is deleted there for good.
    DeleteOrder { which: u32 },
    /// Units of an order are marked as sent there.
    ShipThere { which: u32, line: u8, units: u8 },
    /// The buyer announces there that units come back.
    AnnounceThere { which: u32, line: u8, units: u8 },
    /// Sent units are paid back there, and put on sale again there or not.
    PayBackThere { which: u32, line: u8, restock: bool },
    /// The merchant enters a shipment: of everything, or of units of one line. `from` counts the locations; 0: where the order's units lie.
    Ship { which: u32, line: Option<u8>, units: u8, from: u8 },
    /// The merchant cancels: everything that was not sent, or units of one line.
    CancelHere { which: u32, line: Option<u8>, units: u8, reason: u8 },
    /// The merchant enters units that come back.
    AnnounceHere { which: u32, line: u8, units: u8 },
    /// A return arrives at the merchant's.
    ReceiveReturn { which: u32 },
    /// Units of a return are looked at: sellable or not, put on sale again or not.
    Inspect { which: u32, units: u8, finding: u8, verdict: u8, at: u8 },
    /// What an order is short of is taken from stock.
    Cover { which: u32 },
    /// What the merchant asked for before is asked for once more, under the same mark.
    AskAgain { which: u32 },
    /// Units are brought from one location to the other.
    Transfer { product: u8, units: u8, back: bool },
    /// The channel is to count a product from this figure on, or to count it no longer.
    Track { connection: u8, product: u8, from: Option<u8> },
    /// A product is marked there as one that needs no shipping, or as goods again.
    Virtual { connection: u8, product: u8, on: bool },
    /// Both products use one stock there, which holds this many.
    ShareStock { connection: u8, units: u8 },
    /// Each has a stock of its own again.
    PartStock { connection: u8, units: [u8; 2] },
    /// A product is sold on there when none is left, or no longer.
    SellPastZero { connection: u8, product: u8, on: bool },
    /// The changes of an order are dated wrong there from now on: by so many seconds, or not at all.
    DateWrong { which: u32, by: Option<i64> },
    /// Our machine's clock is ahead by so many seconds, or behind, for so long.
    ClockJumps { seconds: i64, lasting_ms: u32 },
    /// A line is written there so that nobody can read it.
    SpoilLine { which: u32, line: u8, how: u8 },
    /// An order's lines are written there as they were.
    MendLines { which: u32 },
    /// A person decides about lines that cannot be read, and corrects the stock for those of which nothing was set aside.
    DecideLines { which: u32 },
    /// A line becomes another product there under the same id.
    Swap { which: u32, line: u8 },
}

/// An operation as it can be drawn.
pub(super) struct Letter {
    pub(super) weight: u32,
    /// Whether it is in every world's half of the alphabet.
    pub(super) always: bool,
    /// Whether it is drawn into the half, or left out of it, together with the one before it: no return comes without a shipment.
    pub(super) together: bool,
    pub(super) draw: fn(&mut Rng) -> Operation,
}

const fn letter(weight: u32, draw: fn(&mut Rng) -> Operation) -> Letter {
    Letter { weight, always: false, together: false, draw }
}

const fn with_it(weight: u32, draw: fn(&mut Rng) -> Operation) -> Letter {
    Letter { weight, always: false, together: true, draw }
}

fn connection(rng: &mut Rng) -> u8 {
    rng.u8(..3)
}

fn product(rng: &mut Rng) -> u8 {
    rng.u8(..2)
}

/// Mostly short, now and then hours.
fn seconds(rng: &mut Rng) -> u32 {
    if rng.u32(..10) == 0 { rng.u32(..10_000) } else { rng.u32(1..60) }
}

/// The alphabet.
pub(super) const ALPHABET: &[Letter] = &[
    Letter {
        weight: 60,
        always: true,
        together: false,
        draw: |r| Operation::Buy { connection: connection(r), product: product(r), units: 1 },
    },
    letter(20, |r| Operation::Buy { connection: connection(r), product: product(r), units: r.u8(2..5) }),
    letter(3, |r| Operation::Rush { product: product(r), buyers: r.u16(3..30) }),
    letter(3, |r| Operation::Drip {
        connection: connection(r),
        product: product(r),
        buyers: r.u8(2..6),
        gap_ms: r.u32(200..40_000),
    }),
    letter(14, |r| Operation::Cancel { which: r.u32(..) }),
    letter(10, |r| Operation::Receive { product: product(r), units: r.u16(1..10) }),
    letter(5, |r| Operation::WriteOff { product: product(r), units: r.u8(1..6) }),
    letter(5, |r| Operation::Count { product: product(r), units: r.u8(..30) }),
    letter(4, |r| Operation::Rule {
        connection: connection(r),
        safety_stock: *r.choice(&[0, 0, 1, 3]).unwrap_or(&0),
        most_shown: (r.u32(..3) == 0).then(|| r.u8(1..9)),
        share: *r.choice(&[1, 1, 2, 5, 0]).unwrap_or(&1),
    }),
    letter(6, product_rule),
    letter(3, |r| Operation::Rename { connection: connection(r), product: product(r) }),
    letter(5, |r| Operation::EditStock { connection: connection(r), product: product(r), units: r.u8(..25) }),
    letter(5, |r| Operation::Connect { connection: connection(r) }),
    letter(2, |r| Operation::Disconnect { connection: connection(r) }),
    letter(3, |r| Operation::RevokeTokens { connection: connection(r) }),
    letter(3, |r| Operation::SubscriptionOff { connection: connection(r) }),
    letter(4, |r| Operation::WebhooksLost { connection: connection(r), times: r.u8(1..6) }),
    letter(4, |r| Operation::WebhooksDoubled { connection: connection(r), times: r.u8(1..6) }),
    letter(4, |r| Operation::WebhooksLate { connection: connection(r), seconds: seconds(r) }),
    letter(3, |r| Operation::WebhooksReversed { connection: connection(r) }),
    letter(5, |r| Operation::Silent { connection: connection(r), seconds: seconds(r) }),
    letter(4, |r| Operation::TooMany { connection: connection(r), seconds: seconds(r) }),
    letter(4, |r| Operation::FailAfterApply { connection: connection(r), times: r.u8(1..5) }),
    letter(6, |r| Operation::Replay { which: r.u32(..) }),
    letter(2, |_| Operation::Redrive),
    letter(2, |_| Operation::Redeploy),
    letter(16, |r| Operation::BuyMany {
        connection: connection(r),
        units: [r.u8(..4), r.u8(..4)],
        sets: r.u8(..3),
        abroad: r.u32(..4) == 0,
    }),
    letter(3, |r| Operation::AskToCancel { which: r.u32(..) }),
    letter(6, |r| Operation::CancelUnits { which: r.u32(..), line: r.u8(..3), units: r.u8(1..3) }),
    letter(8, |r| Operation::CancelHere { which: r.u32(..), line: perhaps_a_line(r), units: r.u8(1..3), reason: r.u8(..24) }),
    // Shipments, and what comes of them.
    letter(24, |r| Operation::Ship { which: r.u32(..), line: perhaps_a_line(r), units: r.u8(1..3), from: r.u8(..3) }),
    with_it(6, |r| Operation::ShipThere { which: r.u32(..), line: r.u8(..3), units: r.u8(1..4) }),
    with_it(8, |r| Operation::AnnounceThere { which: r.u32(..), line: r.u8(..3), units: r.u8(1..3) }),
    with_it(8, |r| Operation::AnnounceHere { which: r.u32(..), line: r.u8(..3), units: r.u8(1..3) }),
    with_it(4, |r| Operation::ReceiveReturn { which: r.u32(..) }),
    with_it(16, |r| Operation::Inspect {
        which: r.u32(..),
        units: r.u8(1..3),
        finding: r.u8(..6),
        verdict: r.u8(..5),
        at: r.u8(..3),
    }),
    with_it(3, |r| Operation::PayBackThere { which: r.u32(..), line: r.u8(..3), restock: r.bool() }),
    letter(6, |r| Operation::TakeOut { which: r.u32(..), line: r.u8(..3), units: r.u8(1..4) }),
    letter(4, |r| Operation::CancelForGood { which: r.u32(..) }),
    letter(3, |r| Operation::DeleteOrder { which: r.u32(..) }),
    letter(4, |r| Operation::Cover { which: r.u32(..) }),
    letter(8, |r| Operation::AskAgain { which: r.u32(..) }),
    letter(5, |r| Operation::Transfer { product: product(r), units: r.u8(1..6), back: r.bool() }),
];

/// Mostly a field or two; now and then none, which takes away what was said before.
fn product_rule(rng: &mut Rng) -> Operation {
    let everywhere = rng.bool();
    let often = |rng: &mut Rng| rng.u32(..4) == 0;
    Operation::ProductRule {
        product: rng.u8(..3),
        connection: (!everywhere).then(|| connection(rng)),
        safety_stock: often(rng).then(|| rng.u8(..4)),
        percent: often(rng).then(|| rng.u8(..=100)),
        pre_order: often(rng).then(|| rng.u8(..8)),
        most_shown: often(rng).then(|| rng.u8(1..12)),
        least_shown: often(rng).then(|| rng.u8(..4)),
        paused: often(rng).then(|| rng.bool()),
        share: often(rng).then(|| *rng.choice(&[0, 1, 2, 5, 101]).unwrap_or(&1)),
        quota_below: (often(rng) && everywhere).then(|| *rng.choice(&[0, 3, 10, 40]).unwrap_or(&10)),
        start_tracking: None,
    }
}

fn perhaps_a_line(rng: &mut Rng) -> Option<u8> {
    rng.bool().then(|| rng.u8(..3))
}

impl Operation {
    /// One that brings many orders, or the goods for them.
    pub(super) fn dense(rng: &mut Rng) -> Self {
        match rng.u32(..3) {
            0 => Self::Receive { product: product(rng), units: rng.u16(20..160) },
            _ => Self::Rush { product: product(rng), buyers: rng.u16(20..120) },
        }
    }

    /// The same, about this product, if it is about one.
    pub(super) fn about(mut self, this: u8) -> Self {
        match &mut self {
            Self::Buy { product, .. }
            | Self::Rush { product, .. }
            | Self::Drip { product, .. }
            | Self::Receive { product, .. }
            | Self::WriteOff { product, .. }
            | Self::Count { product, .. }
            | Self::Transfer { product, .. } => *product = this,
            _ => {}
        }
        self
    }

    /// Its name, for counting.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Buy { .. } => "buy",
            Self::Rush { .. } => "rush",
            Self::Drip { .. } => "drip",
            Self::Cancel { .. } => "cancel",
            Self::Receive { .. } => "receive",
            Self::WriteOff { .. } => "write off",
            Self::Count { .. } => "count",
            Self::Rule { .. } => "rule",
            Self::ProductRule { .. } => "rule of a product",
            Self::Rename { .. } => "rename",
            Self::EditStock { .. } => "edit on the channel",
            Self::Connect { .. } => "connect",
            Self::Disconnect { .. } => "disconnect",
            Self::RevokeTokens { .. } => "revoke tokens",
            Self::SubscriptionOff { .. } => "subscription off",
            Self::WebhooksLost { .. } => "webhooks lost",
            Self::WebhooksDoubled { .. } => "webhooks doubled",
            Self::WebhooksLate { .. } => "webhooks late",
            Self::WebhooksReversed { .. } => "webhooks reversed",
            Self::Silent { .. } => "silent",
            Self::TooMany { .. } => "too many calls",
            Self::FailAfterApply { .. } => "fail after apply",
            Self::Replay { .. } => "replay",
            Self::Redrive => "redrive",
            Self::Redeploy => "redeploy",
            Self::BuyMany { .. } => "buy many",
            Self::AskToCancel { .. } => "ask to cancel",
            Self::CancelUnits { .. } => "cancel units",
            Self::ShipThere { .. } => "ship there",
            Self::AnnounceThere { .. } => "announce there",
            Self::PayBackThere { .. } => "pay back there",
            Self::TakeOut { .. } => "take out",
            Self::CancelForGood { .. } => "cancel for good",
            Self::DeleteOrder { .. } => "delete order",
            Self::Ship { .. } => "ship",
            Self::CancelHere { .. } => "cancel here",
            Self::AnnounceHere { .. } => "announce here",
            Self::ReceiveReturn { .. } => "receive return",
            Self::Inspect { .. } => "inspect",
            Self::Cover { .. } => "cover",
            Self::AskAgain { .. } => "ask again",
            Self::Transfer { .. } => "transfer",
            Self::Track { .. } => "track",
            Self::Virtual { .. } => "virtual",
            Self::ShareStock { .. } => "share stock",
            Self::PartStock { .. } => "part stock",
            Self::SellPastZero { .. } => "sell past zero",
            Self::DateWrong { .. } => "date wrong",
            Self::ClockJumps { .. } => "clock jumps",
            Self::SpoilLine { .. } => "spoil line",
            Self::MendLines { .. } => "mend lines",
            Self::DecideLines { .. } => "decide lines",
            Self::Swap { .. } => "swap",
        }
    }
}
