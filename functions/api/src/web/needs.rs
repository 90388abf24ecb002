//! What a route needs: it stands in the type of the call that its handler takes, so that there is no handler without it.

use domain::Right;

/// A right, as a type.
pub(crate) trait Needs: Send + Sync + 'static {
    /// Which.
    const RIGHT: Right;
}

macro_rules! needs {
    ($($name:ident),* $(,)?) => {$(
        #[doc = concat!("As `Right::", stringify!($name), "`.")]
        pub(crate) enum $name {}

        impl Needs for $name {
            const RIGHT: Right = Right::$name;
        }
    )*};
}

needs!(
    Look,
    ReadBuyers,
    ReadDocuments,
    ShipOrders,
    HandleReturns,
    CancelOrders,
    AdjustStock,
    HandleInvoices,
    ManageCatalogue,
    ManageConnections,
    DecideParked,
    ErasePersonalData,
    ManageUsers,
);
