//! Messages on queues and the bus, names and figures; what must hold stands in `foreign_bytes::messages`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| foreign_bytes::messages::hold(data));
