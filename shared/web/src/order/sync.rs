//! How far the channel was told, and telling it once more.

use super::Order;
use crate::chip::{Tone, chip};
use crate::form::Form;
use crate::reader::say;
use crate::unreadable::technical;
use domain::{ChannelSync, Right};
use maud::{Markup, html};

impl Order<'_> {
    pub(super) fn sync(&self, id: &str, sync: &ChannelSync) -> Markup {
        let tone = match sync {
            ChannelSync::Pending | ChannelSync::Sending { .. } | ChannelSync::Processing { .. } => Tone::Wait,
            ChannelSync::Synced { .. } => Tone::Good,
            ChannelSync::Rejected { .. } => Tone::Bad,
            ChannelSync::NotNeeded => Tone::Plain,
        };
        let word = self.reader.choice("sync", sync);
        html! {
            " " (chip(tone, &word))
            @if let ChannelSync::Rejected { reason, outcome_unknown } = sync {
                (technical(self.reader, [reason]))
                (self.tell_again(id, *outcome_unknown))
            }
        }
    }

    fn tell_again(&self, id: &str, outcome_unknown: bool) -> Markup {
        let reader = self.reader;
        let words = if outcome_unknown { say!(reader, "tell-again-unsure") } else { say!(reader, "tell-again-long") };
        let form = Form::new(reader, &self.address, ("tell", Right::ShipOrders), id, self.sent);
        form.folded(&say!(reader, "tell-again"), &html! { p { (words) } })
    }
}
