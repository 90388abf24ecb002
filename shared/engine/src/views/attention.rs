//! Everything that waits for a person, in one list, and whether that is known to be all.

use super::drift::{DifferenceView, drift};
use super::failing::{FailingConnection, failing};
use super::order_list::cancellation_requests;
use super::orders::recent_orders;
use super::parked::{self, ParkedView};
use super::{MOST_PER_PAGE, PageRequest, RecentOrder, RecentOrders, Unreadable};
use crate::Ports;
use ports::Result;

/// Pages of differences that are read for one list.
const MOST_PAGES: usize = 25;
/// Entries of each kind that are shown.
const MOST_SHOWN: usize = 200;

/// What waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub struct Attention {
    /// Whether this is all there is: every kind was read to its end, every row could be read, and nothing was left out. Only then does an
    /// empty list say that nothing waits.
    pub complete: bool,
    /// Connections that do not work: those that have failed for as long as people wait for it to end, and those whose credentials or settings
    /// a person must put right, at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<FailingConnection>,
    /// Orders whose customer asks for cancellation and waits for an answer, those that changed of late first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cancellation_requests: Vec<RecentOrder>,
    /// These are of all orders; otherwise the index is not made yet, and they are of those that changed today or yesterday (UTC).
    pub cancellation_requests_of_all_orders: bool,
    /// What was put aside, the last to fail first; at most 200.
    pub parked: Vec<ParkedView>,
    /// Further such things.
    pub more_parked: usize,
    /// Differences between a channel, or our own books, and what should be, that no repair helps against; at most 200.
    pub differences: Vec<DifferenceView>,
    /// Further such differences were found; none: that is not known.
    pub more_differences: Option<usize>,
    /// Rows of it that cannot be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unreadable: Vec<Unreadable>,
}

/// Reads all of it.
pub async fn attention(world: &Ports) -> Result<Attention> {
    let (mut parked, mut unreadable) = parked::all(world).await?;
    let connections = failing(world, &mut unreadable).await?;
    let (mut differences, mut whole) = (Vec::new(), false);
    let mut request = PageRequest::first(MOST_PER_PAGE);
    for _ in 0..MOST_PAGES {
        let page = drift(world, true, &request).await?;
        differences.extend(page.differences);
        unreadable.extend(page.unreadable);
        request.cursor = page.next;
        if request.cursor.is_none() {
            whole = true;
            break;
        }
    }
    let requests = Requests::read(world).await?;
    unreadable.extend(requests.unreadable);
    unreadable.sort_by(|a, b| a.key.cmp(&b.key));
    unreadable.dedup();
    let (more_parked, more_differences) = (parked.len().saturating_sub(MOST_SHOWN), differences.len().saturating_sub(MOST_SHOWN));
    parked.truncate(MOST_SHOWN);
    differences.truncate(MOST_SHOWN);
    Ok(Attention {
        complete: whole && requests.whole && unreadable.is_empty() && more_parked == 0 && more_differences == 0,
        connections,
        cancellation_requests: requests.orders,
        cancellation_requests_of_all_orders: requests.of_all_orders,
        parked,
        more_parked,
        differences,
        more_differences: whole.then_some(more_differences),
        unreadable,
    })
}

/// Orders whose customer asks for cancellation, as the index has them and as they are.
struct Requests {
    orders: Vec<RecentOrder>,
    of_all_orders: bool,
    /// Nothing of what there is to read was left out.
    whole: bool,
    unreadable: Vec<Unreadable>,
}

impl Requests {
    async fn read(world: &Ports) -> Result<Self> {
        let (of_late, indexed) = futures::try_join!(recent_orders(world, MOST_PER_PAGE), cancellation_requests(world))?;
        let of_all_orders = indexed.index.as_ref().is_some_and(|index| index.complete);
        let whole = !(of_all_orders && indexed.next.is_some());
        Ok(Self::of(of_late, indexed, of_all_orders, whole))
    }

    /// What changed of late may be in the index as it was.
    fn of(of_late: RecentOrders, indexed: RecentOrders, of_all_orders: bool, whole: bool) -> Self {
        let is_late = |one: &RecentOrder| {
            of_late.orders.iter().any(|known| (&known.connection, &known.number) == (&one.connection, &one.number))
        };
        let before: Vec<RecentOrder> = indexed.orders.into_iter().filter(|one| !is_late(one)).collect();
        let orders = of_late.orders.into_iter().chain(before).filter(|order| order.cancellation_requested).collect();
        let unreadable = of_late.unreadable.into_iter().chain(indexed.unreadable).collect();
        Self { orders, of_all_orders, whole, unreadable }
    }
}
