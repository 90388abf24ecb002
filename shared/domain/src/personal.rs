//! What is about a person, so that it shows nowhere by accident.

/// Personal data in memory: it has no `Display` and is not serialised, and its `Debug` tells nothing. Whoever wants it says so, at the one
/// place where it is needed.
#[derive(Clone, PartialEq, Eq)]
pub struct Personal<T>(T);

impl<T> Personal<T> {
    /// Takes it.
    pub const fn new(data: T) -> Self {
        Self(data)
    }

    /// The data, at the one place where it is needed.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> std::fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Personal(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_tells_nothing() {
        let told = format!("{:?} {:#?}", Personal::new("Odalise"), Some(Personal::new(vec!["Odalise"])));
        assert!(!told.contains("Odalise"), "{told}");
        assert_eq!(Personal::new("Odalise").expose(), &"Odalise");
    }
}
