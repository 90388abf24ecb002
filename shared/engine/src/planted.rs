//! Mistakes that others made and that no port can show: each is one condition, to be switched on by tests. All others are made in the ports of
//! tests, and nothing of them is here.
//!
//! Without the feature `planted`, which nothing shipped turns on, every question here is answered with a constant no.

/// A mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// A figure is raised without having read the channel's orders since it fell.
    RaiseWithoutRead,
    /// A quota is granted before orders up to the figure it rests on are taken in.
    GrantedUnsettled,
    /// What the leading shop shows is taken for an edit before its orders are in.
    EditTakenUnsettled,
    /// An absolute figure is counted as if nobody bought meanwhile.
    AbsoluteAsDifference,
    /// Our own writes are not known to be ours when a shop leads.
    EchoTakenAsEdit,
    /// Two products that have one stock on a channel are each published to it.
    SharedStockPublished,
    /// What was noted beyond now, by a clock that was ahead, is believed.
    BeyondNowBelieved,
}

#[cfg(feature = "planted")]
thread_local! {
    static PLANTED: std::cell::Cell<Option<Mistake>> = const { std::cell::Cell::new(None) };
}

/// Makes this thread make the mistake.
#[cfg(feature = "planted")]
pub fn plant(mistake: Option<Mistake>) {
    PLANTED.with(|p| p.set(mistake));
}

/// Whether the mistake is to be made.
#[cfg(feature = "planted")]
pub(crate) fn planted(mistake: Mistake) -> bool {
    PLANTED.with(|p| p.get() == Some(mistake))
}

/// Whether the mistake is to be made: never.
#[cfg(not(feature = "planted"))]
pub(crate) const fn planted(_: Mistake) -> bool {
    false
}
