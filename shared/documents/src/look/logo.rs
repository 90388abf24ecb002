//! A merchant's logo: read once when it is uploaded, and kept as what every reader of PDF can show.

use crate::DocumentError;
use krilla::image::Image;
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// The most bytes of an uploaded file: 1 MiB.
pub const MOST_LOGO_BYTES: usize = 1 << 20;
/// The most dots that are read; a small file can hold very many.
const MOST_DOTS: usize = 24_000_000;
/// 60 mm at 254 dots per inch; more cannot be seen in print, and makes every document large.
const MOST_WIDTH: usize = 600;
const MOST_HEIGHT: usize = 300;

/// A logo: eight bits per colour, no transparency, no larger than it is printed.
#[derive(Clone)]
pub struct Logo {
    png: Vec<u8>,
    /// Packed once, whatever the number of documents.
    image: Image,
    width: usize,
    height: usize,
}

impl Logo {
    /// A PNG or JPEG file of at most 1 MiB. What is transparent becomes white, what is larger than it is printed is made smaller.
    ///
    /// What comes out, [`Logo::png`], is what should be kept; given again it comes out the same.
    pub fn new(file: &[u8]) -> Result<Self, DocumentError> {
        if file.len() > MOST_LOGO_BYTES {
            return refused(format!("{} bytes", file.len()), "a file of at most 1 MiB");
        }
        let dots = if file.starts_with(b"\x89PNG") { Dots::of_png(file) } else { Dots::of_jpeg(file) }?;
        let dots = dots.fitted();
        let png = dots.to_png()?;
        let image = Image::from_png(png.clone().into(), false).or_else(|error| refused(error, PICTURE))?;
        Ok(Self { png, image, width: dots.width, height: dots.height })
    }

    /// The logo as a PNG file.
    pub fn png(&self) -> &[u8] {
        &self.png
    }

    pub(crate) fn image(&self) -> Image {
        self.image.clone()
    }

    /// Width and height in dots.
    pub(crate) fn size(&self) -> (i32, i32) {
        (i32::try_from(self.width).unwrap_or(1), i32::try_from(self.height).unwrap_or(1))
    }
}

impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Logo({} x {})", self.width, self.height)
    }
}

impl PartialEq for Logo {
    fn eq(&self, other: &Self) -> bool {
        self.png == other.png
    }
}

const PICTURE: &str = "a PNG or JPEG picture that is not damaged";

fn refused<T>(given: String, expected: &'static str) -> Result<T, DocumentError> {
    Err(DocumentError::Logo { given, expected })
}

/// Red, green, blue, row by row.
struct Dots {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Dots {
    fn of_png(file: &[u8]) -> Result<Self, DocumentError> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(file));
        decoder.set_transformations(png::Transformations::normalize_to_color8() | png::Transformations::ALPHA);
        let mut reader = decoder.read_info().or_else(|error| refused(error.to_string(), PICTURE))?;
        let (width, height) = (reader.info().width as usize, reader.info().height as usize);
        bounded(width, height)?;
        let mut bytes = vec![0; reader.output_buffer_size().unwrap_or(width * height * 4)];
        let frame = reader.next_frame(&mut bytes).or_else(|error| refused(error.to_string(), PICTURE))?;
        bytes.truncate(frame.buffer_size());
        let rgb = match frame.color_type {
            png::ColorType::GrayscaleAlpha => bytes.chunks_exact(2).flat_map(|dot| [on_white(dot[0], dot[1]); 3]).collect(),
            png::ColorType::Rgba => {
                bytes.chunks_exact(4).flat_map(|dot| [dot[0], dot[1], dot[2]].map(|part| on_white(part, dot[3]))).collect()
            }
            other => return refused(format!("colours as {other:?}"), PICTURE),
        };
        Ok(Self { width, height, rgb })
    }

    fn of_jpeg(file: &[u8]) -> Result<Self, DocumentError> {
        let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::RGB).set_strict_mode(true);
        let mut decoder = JpegDecoder::new_with_options(ZCursor::new(file), options);
        decoder.decode_headers().or_else(|error| refused(format!("{error:?}"), PICTURE))?;
        let Some((width, height)) = decoder.dimensions() else { return refused("a picture without a size".into(), PICTURE) };
        bounded(width, height)?;
        let rgb = decoder.decode().or_else(|error| refused(format!("{error:?}"), PICTURE))?;
        if rgb.len() != width * height * 3 {
            return refused("colours that are not red, green and blue".into(), PICTURE);
        }
        Ok(Self { width, height, rgb })
    }

    /// As large as it is printed at most: each dot the mean of those it stands for.
    fn fitted(self) -> Self {
        let (width, height) = fit(self.width, self.height);
        if (width, height) == (self.width, self.height) {
            return self;
        }
        let mut rgb = Vec::with_capacity(width * height * 3);
        for y in 0..height {
            let rows = y * self.height / height..((y + 1) * self.height).div_ceil(height);
            for x in 0..width {
                let columns = x * self.width / width..((x + 1) * self.width).div_ceil(width);
                let dots = rows.len() * columns.len();
                let mut sums = [0_usize; 3];
                for row in rows.clone() {
                    for column in columns.clone() {
                        for (part, sum) in sums.iter_mut().enumerate() {
                            *sum += usize::from(self.rgb[(row * self.width + column) * 3 + part]);
                        }
                    }
                }
                rgb.extend(sums.map(|sum| u8::try_from((sum + dots / 2) / dots).unwrap_or(255)));
            }
        }
        Self { width, height, rgb }
    }

    fn to_png(&self) -> Result<Vec<u8>, DocumentError> {
        let mut file = Vec::new();
        let size = |dots: usize| u32::try_from(dots).unwrap_or(1);
        let mut encoder = png::Encoder::new(&mut file, size(self.width), size(self.height));
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&self.rgb));
        written.or_else(|error| refused(error.to_string(), PICTURE))?;
        Ok(file)
    }
}

fn bounded(width: usize, height: usize) -> Result<(), DocumentError> {
    if width == 0 || height == 0 || width.saturating_mul(height) > MOST_DOTS {
        return refused(format!("{width} x {height} dots"), "a picture of at most 24 million dots");
    }
    Ok(())
}

fn on_white(part: u8, opacity: u8) -> u8 {
    let (part, opacity) = (u32::from(part), u32::from(opacity));
    u8::try_from((part * opacity + 255 * (255 - opacity) + 127) / 255).unwrap_or(255)
}

fn fit(width: usize, height: usize) -> (usize, usize) {
    if width <= MOST_WIDTH && height <= MOST_HEIGHT {
        (width, height)
    } else if width * MOST_HEIGHT > height * MOST_WIDTH {
        (MOST_WIDTH, (height * MOST_WIDTH / width).max(1))
    } else {
        ((width * MOST_HEIGHT / height).max(1), MOST_HEIGHT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dots(file: &[u8]) -> ((i32, i32), Vec<[u8; 3]>) {
        let logo = Logo::new(file).unwrap();
        let again = Logo::new(logo.png()).unwrap();
        assert_eq!(again.png(), logo.png(), "what was kept comes out the same");
        let rgb = Dots::of_png(logo.png()).unwrap().rgb;
        (logo.size(), rgb.chunks_exact(3).map(|dot| [dot[0], dot[1], dot[2]]).collect())
    }

    #[test]
    fn every_kind_of_picture_becomes_plain_red_green_and_blue() {
        let (size, cmyk) = dots(include_bytes!("../../tests/files/cmyk.jpg"));
        assert_eq!(size, (48, 24));
        assert!(cmyk[2][0] < 60 && cmyk[2][2] > 180, "cyan: {:?}", cmyk[2]);
        assert!(cmyk[45][1] < 60 && cmyk[45][0] > 180, "magenta: {:?}", cmyk[45]);
        let (_, red) = dots(include_bytes!("../../tests/files/progressive.jpg"));
        assert!(red[100][0] > 180 && red[100][1] < 60, "{:?}", red[100]);
        let (_, grey) = dots(include_bytes!("../../tests/files/grey.png"));
        assert_eq!(grey[0], [90, 90, 90]);
        let (_, palette) = dots(include_bytes!("../../tests/files/palette.png"));
        assert_eq!((palette[0], palette[12]), ([255, 0, 0], [255, 255, 255]), "what is transparent is white");
        let (size, deep) = dots(include_bytes!("../../tests/files/interlaced16.png"));
        assert_eq!((size, deep[9]), ((8, 8), [31, 31, 255]));
    }

    #[test]
    fn what_is_larger_than_it_is_printed_is_made_smaller_and_keeps_its_shape() {
        assert_eq!(fit(1200, 300), (600, 150));
        assert_eq!(fit(900, 900), (300, 300));
        assert_eq!(fit(600, 300), (600, 300));
        assert_eq!(fit(24_000, 1), (600, 1));
        let checks =
            Dots { width: 1200, height: 4, rgb: (0..1200 * 4).flat_map(|at| [if at % 2 == 0 { 0 } else { 200 }; 3]).collect() };
        let small = checks.fitted();
        assert_eq!((small.width, small.height), (600, 2));
        assert!(small.rgb.iter().all(|part| *part == 100), "the mean of its dots");
    }

    #[test]
    fn what_is_no_picture_or_too_much_of_one_is_refused() {
        let truncated = &include_bytes!("../../tests/files/progressive.jpg")[..200];
        let files: [&[u8]; 5] =
            [b"", b"GIF89a", truncated, include_bytes!("../../tests/files/huge.png"), &vec![0; MOST_LOGO_BYTES + 1]];
        for file in files {
            assert_eq!(Logo::new(file).unwrap_err().code(), "logo_unusable", "{} bytes", file.len());
        }
    }
}
