//! Batches of snapshots through `domain::plan`; what must hold stands in `foreign_bytes::planning`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| foreign_bytes::planning::hold(data));
