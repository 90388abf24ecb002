//! What channels answer to every function of their connectors; what must hold stands in `foreign_bytes::answers`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| foreign_bytes::answers::hold(data));
