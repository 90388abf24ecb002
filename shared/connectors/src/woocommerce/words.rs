//! What the buyer reads: order notes and the reasons of refund records are shown and mailed to them, in the shop's language.

use domain::{CancelReason, ReturnResolution};
use ports::{Account, Error, ErrorKind, Result};

/// The name of the connection's setting.
const SETTING: &str = "language";

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    code: &'static str,
    /// Before what is in a shipment.
    pub(super) on_its_way: &'static str,
    sold_out: &'static str,
    asked_for: &'static str,
    damaged: &'static str,
    wrong_price: &'static str,
    too_late: &'static str,
    twice: &'static str,
    other: &'static str,
    came_back: &'static str,
    kept: &'static str,
    refused: &'static str,
}

static ALL: [Words; 4] = [
    Words {
        code: "nl",
        on_its_way: "Onderweg naar u",
        sold_out: "Niet meer leverbaar",
        asked_for: "Geannuleerd op verzoek",
        damaged: "Beschadigd, niet verzonden",
        wrong_price: "Prijs was onjuist",
        too_late: "Niet op tijd leverbaar",
        twice: "Dubbel besteld",
        other: "Geannuleerd",
        came_back: "Retour ontvangen",
        kept: "Terugbetaling zonder retour",
        refused: "Retour afgewezen",
    },
    Words {
        code: "fr",
        on_its_way: "En route vers vous",
        sold_out: "Plus disponible",
        asked_for: "Annulé à votre demande",
        damaged: "Endommagé, non expédié",
        wrong_price: "Prix erroné",
        too_late: "Livraison impossible à temps",
        twice: "Commandé deux fois",
        other: "Annulé",
        came_back: "Retour reçu",
        kept: "Remboursement sans retour",
        refused: "Retour refusé",
    },
    Words {
        code: "de",
        on_its_way: "Unterwegs zu Ihnen",
        sold_out: "Nicht mehr lieferbar",
        asked_for: "Auf Wunsch storniert",
        damaged: "Beschädigt, nicht versandt",
        wrong_price: "Preis war falsch",
        too_late: "Nicht rechtzeitig lieferbar",
        twice: "Doppelt bestellt",
        other: "Storniert",
        came_back: "Retoure eingegangen",
        kept: "Erstattung ohne Rücksendung",
        refused: "Retoure abgelehnt",
    },
    Words {
        code: "en",
        on_its_way: "On its way to you",
        sold_out: "No longer available",
        asked_for: "Cancelled at your request",
        damaged: "Damaged, not sent",
        wrong_price: "The price was wrong",
        too_late: "Cannot be delivered in time",
        twice: "Ordered twice",
        other: "Cancelled",
        came_back: "Return received",
        kept: "Refund without return",
        refused: "Return refused",
    },
];

/// The words of the connection's language; Dutch if it names none.
pub(super) fn of(account: &Account) -> Result<&'static Words> {
    let code = account.settings.get(SETTING).map_or("nl", String::as_str);
    ALL.iter().find(|words| words.code == code).ok_or_else(|| {
        let known: Vec<&str> = ALL.iter().map(|words| words.code).collect();
        let message = format!("connection {}: the setting `{SETTING}` must be one of {}", account.connection, known.join(", "));
        Error::new(ErrorKind::Configuration, "woocommerce.words", message)
    })
}

impl Words {
    /// Why units were cancelled. Core has no codes of its own: the text is all it keeps.
    pub(super) fn cancelled(&self, reason: CancelReason) -> &'static str {
        match reason {
            CancelReason::OutOfStock | CancelReason::NotFound => self.sold_out,
            CancelReason::CustomerRequest => self.asked_for,
            CancelReason::Damaged => self.damaged,
            CancelReason::WrongPrice => self.wrong_price,
            CancelReason::TooLate => self.too_late,
            CancelReason::OrderedTwice => self.twice,
            CancelReason::Other => self.other,
        }
    }

    /// What was decided about units that were sent.
    pub(super) fn decided(&self, verdict: ReturnResolution) -> &'static str {
        match verdict {
            ReturnResolution::Accepted => self.came_back,
            ReturnResolution::BuyerKeeps => self.kept,
            ReturnResolution::Rejected => self.refused,
        }
    }
}
