//! A number with its noun, for people.

use std::fmt::Display;

/// `1 unit`, `3 units`: for nouns whose plural ends in s. The number is shown as it is given.
pub fn so_many(number: impl Display, noun: &str) -> String {
    let number = number.to_string();
    if number == "1" { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

#[cfg(test)]
mod tests {
    use super::so_many;
    use crate::Quantity;

    #[test]
    fn one_has_no_plural_and_everything_else_has() {
        assert_eq!(so_many(1, "unit"), "1 unit");
        assert_eq!(so_many(Quantity::ONE, "unit"), "1 unit");
        for (number, text) in [(0, "0 units"), (2, "2 units"), (11, "11 units"), (-1, "-1 units")] {
            assert_eq!(so_many(number, "unit"), text);
        }
    }
}
