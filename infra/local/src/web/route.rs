//! Paths as API Gateway writes them: `{name}` is one part, `{name+}` all that follow.

/// Whether a path is one of a route's.
pub(super) fn matches(route: &str, path: &str) -> bool {
    let mut parts = path.trim_start_matches('/').split('/');
    for wanted in route.trim_start_matches('/').split('/') {
        if wanted.starts_with('{') && wanted.ends_with("+}") {
            return parts.next().is_some_and(|p| !p.is_empty());
        }
        let Some(part) = parts.next() else { return false };
        let any = wanted.starts_with('{') && wanted.ends_with('}');
        if part.is_empty() || (!any && part != wanted) {
            return false;
        }
    }
    parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_in_braces_is_any_one_and_with_a_plus_all_the_rest() {
        assert!(matches("/hooks/{channel}/{connection}", "/hooks/a/b"));
        assert!(!matches("/hooks/{channel}/{connection}", "/hooks/a"));
        assert!(!matches("/hooks/{channel}/{connection}", "/hooks/a/b/c"));
        assert!(matches("/api/v1/{proxy+}", "/api/v1/orders/a/1"));
        assert!(!matches("/api/v1/{proxy+}", "/api/v1/"));
        assert!(!matches("/api/v1/{proxy+}", "/"));
    }
}
