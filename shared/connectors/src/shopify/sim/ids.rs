//! Numbers and names that look random and are the same in every run with the same seed.

/// Gives ids. Numbers are beyond 2^53, as Shopify's are in its own examples: whoever reads them as a float loses digits.
#[derive(Debug)]
pub(super) struct Ids {
    base: u64,
    given: u64,
}

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        Self { base: (1 << 54) | (mix(seed) >> 14) | 1, given: 0 }
    }

    /// A number higher than every one before.
    pub(super) fn number(&mut self) -> u64 {
        self.given += 1;
        self.base + self.given * 32_771
    }

    /// In the form of a UUID.
    pub(super) fn uuid(&mut self) -> String {
        self.given += 1;
        let (high, low) = (mix(self.base ^ self.given), mix(self.base.rotate_left(17) ^ self.given));
        format!(
            "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
            high >> 32,
            (high >> 16) & 0xffff,
            high & 0xfff,
            low >> 52,
            low & 0xffff_ffff_ffff
        )
    }
}

/// The finishing step of `SplitMix64`.
fn mix(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
