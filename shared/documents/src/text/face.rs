//! One font, opened for measuring and for drawing.

use crate::paper::{Mil, ratio};
use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::ttf_parser::Tag;
use rustybuzz::{Direction, Feature, Script, ShapePlan, UnicodeBuffer};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::LazyLock;

/// A font. It is opened once per document: parsing is cheap, shaping a word is not much dearer.
pub(crate) struct Face<'a> {
    shaper: rustybuzz::Face<'a>,
    font: Font,
    /// What to do with letters of a script: dearer to find out than a word is to set.
    plans: RefCell<BTreeMap<u32, Rc<ShapePlan>>>,
}

/// Letters as they are drawn: glyphs of one font, and the text they stand for (which is what a search finds).
#[derive(Clone)]
pub(crate) struct Letters {
    pub(crate) font: Font,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    pub(crate) text: String,
    /// At the size that was asked for.
    pub(crate) width: Mil,
}

/// A font that comes with the program, read when it is first needed.
pub(crate) type Own = LazyLock<Option<(rustybuzz::Face<'static>, Font)>>;

/// Reads one.
pub(crate) fn read_own(bytes: &'static [u8]) -> Option<(rustybuzz::Face<'static>, Font)> {
    Some((rustybuzz::Face::from_slice(bytes, 0)?, Font::new(bytes.into(), 0)?))
}

impl<'a> Face<'a> {
    /// `None` where the bytes are no font that both the shaper and the writer can read.
    pub(crate) fn open(bytes: &'a [u8]) -> Option<Self> {
        let shaper = rustybuzz::Face::from_slice(bytes, 0)?;
        let font = Font::new(bytes.to_vec().into(), 0)?;
        Some(Self { shaper, font, plans: RefCell::default() })
    }

    /// One of our own fonts, which is read once for all documents.
    pub(crate) fn ours(own: &Own) -> Option<Self> {
        let (shaper, font) = own.as_ref()?.clone();
        Some(Self { shaper, font, plans: RefCell::default() })
    }

    /// Whether the font has a picture for this character.
    pub(crate) fn has(&self, c: char) -> bool {
        self.shaper.glyph_index(c).is_some_and(|glyph| glyph.0 != 0)
    }

    pub(crate) fn shaper(&self) -> &rustybuzz::Face<'a> {
        &self.shaper
    }

    fn plan(&self, script: Script) -> Rc<ShapePlan> {
        let mut plans = self.plans.borrow_mut();
        let plan = plans.entry(script.tag().0).or_insert_with(|| {
            let figures = Feature::new(Tag::from_bytes(b"tnum"), 1, ..);
            Rc::new(ShapePlan::new(&self.shaper, Direction::LeftToRight, Some(script), None, &[figures]))
        });
        Rc::clone(plan)
    }

    /// The letters of a text in a line. Figures are of one width, so that columns of amounts stand under each other.
    pub(crate) fn letters(&self, text: &str, size: Mil) -> Letters {
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        buffer.set_direction(Direction::LeftToRight);
        let shaped = rustybuzz::shape_with_plan(&self.shaper, &self.plan(buffer.script()), buffer);
        let units_per_em = self.shaper.units_per_em();

        let mut ends = Vec::with_capacity(shaped.len());
        let mut end = text.len();
        for at in (0..shaped.len()).rev() {
            let start = shaped.glyph_infos()[at].cluster as usize;
            let next = shaped.glyph_infos().get(at + 1).map_or(text.len(), |info| info.cluster as usize);
            if next != start {
                end = next;
            }
            ends.push(end);
        }
        ends.reverse();

        let mut advance = 0;
        let mut glyphs = Vec::with_capacity(shaped.len());
        for ((info, place), end) in shaped.glyph_infos().iter().zip(shaped.glyph_positions()).zip(ends) {
            advance += place.x_advance;
            let part = |units: i32| ratio(units, units_per_em);
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                part(place.x_advance),
                part(place.x_offset),
                part(place.y_offset),
                part(place.y_advance),
                info.cluster as usize..end,
                None,
            ));
        }
        let width = i64::from(advance) * i64::from(size) / i64::from(units_per_em.max(1));
        Letters { font: self.font.clone(), glyphs, text: text.to_owned(), width: Mil::try_from(width).unwrap_or(Mil::MAX) }
    }
}
