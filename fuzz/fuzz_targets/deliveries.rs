//! Webhook deliveries of every channel; what must hold stands in `foreign_bytes::deliveries`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| foreign_bytes::deliveries::hold(data));
