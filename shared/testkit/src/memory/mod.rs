//! The ports in memory, as faithful as tests need them. Faults are not here: `faults` wraps these.

mod bus;
mod condition;
mod documents;
mod mail;
mod notifications;
mod queue;
mod table;

pub use bus::MemoryBus;
pub use documents::MemoryDocuments;
pub use mail::MemoryMailer;
pub use notifications::MemoryNotifications;
pub use queue::MemoryQueue;
pub use table::MemoryTable;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A test that failed while holding a lock has already said so; others go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
