//! Sheets to PDF/A-3b.

use super::marks::{Box4, Mark, Sheet};
use super::measure::{Mil, PAGE_HEIGHT, PAGE_WIDTH, points, pt};
use crate::DocumentError;
use crate::look::{Colour, Logo};
use crate::text::{FontFile, Setter, Weight};
use jiff::civil::Date;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{Path, PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::{Document, SerializeSettings};

/// What the file says about itself.
#[derive(Debug, Clone)]
pub(crate) struct About {
    /// As a viewer shows it in its title bar.
    pub(crate) title: String,
    pub(crate) subject: String,
    pub(crate) author: String,
    /// `nl`, `en`, `de`, `fr`.
    pub(crate) language: &'static str,
    /// The day of the document. Not the day it is written on: the same document is the same bytes.
    pub(crate) day: Date,
    /// What tells it from all others, such as its number.
    pub(crate) id: String,
}

/// The sheets as one PDF/A-3b file.
pub(crate) fn write(sheets: &[Sheet], logo: Option<&Logo>, about: &About) -> Result<Vec<u8>, DocumentError> {
    let image = logo.map(Logo::image);
    let mut document = Document::new_with(settings()?);
    document.set_metadata(metadata(about));
    for sheet in sheets {
        let page = PageSettings::from_wh(points(PAGE_WIDTH), points(PAGE_HEIGHT));
        let mut page = document.start_page_with(page.ok_or_else(|| DocumentError::Pdf("no size of paper".into()))?);
        let mut surface = page.surface();
        for mark in &sheet.marks {
            draw(&mut surface, mark, image.as_ref());
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| DocumentError::Pdf(format!("{error}: {error:?}").chars().take(400).collect()))
}

fn settings() -> Result<SerializeSettings, DocumentError> {
    let configuration = ConfigurationBuilder::new().with_archival_validator(Archival::A3_B).finish();
    let configuration = configuration.map_err(|error| DocumentError::Pdf(format!("{error:?}")))?;
    Ok(SerializeSettings { configuration, enable_tagging: false, ..SerializeSettings::default() })
}

fn metadata(about: &About) -> Metadata {
    let day = about.day;
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    let created = DateTime::new(u16::try_from(day.year()).unwrap_or_default())
        .month(part(day.month()))
        .day(part(day.day()))
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    Metadata::new()
        .title(about.title.clone())
        .description(about.subject.clone())
        .authors(vec![about.author.clone()])
        .language(about.language.to_owned())
        .creator("Sluis".to_owned())
        .producer("Sluis".to_owned())
        .creation_date(created)
        .document_id(about.id.clone())
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, image: Option<&Image>) {
    match mark {
        Mark::Letters { letters, x, baseline, size, colour } => {
            surface.set_fill(Some(paint(*colour)));
            let start = Point::from_xy(points(*x), points(*baseline));
            surface.draw_glyphs(start, &letters.glyphs, letters.font.clone(), &letters.text, points(*size), false);
        }
        Mark::Fill { place, colour } => shape(surface, rectangle(*place), *colour),
        Mark::Pill { place, radius, colour } => shape(surface, pill(*place, *radius), *colour),
        Mark::Logo { place } => {
            let Some((image, size)) = image.zip(Size::from_wh(points(place.width), points(place.height))) else { return };
            surface.push_transform(&Transform::from_translate(points(place.x), points(place.y)));
            surface.draw_image(image.clone(), size);
            surface.pop();
        }
    }
}

fn shape(surface: &mut Surface<'_>, path: Option<Path>, colour: Colour) {
    if let Some(path) = path {
        surface.set_fill(Some(paint(colour)));
        surface.draw_path(&path);
    }
}

fn paint(colour: Colour) -> Fill {
    Fill { paint: krilla::color::rgb::Color::new(colour.red, colour.green, colour.blue).into(), ..Fill::default() }
}

fn rectangle(place: Box4) -> Option<Path> {
    let rect = Rect::from_xywh(points(place.x), points(place.y), points(place.width), points(place.height))?;
    let mut path = PathBuilder::new();
    path.push_rect(rect);
    path.finish()
}

fn pill(place: Box4, radius: Mil) -> Option<Path> {
    let radius = radius.min(place.width / 2).min(place.height / 2);
    // How far the handles of a curve stand off, for it to look like a quarter of a circle.
    let handle = radius - radius * 5523 / 10_000;
    let (left, top, right, bottom) = (place.x, place.y, place.x + place.width, place.y + place.height);
    let mut path = PathBuilder::new();
    path.move_to(points(left + radius), points(top));
    path.line_to(points(right - radius), points(top));
    curve(&mut path, [(right - handle, top), (right, top + handle), (right, top + radius)]);
    path.line_to(points(right), points(bottom - radius));
    curve(&mut path, [(right, bottom - handle), (right - handle, bottom), (right - radius, bottom)]);
    path.line_to(points(left + radius), points(bottom));
    curve(&mut path, [(left + handle, bottom), (left, bottom - handle), (left, bottom - radius)]);
    path.line_to(points(left), points(top + radius));
    curve(&mut path, [(left, top + handle), (left + handle, top), (left + radius, top)]);
    path.close();
    path.finish()
}

fn curve(path: &mut PathBuilder, [one, two, end]: [(Mil, Mil); 3]) {
    path.cubic_to(points(one.0), points(one.1), points(two.0), points(two.1), points(end.0), points(end.1));
}

/// Writes a line in a merchant's font, so that one that cannot be written is refused when it is uploaded.
pub(crate) fn try_font(file: &FontFile) -> Result<(), DocumentError> {
    let setter = Setter::new(Some(file), None);
    let mut sheet = Sheet::default();
    let letters: String = (' '..='~').collect();
    sheet.left(setter.line(&letters, Weight::Regular, pt(4)), 0, pt(20), pt(4), Colour::BLACK);
    let about = About {
        title: "font".to_owned(),
        subject: "font".to_owned(),
        author: "Sluis".to_owned(),
        language: "en",
        day: Date::constant(2026, 1, 1),
        id: "font".to_owned(),
    };
    let refused = |error: DocumentError| DocumentError::Font {
        given: format!("a font that cannot be written ({error})"),
        expected: "a font that may stand in an archive (PDF/A)",
    };
    write(&[sheet], None, &about).map(|_| ()).map_err(refused)
}
