//! An order that was deleted on its channel for good: as the channel would tell it, if it still could.

use crate::{Order, OrderSnapshot};

/// What stands for the channel's word where it has none left for an order.
pub const DELETED: &str = "deleted";

impl Order {
    /// Whether the channel no longer has it.
    pub fn is_deleted(&self) -> bool {
        self.snapshot.channel_status == DELETED
    }

    /// Its last state: nothing more will be sent. What was told as sent, or left in our own shipments, has left.
    pub fn deleted(&self) -> OrderSnapshot {
        let mut last = self.snapshot.clone();
        DELETED.clone_into(&mut last.channel_status);
        for line in &mut last.lines {
            line.cancelled = line.cancelled.max(line.ordered.less(line.shipped.max(self.sent(&line.id))));
            line.cancellation_requested = false;
        }
        // Nor is anything demanded by what could not be read.
        last.unreadable_lines.clear();
        last
    }
}
