//! The merchant's configuration and catalogue; what must hold stands in `foreign_bytes::configuration`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| foreign_bytes::configuration::hold(data));
