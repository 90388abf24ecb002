//! Each operation has a bucket of its own, which refills slowly. The default usage plans of Amazon's own documents.

use http::Method;
use ports::Request;
use std::time::Duration;

/// A limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bucket {
    /// Its name.
    pub(super) name: &'static str,
    /// How long it takes until one more call is allowed.
    pub(super) refill: Duration,
}

const fn bucket(name: &'static str, refill_ms: u64) -> Bucket {
    Bucket { name, refill: Duration::from_millis(refill_ms) }
}

/// What a request counts against.
pub(super) fn of(request: &Request) -> Bucket {
    let path: Vec<&str> = request.uri().path().trim_start_matches('/').split('/').collect();
    match path.as_slice() {
        ["orders", "2026-01-01", "orders"] => bucket("orders", 178_600),
        ["orders", "2026-01-01", "orders", _] => bucket("order", 2_000),
        ["orders", "v0", "orders", _, "shipmentConfirmation"] => bucket("shipments", 500),
        ["listings", _, "items", _] => bucket("listings", 200),
        ["listings", _, "items", _, _] if request.method() == Method::PATCH => bucket("listing writes", 200),
        ["listings", ..] => bucket("listing", 200),
        ["notifications", ..] => bucket("notifications", 1_000),
        ["sellers", ..] => bucket("sellers", 62_500),
        _ => bucket("other", 2_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_call_has_its_own() {
        let of = |method: &str, path: &str| {
            let uri = format!("https://amazon.example.test{path}");
            of(&http::Request::builder().method(method).uri(uri).body(bytes::Bytes::new()).unwrap()).name
        };
        assert_eq!(of("GET", "/orders/2026-01-01/orders?maxResultsPerPage=100"), "orders");
        assert_eq!(of("GET", "/orders/2026-01-01/orders/405-1"), "order");
        assert_eq!(of("POST", "/orders/v0/orders/405-1/shipmentConfirmation"), "shipments");
        assert_eq!(of("GET", "/listings/2021-08-01/items/A1"), "listings");
        assert_eq!(of("GET", "/listings/2021-08-01/items/A1/TEA%2FGREEN"), "listing");
        assert_eq!(of("PATCH", "/listings/2021-08-01/items/A1/TEA%2FGREEN"), "listing writes");
        assert_eq!(of("POST", "/notifications/v1/destinations"), "notifications");
        assert_eq!(of("POST", "/auth/o2/token"), "other");
    }
}
