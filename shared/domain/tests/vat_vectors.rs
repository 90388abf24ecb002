//! Against vectors that were made from the law by somebody else: sums, charges over several rates, decisions.
//!
//! They are not part of this repository: set `SLUIS_SPECS` to a folder that holds `invoicing/vat-vectors.json`. A field or a word in them that
//! is not known here fails the test: what is passed over is not checked.

#![allow(clippy::unwrap_used, reason = "a vector that cannot be read fails its test")]

#[path = "vat_vectors/arithmetic.rs"]
mod arithmetic;
#[path = "vat_vectors/decisions.rs"]
mod decisions;
#[path = "vat_vectors/words.rs"]
mod words;

use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    #[serde(rename = "note")]
    _note: Option<String>,
    arithmetic: Vec<arithmetic::Sum>,
    shipping_split: Vec<arithmetic::Split>,
    decisions: Vec<decisions::Decided>,
    base_defaults: serde_json::Map<String, Value>,
}

#[test]
fn vat_vectors() {
    let Some(specs) = std::env::var_os("SLUIS_SPECS") else {
        println!("skipped: SLUIS_SPECS is not set, so there are no vectors of VAT to compare with");
        return;
    };
    let file = std::path::PathBuf::from(specs).join("invoicing/vat-vectors.json");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let vectors: Vectors = serde_json::from_str(&text).unwrap();
    decisions::check_defaults(&vectors.base_defaults);
    let mut wrong = Vec::new();
    for sum in &vectors.arithmetic {
        wrong.extend(sum.differences());
    }
    for split in &vectors.shipping_split {
        wrong.extend(split.differences());
    }
    for decided in &vectors.decisions {
        wrong.extend(decided.differences(&vectors.base_defaults));
    }
    let (sums, splits, decisions) = (vectors.arithmetic.len(), vectors.shipping_split.len(), vectors.decisions.len());
    println!("VAT: {sums} sums, {splits} splits and {decisions} decisions checked against the vectors");
    assert!(sums > 0 && splits > 0 && decisions > 0, "a kind of vector is missing");
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}
