//! Amazon's stores in Europe, by the country that a merchant names: each has an id of Amazon's own and one currency.

/// A store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marketplace {
    /// As in the setting `marketplace`: the country's two letters, small.
    pub(super) name: &'static str,
    /// Amazon's id.
    pub(super) id: &'static str,
    /// What its prices are in.
    pub(super) currency: &'static str,
}

const fn store(name: &'static str, id: &'static str, currency: &'static str) -> Marketplace {
    Marketplace { name, id, currency }
}

/// Those at the European host whose prices include VAT. The first is meant where none is set.
pub(super) const ALL: [Marketplace; 10] = [
    store("nl", "A1805IZSGTT6HS", "EUR"),
    store("be", "AMEN7PMS3EDWL", "EUR"),
    store("de", "A1PA6795UKMFR9", "EUR"),
    store("fr", "A13V1IB3VIYZZH", "EUR"),
    store("it", "APJ6JRA9NG5V4", "EUR"),
    store("es", "A1RKKUPIHCS9HS", "EUR"),
    store("ie", "A28R8C7NBKEWEA", "EUR"),
    store("pl", "A1C3SOZRARQ6R3", "PLN"),
    store("se", "A2NODRKZP88ZB9", "SEK"),
    store("uk", "A1F83G8C2ARO7P", "GBP"),
];
