//! Files that a merchant uploads, damaged in every way.

use documents::{FontFile, Logo};
use proptest::prelude::*;

const PICTURES: [&[u8]; 5] = [
    include_bytes!("../files/cmyk.jpg"),
    include_bytes!("../files/progressive.jpg"),
    include_bytes!("../files/grey.png"),
    include_bytes!("../files/palette.png"),
    include_bytes!("../files/interlaced16.png"),
];
const FONT: &[u8] = include_bytes!("../files/latin.otf");

fn damaged(file: &[u8], changes: &[(usize, u8)], length: usize) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for (at, byte) in changes {
        let at = at % bytes.len();
        bytes[at] = *byte;
    }
    bytes.truncate(length.max(1));
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_picture_is_refused_or_drawn(
        which in 0..PICTURES.len(), changes in prop::collection::vec((any::<usize>(), any::<u8>()), 0..6), length in 1_usize..1200,
    ) {
        match Logo::new(&damaged(PICTURES[which], &changes, length)) {
            Ok(logo) => prop_assert!(Logo::new(logo.png()).is_ok()),
            Err(error) => prop_assert_eq!(error.code(), "logo_unusable"),
        }
    }

    #[test]
    fn a_damaged_font_is_refused_or_drawn_with(
        changes in prop::collection::vec((any::<usize>(), any::<u8>()), 0..6), head in prop::collection::vec((0_usize..400, any::<u8>()), 0..4),
        length in 20_000_usize..26_000,
    ) {
        let bytes = damaged(&damaged(FONT, &changes, FONT.len()), &head, length);
        if let Err(error) = FontFile::new(bytes) {
            prop_assert_eq!(error.code(), "font_unusable");
        }
    }
}

#[test]
fn a_font_that_its_reader_gives_up_on_is_refused() {
    let bytes = damaged(FONT, &[(12_962_579_486_258_384_306, 1)], 24_966);
    let refused = FontFile::new(bytes).map(drop).map_err(|error| error.code());
    assert!(matches!(refused, Ok(()) | Err("font_unusable")), "{refused:?}");
}
