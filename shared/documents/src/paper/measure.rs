//! Lengths.

/// Thousandths of a point; a point is 1/72 inch.
pub(crate) type Mil = i32;

/// A4: 210 mm.
pub(crate) const PAGE_WIDTH: Mil = mm(210);
/// A4: 297 mm.
pub(crate) const PAGE_HEIGHT: Mil = mm(297);

/// Millimetres.
pub(crate) const fn mm(millimetres: i32) -> Mil {
    millimetres * 720_000 / 254
}

/// Points.
pub(crate) const fn pt(points: i32) -> Mil {
    points * 1000
}

/// The one place where a length becomes the float that the PDF writer takes. Both numbers are small, so it is exact to the last digit written.
#[expect(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "the writer takes floats; nothing is decided with them")]
pub(crate) fn ratio(part: i32, whole: i32) -> f32 {
    part as f32 / whole.max(1) as f32
}

/// A length in points, for the writer.
pub(super) fn points(length: Mil) -> f32 {
    ratio(length, 1000)
}
