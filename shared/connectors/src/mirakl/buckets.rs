//! Each operation has a maximum usage of its own, so each kind of call is held back alone.

use http::Method;
use ports::Request;

/// What a request counts against.
pub(super) fn of(request: &Request) -> &'static str {
    let path: Vec<&str> = request.uri().path().split('/').skip_while(|part| *part != "api").skip(1).collect();
    let reads = request.method() == Method::GET;
    match path.as_slice() {
        ["orders"] if reads => "orders",
        ["orders", ..] => "order",
        ["offers", "stock", "imports"] => "stock imports",
        ["offers", "stock", "imports", ..] => "stock import status",
        ["offers", "pricing", "imports"] if !reads => "price imports",
        ["offers", "pricing", "imports", ..] => "price import status",
        ["offers"] => "offers",
        ["offers", ..] => "offer",
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
        assert_eq!(of("GET", "https://market.example.test/api/orders?max=100"), "orders");
        assert_eq!(of("PUT", "https://market.example.test/api/orders/A-1/accept"), "order");
        assert_eq!(of("POST", "https://market.example.test/mmp/api/offers/stock/imports"), "stock imports");
        assert_eq!(of("GET", "https://market.example.test/api/offers/stock/imports/7/status"), "stock import status");
        assert_eq!(of("POST", "https://market.example.test/api/offers/pricing/imports"), "price imports");
        assert_eq!(of("GET", "https://market.example.test/api/offers/pricing/imports?import_id=7"), "price import status");
        assert_eq!(of("GET", "https://market.example.test/api/offers/12"), "offer");
        assert_eq!(of("GET", "https://market.example.test/api/shipping/carriers"), "other");
    }
}
