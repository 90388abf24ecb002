//! Sets text in the merchant's font, and in ours what that one lacks.

use super::face::{Face, Letters, Own, read_own};
use super::font_file::FontFile;
use super::legible::legible;
use crate::paper::Mil;

static REGULAR: Own = Own::new(|| read_own(include_bytes!("../../assets/fonts/Inter-Regular.otf")));
static SEMI_BOLD: Own = Own::new(|| read_own(include_bytes!("../../assets/fonts/Inter-SemiBold.otf")));

/// How heavy letters are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Regular,
    Bold,
}

/// One line of text, set. It may need more than one font.
#[derive(Clone, Default)]
pub(crate) struct Line {
    pub(crate) parts: Vec<Letters>,
}

impl Line {
    pub(crate) fn width(&self) -> Mil {
        self.parts.iter().map(|part| part.width).sum()
    }
}

/// The fonts of one document.
pub(crate) struct Setter<'a> {
    /// In order of preference.
    regular: Vec<Face<'a>>,
    bold: Vec<Face<'a>>,
}

impl<'a> Setter<'a> {
    /// With the merchant's fonts, if there are any; a weight that is missing is taken from the other one.
    pub(crate) fn new(regular: Option<&'a FontFile>, bold: Option<&'a FontFile>) -> Self {
        let open = |own: Option<&'a FontFile>, ours: &Own| {
            let own = own.and_then(|file| Face::open(file.bytes()));
            own.into_iter().chain(Face::ours(ours)).collect()
        };
        Self { regular: open(regular.or(bold), &REGULAR), bold: open(bold.or(regular), &SEMI_BOLD) }
    }

    fn faces(&self, weight: Weight) -> &[Face<'a>] {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }

    /// The text in one line, in what can be drawn.
    pub(crate) fn line(&self, text: &str, weight: Weight, size: Mil) -> Line {
        let faces = self.faces(weight);
        let drawn = legible(text, |c| faces.iter().any(|face| face.has(c)));
        let mut line = Line::default();
        for (face, part) in parts(&drawn, faces) {
            line.parts.push(face.letters(part, size));
        }
        line
    }

    pub(crate) fn width(&self, text: &str, weight: Weight, size: Mil) -> Mil {
        self.line(text, weight, size).width()
    }
}

/// The text in stretches of one font each. A space stays in the font of what stands before it.
fn parts<'t, 'f, 'a>(text: &'t str, faces: &'f [Face<'a>]) -> Vec<(&'f Face<'a>, &'t str)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, c) in text.char_indices() {
        let best = faces.iter().position(|face| face.has(c)).unwrap_or_default();
        match found.last() {
            Some((_, face)) if *face == best || (c == ' ' && faces[*face].has(' ')) => {}
            _ => found.push((at, best)),
        }
    }
    let ends = found.iter().skip(1).map(|(at, _)| *at).chain([text.len()]);
    found.iter().zip(ends).map(|((start, face), end)| (&faces[*face], &text[*start..end])).collect()
}
