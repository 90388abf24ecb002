//! Every route of the dashboard, once: the router, the OpenAPI document and its test read this list.

/// What a route does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Page,
    OpenApi,
    StockPage,
    Stock,
    Correct,
    Transfer,
    Movements,
    MoveStock,
    PutBundle,
    Explain,
    Rules,
    RulesHere,
    PutRule,
    PutRuleHere,
    RemoveRule,
    RemoveRuleHere,
    Plan,
    RecentOrders,
    Order,
    HandleOrder,
    SendParcels,
    Locations,
    Listings,
    Attention,
    Parked,
    RetryParked,
    DismissParked,
    EraseParked,
    Health,
    Preview,
    ListingsFile,
    Match,
    MatchAll,
    Publish,
    Price,
    PriceList,
    PricesPage,
    Drift,
}

/// One route.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// Parts in braces are parameters, given to the operation in their order.
    pub(crate) path: &'static str,
    pub(crate) operation: Operation,
}

const fn get(path: &'static str, operation: Operation) -> Route {
    Route { method: "GET", path, operation }
}

const fn post(path: &'static str, operation: Operation) -> Route {
    Route { method: "POST", path, operation }
}

/// All of them.
pub(crate) const ROUTES: &[Route] = &[
    get("/", Operation::Page),
    get("/api/v1/openapi.json", Operation::OpenApi),
    get("/api/v1/stock", Operation::StockPage),
    get("/api/v1/stock/{sku}", Operation::Stock),
    get("/api/v1/stock/{sku}/movements", Operation::Movements),
    post("/api/v1/stock/{sku}/corrections", Operation::Correct),
    post("/api/v1/stock/{sku}/transfers", Operation::Transfer),
    post("/api/v1/stock/movements", Operation::MoveStock),
    Route { method: "PUT", path: "/api/v1/bundles/{sku}", operation: Operation::PutBundle },
    get("/api/v1/stock/{sku}/explain", Operation::Explain),
    get("/api/v1/rules/{sku}", Operation::Rules),
    Route { method: "PUT", path: "/api/v1/rules/{sku}", operation: Operation::PutRule },
    Route { method: "DELETE", path: "/api/v1/rules/{sku}", operation: Operation::RemoveRule },
    get("/api/v1/rules/{sku}/{connection}", Operation::RulesHere),
    Route { method: "PUT", path: "/api/v1/rules/{sku}/{connection}", operation: Operation::PutRuleHere },
    Route { method: "DELETE", path: "/api/v1/rules/{sku}/{connection}", operation: Operation::RemoveRuleHere },
    post("/api/v1/plan", Operation::Plan),
    get("/api/v1/orders", Operation::RecentOrders),
    get("/api/v1/orders/{connection}/{number}", Operation::Order),
    post("/api/v1/orders/{connection}/{number}", Operation::HandleOrder),
    post("/api/v1/parcels", Operation::SendParcels),
    get("/api/v1/locations", Operation::Locations),
    get("/api/v1/listings/{connection}", Operation::Listings),
    get("/api/v1/listings/{connection}/preview", Operation::Preview),
    get("/api/v1/listings/{connection}/report.csv", Operation::ListingsFile),
    post("/api/v1/matches", Operation::MatchAll),
    Route { method: "PUT", path: "/api/v1/listings/{connection}/{offer}", operation: Operation::Match },
    Route { method: "PUT", path: "/api/v1/connections/{connection}/publishing", operation: Operation::Publish },
    Route { method: "PUT", path: "/api/v1/prices/{connection}/{sku}", operation: Operation::Price },
    post("/api/v1/prices", Operation::PriceList),
    get("/api/v1/prices/{connection}", Operation::PricesPage),
    get("/api/v1/drift", Operation::Drift),
    get("/api/v1/attention", Operation::Attention),
    get("/api/v1/parked", Operation::Parked),
    post("/api/v1/parked/{id}/retry", Operation::RetryParked),
    post("/api/v1/parked/{id}/dismiss", Operation::DismissParked),
    Route { method: "DELETE", path: "/api/v1/parked/{id}/body", operation: Operation::EraseParked },
    get("/api/v1/health", Operation::Health),
];

/// What was found for a request.
#[derive(Debug)]
pub(crate) enum Found {
    /// This, with its parameters decoded.
    Route(Operation, Vec<String>),
    /// The path is known, but not for this method; those it is known for.
    WrongMethod(Vec<&'static str>),
    /// Nothing.
    Nothing,
}

/// Finds the route. `path` is as sent, percent signs and all.
///
/// A gateway may have decoded the path, so that a slash within a SKU is one in the path. Only where no route fits part by part
/// is the last parameter taken to hold slashes.
pub(crate) fn find(method: &str, path: &str) -> Found {
    let parts: Vec<&str> = path.split('/').collect();
    for slashes in [false, true] {
        let fitting: Vec<_> = ROUTES.iter().filter_map(|r| parameters(r.path, &parts, slashes).map(|p| (r, p))).collect();
        // The longer template says more: `/stock/{sku}/movements` before `/stock/{sku}`; but an article may be called `movements`.
        let best = fitting.iter().map(|(r, _)| r.path.len()).max();
        let methods: Vec<_> = fitting.iter().filter(|(r, _)| Some(r.path.len()) == best).map(|(r, _)| r.method).collect();
        let takes = |r: &Route| r.method == method || (method == "HEAD" && r.method == "GET");
        match fitting.into_iter().filter(|(r, _)| takes(r)).max_by_key(|(r, _)| r.path.len()) {
            Some((route, parameters)) => return Found::Route(route.operation, parameters),
            None if !methods.is_empty() => return Found::WrongMethod(methods),
            None => {}
        }
    }
    Found::Nothing
}

/// The parameters, if the path fits the template.
fn parameters(template: &str, parts: &[&str], slashes: bool) -> Option<Vec<String>> {
    let wanted: Vec<&str> = template.split('/').collect();
    let extra = parts.len().checked_sub(wanted.len())?;
    if (extra > 0) != slashes {
        return None;
    }
    let last = wanted.iter().rposition(|w| w.starts_with('{'));
    let mut found = Vec::new();
    let mut at = 0;
    for (position, want) in wanted.iter().enumerate() {
        let taken = if Some(position) == last { 1 + extra } else { 1 };
        let part = parts.get(at..at + taken)?.join("/");
        at += taken;
        if want.starts_with('{') {
            found.push(decoded(&part).filter(|p| !p.is_empty())?);
        } else if *want != part {
            return None;
        }
    }
    (at == parts.len()).then_some(found)
}

/// With `%2F` and the like turned into what they stand for; what is no such sequence stays. `None`: not UTF-8.
fn decoded(part: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escape = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = escape.filter(|hex| !hex.starts_with('+')).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(byte) = byte.filter(|_| *first == b'%') {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(path: &str) -> (Operation, Vec<String>) {
        match find("GET", path) {
            Found::Route(operation, parameters) => (operation, parameters),
            other => panic!("{path}: {other:?}"),
        }
    }

    #[test]
    fn a_sku_may_hold_spaces_and_slashes() {
        assert_eq!(route("/api/v1/stock/MUG%2012%2FBLUE"), (Operation::Stock, vec!["MUG 12/BLUE".into()]));
        assert_eq!(route("/api/v1/stock/MUG%2012%2FBLUE/movements"), (Operation::Movements, vec!["MUG 12/BLUE".into()]));
        assert_eq!(route("/api/v1/stock/X%2Fmovements"), (Operation::Stock, vec!["X/movements".into()]));
        assert_eq!(route("/api/v1/stock/50%"), (Operation::Stock, vec!["50%".into()]));
        assert_eq!(route("/api/v1/stock/movements"), (Operation::Stock, vec!["movements".into()]));
    }

    #[test]
    fn a_path_that_a_gateway_has_decoded_is_understood_too() {
        assert_eq!(route("/api/v1/stock/MUG 12/BLUE"), (Operation::Stock, vec!["MUG 12/BLUE".into()]));
        assert_eq!(route("/api/v1/stock/MUG 12/BLUE/movements"), (Operation::Movements, vec!["MUG 12/BLUE".into()]));
        assert_eq!(route("/api/v1/orders/shop/2026/11"), (Operation::Order, vec!["shop".into(), "2026/11".into()]));
    }

    #[test]
    fn what_is_not_there_is_told_from_what_cannot_be_done() {
        assert!(matches!(find("GET", "/api/v1/stoc"), Found::Nothing));
        assert!(matches!(find("GET", "/api/v1/stock/"), Found::Nothing));
        assert!(matches!(find("GET", "/api/v1/stock/%FF"), Found::Nothing));
        assert!(matches!(find("DELETE", "/api/v1/stock/A"), Found::WrongMethod(m) if m == ["GET"]));
        assert!(matches!(find("GET", "/api/v1/stock/A/corrections"), Found::WrongMethod(m) if m == ["POST"]));
        assert!(matches!(find("PUT", "/api/v1/stock/movements"), Found::WrongMethod(m) if m == ["POST"]));
        assert!(matches!(find("DELETE", "/api/v1/orders/shop/1"), Found::WrongMethod(m) if m == ["GET", "POST"]));
        assert!(matches!(find("PUT", "/api/v1/listings/shop/report.csv"), Found::Route(Operation::Match, _)), "an item's name");
        assert!(matches!(find("HEAD", "/"), Found::Route(Operation::Page, _)));
    }
}
