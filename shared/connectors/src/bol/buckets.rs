//! bol's limits: one for each kind of call, as its own table of limits lists them by path and method.
//!
//! What the table divides further is held back together here: a call too few for a second, never one too many.

use http::Method;
use ports::Request;

/// The limit a request counts against.
pub(super) fn of(request: &Request) -> &'static str {
    // The demo environment's paths have another first word, and a base address may lie below a path of its own.
    let is_root = |part: &&str| part.starts_with("retailer") || part.starts_with("shared");
    let path: Vec<&str> = request.uri().path().split('/').skip_while(|part| !is_root(part)).skip(1).collect();
    let reads = request.method() == Method::GET;
    match path.as_slice() {
        ["orders"] if reads => "orders",
        ["orders", "cancellation"] => "cancellations",
        ["orders", _] if reads => "order",
        ["offers"] if reads => "offers",
        ["offers", ..] => "offer",
        ["shipments"] if reads => "shipments",
        ["shipments", "invoices", ..] if reads => "invoice-requests",
        ["shipments", "invoices", ..] => "invoices",
        ["shipments", _] if reads => "shipment",
        ["shipments", ..] => "shipping",
        ["returns", ..] if reads => "returns",
        ["returns", ..] => "return",
        ["subscriptions", ..] => "subscriptions",
        ["process-status", ..] => "process-status",
        [] => "token",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_call_has_its_own() {
        let of =
            |method: &str, url: &str| of(&http::Request::builder().method(method).uri(url).body(bytes::Bytes::new()).unwrap());
        assert_eq!(of("GET", "https://api.bol.com/retailer/orders?page=1&status=ALL"), "orders");
        assert_eq!(of("GET", "https://api.bol.com/retailer/orders/A4K8290LP0"), "order");
        assert_eq!(of("PUT", "https://api.bol.com/retailer/orders/cancellation"), "cancellations");
        assert_eq!(of("GET", "https://api.bol.com/retailer/offers?page=2"), "offers");
        assert_eq!(of("GET", "https://127.0.0.1:8080/shop/retailer/offers/1"), "offer");
        assert_eq!(of("PATCH", "https://api.bol.com/retailer-demo/offers/1"), "offer");
        assert_eq!(of("GET", "https://api.bol.com/shared/process-status/1"), "process-status");
        assert_eq!(of("POST", "https://api.bol.com/retailer/shipments/invoices/541757635"), "invoices");
        assert_eq!(of("GET", "https://api.bol.com/retailer/shipments/invoices/requests?state=ALL"), "invoice-requests");
        assert_eq!(of("POST", "https://login.bol.com/token"), "token");
    }
}
