//! What needs a person: they are called, see what is right by itself closed, and decide about the rest.

mod call;
mod close;
mod decide;
mod settings;

pub use call::call_for_attention;
pub use close::close_parked;
pub use decide::{dismiss_parked, retry_parked};
pub use settings::put_attention_settings;
