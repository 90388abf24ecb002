//! The schemas in `events/schemas` are those of the types, and every sample in `events/samples` is what its schema says.

#![allow(clippy::unwrap_used, reason = "a test may fail on what is not there")]

use contracts::{
    ConnectionFailing, ConnectionRecovered, InboundOrder, ListingPublished, Message, NeedsAttention, OrderAccepted, OrderChanged,
    OrderShipped, OrderUpdateDue, ReturnDecided, StockHint, StockShort, schemas,
};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn events() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../events")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn parsed(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the switch that rewrites the schemas; no deployed code reads it")]
fn the_schemas_on_disk_are_those_of_the_types() {
    let folder = events().join("schemas");
    if std::env::var("UPDATE_SCHEMAS").is_ok() {
        for (name, text) in schemas() {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let wanted: BTreeSet<_> = schemas().into_iter().map(|(name, _)| name).collect();
    let found: BTreeSet<_> = files(&folder).iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(found, wanted, "events/schemas holds exactly one file per message");
    for (name, text) in schemas() {
        let kept = fs::read_to_string(folder.join(&name)).unwrap();
        assert!(kept == text, "{name} differs from its type: run `UPDATE_SCHEMAS=1 cargo test -p contracts`, and read the diff");
    }
}

/// A sample says what its type says: nothing is missing, nothing is left over.
fn holds<M: Message>(path: &Path) {
    let sample = parsed(path);
    let schema: Value =
        serde_json::from_str(&schemas().into_iter().find(|(n, _)| *n == format!("{}.json", M::NAME)).unwrap().1).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let complaints: Vec<_> = validator.iter_errors(&sample).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(complaints.is_empty(), "{}: {complaints:?}", path.display());
    let message = M::from_json(&sample.to_string()).unwrap_or_else(|e| panic!("{}: {e:?}", path.display()));
    assert_eq!(serde_json::from_str::<Value>(&message.to_json()).unwrap(), sample, "{}", path.display());
}

#[test]
fn every_sample_on_a_queue_is_a_message_of_that_queue() {
    let samples = events().join("samples");
    let (inbound, hints) = (files(&samples.join("inbound")), files(&samples.join("stock-hints")));
    let updates = files(&samples.join("order-updates"));
    assert!(inbound.len() >= 2 && hints.len() >= 2 && updates.len() >= 2);
    for path in &inbound {
        holds::<InboundOrder>(path);
    }
    for path in &hints {
        holds::<StockHint>(path);
    }
    for path in &updates {
        holds::<OrderUpdateDue>(path);
    }
}

#[test]
fn every_event_of_the_bus_has_a_sample_that_fits_it() {
    let folder = events().join("samples/bus");
    let mut seen = BTreeSet::new();
    for path in files(&folder) {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        match name.as_str() {
            OrderAccepted::NAME => holds::<OrderAccepted>(&path),
            OrderChanged::NAME => holds::<OrderChanged>(&path),
            OrderShipped::NAME => holds::<OrderShipped>(&path),
            ReturnDecided::NAME => holds::<ReturnDecided>(&path),
            StockShort::NAME => holds::<StockShort>(&path),
            ListingPublished::NAME => holds::<ListingPublished>(&path),
            ConnectionFailing::NAME => holds::<ConnectionFailing>(&path),
            ConnectionRecovered::NAME => holds::<ConnectionRecovered>(&path),
            NeedsAttention::NAME => holds::<NeedsAttention>(&path),
            other => panic!("{other} is no event of the bus"),
        }
        seen.insert(name);
    }
    assert_eq!(seen.len(), 9, "found only {seen:?}");
}

#[test]
fn what_is_no_message_is_refused() {
    for wrong in [
        r#"{"connection":"Web Shop","number":"1","cause":"poll","read_at":"2026-11-21T12:00:00Z"}"#,
        r#"{"connection":"webshop","number":"1","cause":"gossip","read_at":"2026-11-21T12:00:00Z"}"#,
        r#"{"connection":"webshop","number":"1","cause":"poll","read_at":"yesterday"}"#,
        r#"{"number":"1","cause":"poll","read_at":"2026-11-21T12:00:00Z"}"#,
    ] {
        assert!(InboundOrder::from_json(&wrong.replace('{', r#"{"schema_version":1,"#)).is_err(), "{wrong}");
    }
    assert!(StockHint::from_json(r#"{"schema_version":1,"sku":""}"#).is_err());
}
