//! Paths of which a gateway has decoded the percent signs, so that a slash within a SKU is one in the path.

use std::fmt::Write as _;

/// Parameters that may hold slashes.
const MAY_HOLD_SLASHES: [&str; 4] = ["{sku}", "{order}", "{listing}", "{invoice}"];

/// The templates of all routes.
#[derive(Debug, Clone)]
pub(crate) struct Paths(Vec<Vec<String>>);

impl Paths {
    pub(crate) fn of(templates: &[String]) -> Self {
        let mut templates: Vec<Vec<String>> =
            templates.iter().map(|template| template.split('/').map(str::to_owned).collect()).collect();
        // The longer template says more: `/products/{sku}/movements` before `/products/{sku}`.
        templates
            .sort_by_key(|parts| std::cmp::Reverse((parts.iter().filter(|part| !part.starts_with('{')).count(), parts.len())));
        Self(templates)
    }

    /// The path as a route can match it: with what a URI does not allow percent-encoded, and the slashes within a parameter too. Only where no
    /// route fits part by part is a parameter taken to hold slashes. A path that fits none stays as it is.
    pub(crate) fn fitted(&self, path: &str) -> String {
        let parts: Vec<&str> = path.split('/').collect();
        if self.0.iter().any(|template| fits(template, &parts)) {
            return encoded(path);
        }
        let joined = self.0.iter().find_map(|template| joined(template, &parts));
        joined.unwrap_or_else(|| encoded(path))
    }
}

fn fits(template: &[String], parts: &[&str]) -> bool {
    let fits = |(want, part): (&String, &&str)| if want.starts_with('{') { !part.is_empty() } else { want == part };
    template.len() == parts.len() && template.iter().zip(parts).all(fits)
}

/// The path, with the parts that its one long parameter takes made one part.
fn joined(template: &[String], parts: &[&str]) -> Option<String> {
    let extra = parts.len().checked_sub(template.len()).filter(|extra| *extra > 0)?;
    // The last one that may: an order's number is behind its connection.
    let long = template.iter().rposition(|want| MAY_HOLD_SLASHES.contains(&want.as_str()))?;
    let (before, rest) = parts.split_at_checked(long)?;
    let (within, after) = rest.split_at_checked(1 + extra)?;
    if within.iter().any(|part| part.is_empty()) {
        return None;
    }
    let whole = within.join("%2F");
    let all: Vec<&str> = before.iter().chain([&whole.as_str()]).chain(after).copied().collect();
    fits(template, &all).then(|| encoded(&all.join("/")))
}

/// What a URI does not allow as it is, percent-encoded; percent signs that are there stay.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/%".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // To a string nothing fails to be written.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fitted(path: &str) -> String {
        let all = [
            "/products/{sku}",
            "/products/{sku}/movements",
            "/products/{sku}/rules/{connection}",
            "/orders/{connection}/{order}",
            "/orders/{connection}/{order}/shipments",
            "/stock/adjustments",
        ];
        Paths::of(&all.map(str::to_owned)).fitted(path)
    }

    #[test]
    fn a_path_that_fits_is_encoded_and_no_more() {
        assert_eq!(fitted("/products/MUG%2012%2FBLUE"), "/products/MUG%2012%2FBLUE");
        assert_eq!(fitted("/products/MUG 12"), "/products/MUG%2012");
        assert_eq!(fitted("/products/X%2Fmovements"), "/products/X%2Fmovements");
        assert_eq!(fitted("/products/50%"), "/products/50%");
        assert_eq!(fitted("/products/é"), "/products/%C3%A9");
    }

    #[test]
    fn slashes_that_a_gateway_has_decoded_are_part_of_the_parameter_again() {
        assert_eq!(fitted("/products/MUG 12/BLUE"), "/products/MUG%2012%2FBLUE");
        assert_eq!(fitted("/products/MUG 12/BLUE/movements"), "/products/MUG%2012%2FBLUE/movements");
        assert_eq!(fitted("/products/MUG/BLUE/rules/shop"), "/products/MUG%2FBLUE/rules/shop");
        assert_eq!(fitted("/orders/shop/2026/11"), "/orders/shop/2026%2F11");
        assert_eq!(fitted("/orders/shop/2026/11/shipments"), "/orders/shop/2026%2F11/shipments");
    }

    #[test]
    fn what_fits_nothing_stays_as_it_is() {
        assert_eq!(fitted("/product/X"), "/product/X");
        assert_eq!(fitted("/products/"), "/products/");
        assert_eq!(fitted("/stock/adjustments/1"), "/stock/adjustments/1");
        assert_eq!(fitted("/products//"), "/products//");
    }
}
