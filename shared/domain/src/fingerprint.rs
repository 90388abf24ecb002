//! A short stand-in for a name, the same in every build: for telling quickly whether a name was seen, where a mistake once in many
//! thousand million years costs nothing.

/// 64 bits of FNV-1a over the parts, kept apart from each other.
pub fn fingerprint(parts: &[&str]) -> u64 {
    let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    // The last bytes of a name hardly reach the high bits by that alone.
    (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_kept_apart_and_the_figure_never_changes() {
        assert_ne!(fingerprint(&["a", "bc"]), fingerprint(&["ab", "c"]));
        assert_ne!(fingerprint(&["a"]), fingerprint(&["a", ""]));
        assert_eq!(fingerprint(&["a"]), 0x7bf2_06cb_ebf1_52d1);
    }

    #[test]
    fn a_million_names_are_told_apart() {
        let mut all: Vec<u64> = (0..1_000_000).map(|n| fingerprint(&["shop", &n.to_string()])).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 1_000_000);
    }
}
