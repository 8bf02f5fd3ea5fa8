//! Keys of a scanner that types, turned into text. Pure: event codes go in, bytes come out.
//!
//! The scanner must be set to the US layout; what layout this machine has doesn't matter, because the keys are taken
//! before anybody else sees them. A key without a character spoils the read: a GS that a scanner types as F8 and that is
//! passed over would join two fields of a GS1 code.

use super::framing::Reason;

/// What the Caps Lock keys in the stream mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Caps {
    /// The scanner types Caps Lock where it wants capitals.
    #[default]
    Follow,
    /// Its Caps Lock keys mean nothing.
    Ignore,
    /// It holds Shift for small letters, because it takes Caps Lock to be on.
    Inverted,
}

/// What a key became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    Nothing,
    Bytes(Vec<u8>),
    Spoiled(Reason),
}

/// The state of one scanner's keyboard.
#[derive(Clone, Debug, Default)]
pub struct Keyboard {
    caps: Caps,
    caps_lock: bool,
    held: Held,
    /// Digits typed on the keypad while Alt is held: a character's number.
    number: Option<u32>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Held {
    left_shift: bool,
    right_shift: bool,
    left_control: bool,
    right_control: bool,
    left_alt: bool,
    right_alt: bool,
}

// Event codes of the kernel's include/uapi/linux/input-event-codes.h; they follow the rows of a PC keyboard.
const LEFT_CONTROL: u16 = 29;
const LEFT_SHIFT: u16 = 42;
const RIGHT_SHIFT: u16 = 54;
const LEFT_ALT: u16 = 56;
const CAPS_LOCK: u16 = 58;
const NUM_LOCK: u16 = 69;
const SCROLL_LOCK: u16 = 70;
const KEYPAD_ENTER: u16 = 96;
const RIGHT_CONTROL: u16 = 97;
const RIGHT_ALT: u16 = 100;

/// Keys in a row from the first code on: alone and with Shift.
const ROWS: &[(u16, &[u8], &[u8])] = &[
    (2, b"1234567890-=", b"!@#$%^&*()_+"),
    (15, b"\tqwertyuiop[]\r", b"\tQWERTYUIOP{}\r"),
    (30, b"asdfghjkl;'`", b"ASDFGHJKL:\"~"),
    (43, b"\\zxcvbnm,./", b"|ZXCVBNM<>?"),
    (57, b" ", b" "),
];

/// The keypad with Num Lock on, as scanners take it to be.
const KEYPAD: &[(u16, &[u8])] = &[(55, b"*"), (71, b"789-456+1230."), (KEYPAD_ENTER, b"\r"), (98, b"/"), (117, b"=")];

/// Above it no code page has a character, and a number that goes on for ever stays one.
const LARGEST_NUMBER: u32 = 0xffff;

impl Keyboard {
    pub fn new(caps: Caps) -> Self {
        Self { caps, ..Self::default() }
    }

    /// A key event as the kernel tells it: 1 pressed, 0 released, 2 repeated because it is held.
    pub fn key(&mut self, code: u16, value: i32) -> Typed {
        let pressed = value != 0;
        if let Some(held) = self.held.of(code) {
            *held = pressed;
            return match self.held.alt() {
                false => self.number.take().map_or(Typed::Nothing, numbered),
                true => Typed::Nothing,
            };
        }
        // A scanner holds no key, so a repeat is this machine's and not in the code.
        if value != 1 {
            return Typed::Nothing;
        }
        match code {
            CAPS_LOCK => {
                self.caps_lock = !self.caps_lock;
                Typed::Nothing
            }
            // Some type Num Lock around the digits of Alt; the keypad is digits here anyway.
            NUM_LOCK | SCROLL_LOCK => Typed::Nothing,
            _ => self.character(code),
        }
    }

    /// Events are missing: whatever the state was, `held` are the keys that are down now.
    pub fn resync(&mut self, held: impl IntoIterator<Item = u16>) {
        *self = Self::new(self.caps);
        for code in held {
            if let Some(key) = self.held.of(code) {
                *key = true;
            }
        }
    }

    fn character(&mut self, code: u16) -> Typed {
        if self.held.alt() {
            return match on_keypad(code) {
                Some(digit @ b'0'..=b'9') => {
                    let number = self.number.unwrap_or(0) * 10 + u32::from(digit - b'0');
                    self.number = Some(number.min(LARGEST_NUMBER + 1));
                    Typed::Nothing
                }
                _ => Typed::Spoiled(Reason::UnknownKey),
            };
        }
        let plain = on_keypad(code).map(|byte| (byte, byte)).or_else(|| in_rows(code));
        let Some((alone, shifted)) = plain else { return Typed::Spoiled(Reason::UnknownKey) };
        let caps = match self.caps {
            Caps::Follow => self.caps_lock,
            Caps::Ignore => false,
            Caps::Inverted => true,
        };
        let upper = self.held.shift() != (caps && alone.is_ascii_alphabetic());
        let byte = if upper { shifted } else { alone };
        if !self.held.control() {
            return Typed::Bytes(vec![byte]);
        }
        // Ctrl+@ … Ctrl+_ are the 32 control characters, with a letter in either case: Ctrl+] is GS.
        match byte.to_ascii_uppercase() {
            byte @ b'@'..=b'_' => Typed::Bytes(vec![byte - b'@']),
            // A keyboard needs no Shift for these two.
            b'6' => Typed::Bytes(vec![0x1e]),
            b'-' => Typed::Bytes(vec![0x1f]),
            _ => Typed::Spoiled(Reason::UnknownKey),
        }
    }
}

/// A character's number as Alt takes it: ASCII, a byte of a code page, or two bytes of GBK.
fn numbered(number: u32) -> Typed {
    match number {
        0..=0xff => Typed::Bytes(vec![number as u8]),
        0x100..=LARGEST_NUMBER => Typed::Bytes((number as u16).to_be_bytes().to_vec()),
        _ => Typed::Spoiled(Reason::UnknownKey),
    }
}

fn in_rows(code: u16) -> Option<(u8, u8)> {
    ROWS.iter().find_map(|(first, alone, shifted)| {
        let at = usize::from(code.checked_sub(*first)?);
        Some((*alone.get(at)?, *shifted.get(at)?))
    })
}

fn on_keypad(code: u16) -> Option<u8> {
    KEYPAD.iter().find_map(|(first, bytes)| bytes.get(usize::from(code.checked_sub(*first)?)).copied())
}

impl Held {
    fn of(&mut self, code: u16) -> Option<&mut bool> {
        Some(match code {
            LEFT_SHIFT => &mut self.left_shift,
            RIGHT_SHIFT => &mut self.right_shift,
            LEFT_CONTROL => &mut self.left_control,
            RIGHT_CONTROL => &mut self.right_control,
            LEFT_ALT => &mut self.left_alt,
            RIGHT_ALT => &mut self.right_alt,
            _ => return None,
        })
    }

    fn shift(self) -> bool {
        self.left_shift || self.right_shift
    }

    fn control(self) -> bool {
        self.left_control || self.right_control
    }

    fn alt(self) -> bool {
        self.left_alt || self.right_alt
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The kernel's table from USB HID usages to event codes (drivers/hid/usbhid/usbkbd.c), which is what stands between a
    /// scanner and us; and a US keyboard's characters by their HID usage (HID Usage Tables, page 7). Our own table has
    /// the event codes alone, so that an error in it can't hide here.
    const EVENT_CODE_OF_USAGE: [u16; 57] = [
        0, 0, 0, 0, 30, 48, 46, 32, 18, 33, 34, 35, 23, 36, 37, 38, 50, 49, 24, 25, 16, 19, 31, 20, 22, 47, 17, 45, 21,
        44, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 28, 1, 14, 15, 57, 12, 13, 26, 27, 43, 43, 39, 40, 41, 51, 52, 53,
    ];
    const SHIFT: u16 = 42;
    const CONTROL: u16 = 29;
    const ALT: u16 = 56;

    /// The usage and whether Shift is held, as a scanner set to the US layout sends it.
    fn usage(character: char) -> (usize, bool) {
        match character {
            'a'..='z' => (4 + (character as usize - 'a' as usize), false),
            'A'..='Z' => (4 + (character as usize - 'A' as usize), true),
            '1'..='9' => (30 + (character as usize - '1' as usize), false),
            '0' => (39, false),
            '\r' => (40, false),
            '\t' => (43, false),
            ' ' => (44, false),
            _ => {
                let with_shift = [
                    (30, '!'),
                    (31, '@'),
                    (32, '#'),
                    (33, '$'),
                    (34, '%'),
                    (35, '^'),
                    (36, '&'),
                    (37, '*'),
                    (38, '('),
                    (39, ')'),
                    (45, '_'),
                    (46, '+'),
                    (47, '{'),
                    (48, '}'),
                    (49, '|'),
                    (51, ':'),
                    (52, '"'),
                    (53, '~'),
                    (54, '<'),
                    (55, '>'),
                    (56, '?'),
                ];
                let alone = [
                    (45, '-'),
                    (46, '='),
                    (47, '['),
                    (48, ']'),
                    (49, '\\'),
                    (51, ';'),
                    (52, '\''),
                    (53, '`'),
                    (54, ','),
                    (55, '.'),
                    (56, '/'),
                ];
                let find = |table: &[(usize, char)]| table.iter().find(|(_, of)| *of == character).map(|(at, _)| *at);
                find(&alone).map(|at| (at, false)).or_else(|| find(&with_shift).map(|at| (at, true))).unwrap()
            }
        }
    }

    /// The events of text that is typed.
    fn typed(text: &str) -> Vec<(u16, i32)> {
        let mut events = Vec::new();
        for character in text.chars() {
            let (usage, shift) = usage(character);
            let code = EVENT_CODE_OF_USAGE[usage];
            let held = if shift { vec![SHIFT] } else { vec![] };
            events.extend(chord(&held, code));
        }
        events
    }

    fn chord(held: &[u16], code: u16) -> Vec<(u16, i32)> {
        let down = held.iter().map(|held| (*held, 1));
        let up = held.iter().rev().map(|held| (*held, 0));
        down.chain([(code, 1), (code, 0)]).chain(up).collect()
    }

    fn read(keyboard: &mut Keyboard, events: &[(u16, i32)]) -> Result<Vec<u8>, Reason> {
        let mut bytes = Vec::new();
        for (code, value) in events {
            match keyboard.key(*code, *value) {
                Typed::Nothing => {}
                Typed::Bytes(more) => bytes.extend(more),
                Typed::Spoiled(reason) => return Err(reason),
            }
        }
        Ok(bytes)
    }

    fn alone(events: &[(u16, i32)]) -> Result<Vec<u8>, Reason> {
        read(&mut Keyboard::default(), events)
    }

    /// Alt held, digits on the keypad, Alt released.
    fn by_number(digits: &str) -> Vec<(u16, i32)> {
        // HID usages 0x59…0x61 are keypad 1…9, 0x62 is 0; the kernel makes these codes of them.
        let codes = [82, 79, 80, 81, 75, 76, 77, 71, 72, 73];
        let mut events = vec![(ALT, 1)];
        events.extend(digits.bytes().flat_map(|digit| chord(&[], codes[usize::from(digit - b'0')])));
        events.push((ALT, 0));
        events
    }

    #[test]
    fn gs_comes_as_control_bracket_and_by_its_number() {
        let bracket = EVENT_CODE_OF_USAGE[48];
        assert_eq!(alone(&chord(&[CONTROL], bracket)), Ok(vec![0x1d]));
        assert_eq!(alone(&chord(&[97], bracket)), Ok(vec![0x1d]), "the right key as well");
        assert_eq!(alone(&by_number("029")), Ok(vec![0x1d]));
        let with_num_lock = [chord(&[], 69), by_number("029"), chord(&[], 69)].concat();
        assert_eq!(alone(&with_num_lock), Ok(vec![0x1d]));
        let whole = [typed("10AB"), by_number("029"), typed("21X\r")].concat();
        assert_eq!(alone(&whole), Ok(b"10AB\x1d21X\r".to_vec()));
    }

    #[test]
    fn the_other_control_characters_are_those_of_a_terminal() {
        for (character, byte) in [('d', 4), ('\\', 0x1c), ('6', 0x1e), ('-', 0x1f), ('m', b'\r'), ('i', b'\t')] {
            let (usage, _) = usage(character);
            assert_eq!(alone(&chord(&[CONTROL], EVENT_CODE_OF_USAGE[usage])), Ok(vec![byte]), "Ctrl+{character}");
        }
    }

    #[test]
    fn enter_of_either_kind_and_tab_are_suffixes() {
        assert_eq!(alone(&[chord(&[], 28), chord(&[], 96), chord(&[], 15)].concat()), Ok(b"\r\r\t".to_vec()));
    }

    #[test]
    fn the_keypad_types_digits() {
        let codes = [82, 79, 80, 81, 75, 76, 77, 71, 72, 73, 83, 98, 55, 74, 78, 117];
        let events: Vec<_> = codes.into_iter().flat_map(|code| chord(&[], code)).collect();
        assert_eq!(alone(&events), Ok(b"0123456789./*-+=".to_vec()));
    }

    #[test]
    fn a_number_beyond_ascii_is_bytes_of_gbk() {
        assert_eq!(alone(&by_number("54992")), Ok(vec![0xd6, 0xd0]), "in one number");
        assert_eq!(alone(&[by_number("0214"), by_number("0208")].concat()), Ok(vec![0xd6, 0xd0]), "byte by byte");
        assert_eq!(alone(&by_number("99999999999")), Err(Reason::UnknownKey));
        assert_eq!(alone(&[(ALT, 1), (ALT, 0)]), Ok(vec![]), "Alt alone is nothing");
    }

    #[test]
    fn a_key_without_a_character_spoils_the_read() {
        // F8, the key left of Z on European keyboards, Ctrl+1, Alt+A, an arrow, Escape, Backspace.
        for events in [chord(&[], 66), chord(&[], 86), chord(&[CONTROL], 2), chord(&[ALT], 30), chord(&[], 103)] {
            assert_eq!(alone(&events), Err(Reason::UnknownKey), "{events:?}");
        }
        assert_eq!(alone(&chord(&[], 1)), Err(Reason::UnknownKey));
        assert_eq!(alone(&chord(&[], 14)), Err(Reason::UnknownKey));
    }

    #[test]
    fn caps_lock_is_what_the_config_says() {
        let capitals = [chord(&[], 58), typed("sf1"), chord(&[], 58), typed("a")].concat();
        assert_eq!(alone(&capitals), Ok(b"SF1a".to_vec()));
        assert_eq!(read(&mut Keyboard::new(Caps::Ignore), &capitals), Ok(b"sf1a".to_vec()));
        assert_eq!(read(&mut Keyboard::new(Caps::Inverted), &typed("sFa-1_")), Ok(b"SfA-1_".to_vec()));
    }

    #[test]
    fn a_held_key_is_typed_once() {
        assert_eq!(alone(&[(30, 1), (30, 2), (30, 2), (30, 0)]), Ok(b"a".to_vec()));
        assert_eq!(alone(&[(SHIFT, 1), (SHIFT, 2), (30, 1), (30, 0), (SHIFT, 0)]), Ok(b"A".to_vec()));
    }

    #[test]
    fn after_lost_events_only_what_is_down_counts() {
        let mut keyboard = Keyboard::default();
        read(&mut keyboard, &[(CONTROL, 1), (ALT, 1), (82, 1)]).unwrap();
        keyboard.resync([SHIFT, 30]);
        assert_eq!(read(&mut keyboard, &chord(&[], 30)), Ok(b"A".to_vec()));
        assert_eq!(read(&mut keyboard, &[(SHIFT, 0), (30, 1)]), Ok(b"a".to_vec()));
    }

    proptest! {
        #[test]
        fn any_ascii_text_comes_back(text in "[ -~\t\r]{0,200}") {
            prop_assert_eq!(alone(&typed(&text)), Ok(text.into_bytes()));
        }

        #[test]
        fn no_keys_make_it_panic_and_text_after_a_resync_comes_back(
            events in proptest::collection::vec((0u16..800, 0i32..3), 0..200),
            text in "[ -~]{0,40}",
        ) {
            let mut keyboard = Keyboard::default();
            for (code, value) in events {
                keyboard.key(code, value);
            }
            keyboard.resync([]);
            prop_assert_eq!(read(&mut keyboard, &typed(&text)), Ok(text.into_bytes()));
        }
    }
}
