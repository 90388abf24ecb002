//! What chaos did, over all lives of the stack: each counts by itself and takes its counts along when it is killed.

use serde_json::Value;
use std::collections::BTreeMap;

/// The sums.
#[derive(Debug, Default)]
pub(super) struct Injected {
    calls: u64,
    faults: BTreeMap<String, u64>,
    troubles: BTreeMap<String, u64>,
}

impl Injected {
    /// Adds what one life counted, as its status tells.
    pub(super) fn add(&mut self, status: &Value) {
        let Some(chaos) = status.get("chaos").filter(|c| c.is_object()) else { return };
        self.calls += chaos.get("calls").and_then(Value::as_u64).unwrap_or_default();
        for by_fault in chaos.get("faults").and_then(Value::as_object).into_iter().flat_map(|calls| calls.values()) {
            sum(&mut self.faults, by_fault);
        }
        sum(&mut self.troubles, chaos.get("troubles_at_shops").unwrap_or(&Value::Null));
    }

    /// Calls that went wrong.
    pub(super) fn faults(&self) -> u64 {
        self.faults.values().sum()
    }

    /// In one line each: faults, and troubles at shops.
    pub(super) fn lines(&self) -> [String; 2] {
        let list = |of: &BTreeMap<String, u64>| of.iter().map(|(name, n)| format!("{n} {name}")).collect::<Vec<_>>().join(", ");
        [format!("{} of {} calls: {}", self.faults(), self.calls, list(&self.faults)), list(&self.troubles)]
    }
}

fn sum(into: &mut BTreeMap<String, u64>, counts: &Value) {
    for (name, count) in counts.as_object().into_iter().flatten() {
        *into.entry(name.clone()).or_default() += count.as_u64().unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lives_are_added_up() {
        let status = serde_json::json!({ "chaos": {
            "calls": 10,
            "faults": { "table.get": { "down": 1 }, "queue.send": { "down": 2, "doubled": 1 } },
            "troubles_at_shops": { "silent": 1 },
        } });
        let mut injected = Injected::default();
        injected.add(&status);
        injected.add(&status);
        injected.add(&serde_json::json!({ "chaos": null }));
        assert_eq!(injected.lines(), ["8 of 20 calls: 2 doubled, 6 down".to_owned(), "2 silent".to_owned()]);
    }
}
