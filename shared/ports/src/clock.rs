//! Time and names, both given: a simulation owns them.

use jiff::Timestamp;

/// The present time.
pub trait Clock: Send + Sync {
    /// Now, UTC.
    fn now(&self) -> Timestamp;
}

/// Fresh names.
pub trait Ids: Send + Sync {
    /// A UUID that was never given before, version 4, as 36 characters.
    fn fresh(&self) -> String;
}
