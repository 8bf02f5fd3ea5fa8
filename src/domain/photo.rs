//! Pictures by their content: what a file says of itself in its first bytes, and how large the picture is. Nothing is decoded; a name
//! or a declared type proves nothing and is never asked for.

use serde::{Deserialize, Serialize};

/// The largest file that is taken.
pub const MOST_BYTES: usize = 5 * 1024 * 1024;
/// No camera makes less or more; a header that says so is none.
const SIDES: std::ops::RangeInclusive<u32> = 16..=20_000;
const MOST_PIXELS: u64 = 200_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Jpeg,
    Png,
    Webp,
}

impl Kind {
    /// As HTTP names it.
    pub fn media_type(self) -> &'static str {
        match self {
            Kind::Jpeg => "image/jpeg",
            Kind::Png => "image/png",
            Kind::Webp => "image/webp",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    #[error("the photo has {0} bytes, and 5 MB are the most: take a smaller one")]
    Large(usize),
    #[error("this is no JPEG, PNG or WebP picture: take a photo")]
    NoPicture,
    #[error("the picture's head is damaged: take the photo again")]
    Damaged,
    #[error("the picture is {0} × {1} dots, which no camera makes: take a photo")]
    Size(u32, u32),
}

/// What the file is, if it is a photo.
pub fn look(bytes: &[u8]) -> Result<Kind, PhotoError> {
    if bytes.len() > MOST_BYTES {
        return Err(PhotoError::Large(bytes.len()));
    }
    let (kind, size) = match bytes {
        [0xff, 0xd8, 0xff, ..] => (Kind::Jpeg, jpeg(bytes)),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => (Kind::Png, png(bytes)),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => (Kind::Webp, webp(bytes)),
        _ => return Err(PhotoError::NoPicture),
    };
    let (width, height) = size.ok_or(PhotoError::Damaged)?;
    let sane = SIDES.contains(&width) && SIDES.contains(&height);
    match sane && u64::from(width) * u64::from(height) <= MOST_PIXELS {
        true => Ok(kind),
        false => Err(PhotoError::Size(width, height)),
    }
}

/// Segments up to the frame's head (ITU-T T.81, B.2.2), which must be followed by a scan.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let (mut at, mut size) = (2, None);
    loop {
        // Any number of fill bytes may stand before a marker.
        while *bytes.get(at)? == 0xff && *bytes.get(at + 1)? == 0xff {
            at += 1;
        }
        let (0xff, marker) = (*bytes.get(at)?, *bytes.get(at + 1)?) else { return None };
        let length = usize::from(u16_be(bytes, at + 2)?);
        if length < 2 || at + 2 + length > bytes.len() {
            return None;
        }
        match marker {
            // Frames of every process but the tables between them: DHT, JPG and DAC.
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                size = Some((u32::from(u16_be(bytes, at + 7)?), u32::from(u16_be(bytes, at + 5)?)));
            }
            0xda => return size,
            0xd0..=0xd9 | 0x00 | 0x01 => return None,
            _ => {}
        }
        at += 2 + length;
    }
}

/// IHDR stands first, with 13 bytes and its checksum (PNG, 11.2.2), and data follows it.
fn png(bytes: &[u8]) -> Option<(u32, u32)> {
    let head = bytes.get(12..29)?;
    if u32_be(bytes, 8)? != 13 || &head[..4] != b"IHDR" || u32_be(bytes, 29)? != crc32(head) {
        return None;
    }
    bytes.get(33..41)?;
    Some((u32_be(bytes, 16)?, u32_be(bytes, 20)?))
}

/// The first chunk says which of three forms it is (WebP container specification).
fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    let says = u32_le(bytes, 4)? as usize + 8;
    if says > bytes.len() {
        return None;
    }
    let word = |at: usize| Some(u32::from(*bytes.get(at)?) | u32::from(*bytes.get(at + 1)?) << 8);
    let word3 = |at: usize| Some(word(at)? | u32::from(*bytes.get(at + 2)?) << 16);
    match bytes.get(12..16)? {
        // Behind the frame's start code; the two top bits are a scale.
        b"VP8 " if bytes.get(23..26)? == [0x9d, 0x01, 0x2a] => Some((word(26)? & 0x3fff, word(28)? & 0x3fff)),
        b"VP8L" if *bytes.get(20)? == 0x2f => {
            let bits = u32_le(bytes, 21)?;
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => Some((word3(24)? + 1, word3(27)? + 1)),
        _ => None,
    }
}

fn u16_be(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_be(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn u32_le(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// As ISO 3309 has it, bit by bit: a head is 17 bytes.
fn crc32(bytes: &[u8]) -> u32 {
    let one = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    };
    !bytes.iter().fold(u32::MAX, one)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Grayscale);
        let mut writer = encoder.write_header().expect("a head");
        writer.write_image_data(&vec![7; (width * height) as usize]).expect("dots");
        writer.finish().expect("an end");
        bytes
    }

    /// A baseline frame of 640 × 480 between an application's segment and a scan.
    fn a_jpeg() -> Vec<u8> {
        let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 6, b'J', b'F', b'I', b'F'];
        bytes.extend([0xff, 0xff, 0xc4, 0, 3, 0]);
        bytes.extend([0xff, 0xc0, 0, 11, 8, 0x01, 0xe0, 0x02, 0x80, 1, 1, 0x11, 0]);
        bytes.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 1, 2, 3, 0xff, 0xd9]);
        bytes
    }

    #[test]
    fn pictures_are_known_by_their_content() {
        assert_eq!(look(&a_png(40, 30)), Ok(Kind::Png));
        assert_eq!(look(&a_jpeg()), Ok(Kind::Jpeg));
        assert_eq!(jpeg(&a_jpeg()), Some((640, 480)));
        // The head of a lossless picture of 800 × 600, as its specification lays the bits.
        let bits = (799u32 | 599 << 14).to_le_bytes();
        let webp = [&b"RIFF\x15\0\0\0WEBPVP8L\x09\0\0\0\x2f"[..], &bits, &[0; 4]].concat();
        assert_eq!((look(&webp), super::webp(&webp)), (Ok(Kind::Webp), Some((800, 600))));
    }

    #[test]
    fn whatever_else_is_refused_with_its_reason() {
        assert_eq!(look(b"MZ\x90\0\x03\0\0\0 this program cannot be run in DOS mode"), Err(PhotoError::NoPicture));
        assert_eq!(look(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), Err(PhotoError::NoPicture));
        assert_eq!(look(b""), Err(PhotoError::NoPicture));
        assert_eq!(look(&a_png(40, 8)), Err(PhotoError::Size(40, 8)));
        let mut flipped = a_png(40, 30);
        flipped[19] ^= 1;
        assert_eq!(look(&flipped), Err(PhotoError::Damaged));
        let behind_a_photos_first_bytes = [&[0xff, 0xd8, 0xff, 0xe0][..], &[b'M'; 600]].concat();
        assert_eq!(look(&behind_a_photos_first_bytes), Err(PhotoError::Damaged));
        let mut large = a_jpeg();
        large.resize(MOST_BYTES + 1, 0);
        assert_eq!(look(&large), Err(PhotoError::Large(MOST_BYTES + 1)));
        large.pop();
        assert_eq!(look(&large), Ok(Kind::Jpeg));
    }

    #[test]
    fn no_beginning_of_a_file_breaks_it() {
        for whole in [a_jpeg(), a_png(40, 30)] {
            for end in 0..whole.len().min(60) {
                // Said or refused, never broken.
                let _ = look(&whole[..end]);
            }
        }
        assert!(look(&a_jpeg()[..20]).is_err() && look(&a_png(40, 30)[..33]).is_err());
    }
}
