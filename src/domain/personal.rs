//! What of an order is about people, and how it is kept out of what others write: a carrier's message may repeat the
//! receiver, a label's complaint the text that didn't fit. Entries and logs live long; these words don't.

use super::order::{Order, Party};

/// The personal texts of a parcel's orders.
pub struct Personal(Vec<Text>);

struct Text {
    characters: Vec<char>,
    /// So many ideographs of it in a row tell who it is.
    enough: usize,
}

/// What stands in place of what was taken out.
const GAP: char = '…';

impl Personal {
    pub fn of<'a>(orders: impl IntoIterator<Item = &'a Order>) -> Personal {
        let (mut names, mut words) = (Vec::new(), Vec::new());
        for order in orders {
            names.extend(&order.buyer);
            words.extend([&order.buyer_note, &order.seller_note].into_iter().flatten());
            let sealed = order.receiver_sealed.as_ref().map(|sealed| &sealed.masked);
            for Party { name, phone, company, town, detail, .. } in order.receiver.iter().chain(sealed) {
                names.push(name);
                words.extend([phone, detail]);
                words.extend([company, town].into_iter().flatten());
            }
        }
        Personal(
            names
                .into_iter()
                .map(|name| Text::new(name, 2))
                .chain(words.into_iter().map(|word| Text::new(word, 4)))
                .collect(),
        )
    }

    /// `text` without whatever of it stands in a personal text, also where that was cut short or set in other words.
    pub fn out_of(&self, text: &str) -> String {
        let characters: Vec<char> = text.chars().collect();
        let mut clean = String::new();
        let mut at = 0;
        while at < characters.len() {
            match self.0.iter().map(|personal| personal.shared(&characters[at..])).max() {
                Some(length) if length > 0 => {
                    clean.extend((!clean.ends_with(GAP)).then_some(GAP));
                    at += length;
                }
                _ => {
                    clean.push(characters[at]);
                    at += 1;
                }
            }
        }
        clean
    }

    /// A whole name, phone or address stands in it. Codes share a few letters or digits with anybody's.
    pub fn names_somebody(&self, text: &str) -> bool {
        self.0.iter().map(|personal| personal.characters.iter().collect::<String>()).any(|whole| {
            let least = if whole.is_ascii() { 6 } else { 2 };
            whole.chars().count() >= least && text.contains(&whole)
        })
    }
}

impl Text {
    fn new(text: &str, enough: usize) -> Text {
        Text { characters: text.trim().chars().collect(), enough }
    }

    /// How much of the beginning of `text` stands somewhere in this one, if that is enough to tell somebody by.
    fn shared(&self, text: &[char]) -> usize {
        let common = |from: usize| text.iter().zip(&self.characters[from..]).take_while(|(a, b)| a == b).count();
        let longest = (0..self.characters.len()).map(common).max().unwrap_or(0);
        // Fewer letters or digits may be any word or code; a whole text tells more than a part of a longer one.
        let (part, whole) = match text[..longest].iter().all(char::is_ascii) {
            true => (6, 4),
            false => (self.enough, 2),
        };
        let is_whole = longest == self.characters.len() && longest >= whole;
        if longest >= part || is_whole { longest } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn personal() -> Personal {
        let words = ["13800001234", "文一西路969号3幢201室", "系统坏了请放门卫"];
        let names = ["欧阳娜娜", "Liza"].map(|name| Text::new(name, 2));
        Personal(names.into_iter().chain(words.map(|word| Text::new(word, 4))).collect())
    }

    #[test]
    fn what_a_carrier_repeats_is_taken_out() {
        let clean = personal().out_of("收件人欧阳娜娜(13800001234)的地址[文一西路969号3幢]无法识别");
        assert_eq!(clean, "收件人…(…)的地址[…]无法识别");
        assert_eq!(personal().out_of("receiver Liza: 0001234 is wrong"), "receiver …: … is wrong");
    }

    #[test]
    fn what_is_nobodys_stays() {
        for text in ["4001: 系统发生数据错误或运行时异常", "SF0000000000001", "571W-AB-012", "no font has 〓"]
        {
            assert_eq!(personal().out_of(text), text);
        }
    }

    #[test]
    fn a_code_that_shares_some_digits_with_a_phone_is_a_code() {
        let code = "MMM={'k1':'571W','k4':'SF1380000120001'}";
        assert!(!personal().names_somebody(code), "its digits are the carrier's");
        assert!(personal().names_somebody("571W 欧阳娜娜"));
        assert!(personal().names_somebody("{'t':'13800001234'}"));
    }
}
