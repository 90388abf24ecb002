//! What a request counts against. Shopware itself limits the address of tokens alone; whoever hosts the shop may limit all others.

use ports::Request;

/// Where tokens come from.
pub(super) const TOKEN_PATH: &str = "/api/oauth/token";

/// The bucket of a request.
pub(super) fn of(request: &Request) -> &'static str {
    if request.uri().path().ends_with(TOKEN_PATH) { "tokens" } else { "calls" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_tokens_hold_nothing_else_back() {
        let of = |path: &str| {
            let uri = format!("https://shop.example.test/sub{path}");
            of(&http::Request::builder().uri(uri).body(bytes::Bytes::new()).unwrap())
        };
        assert_eq!((of("/api/oauth/token"), of("/api/search/order")), ("tokens", "calls"));
    }
}
