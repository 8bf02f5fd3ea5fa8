//! Qimen's signature: the MD5, in capitals, of the secret, the parameters of the address by name with their values, the body, and
//! the secret again (developer.alibaba.com/docs/doc.htm, article 118404). `sign` itself is not signed.

use std::collections::BTreeMap;

use md5::{Digest, Md5};

/// Names and values as they are before they are put into an address.
pub(super) type Parameters = BTreeMap<String, String>;

pub(super) fn sign(parameters: &Parameters, body: &[u8], secret: &str) -> String {
    let mut hash = Md5::new();
    hash.update(secret);
    for (name, value) in parameters.iter().filter(|(name, _)| *name != "sign") {
        hash.update(name);
        hash.update(value);
    }
    hash.update(body);
    hash.update(secret);
    hash.finalize().iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published example, whose body is the word "body"; its digest belongs to an unpublished one, so this is coreutils'.
    #[test]
    fn the_documented_example_is_signed_as_it_is_put_together() {
        let parameters = [
            ("method", "taobao.qimen.itemlack.report"),
            ("timestamp", "2015-04-26 00:00:07"),
            ("format", "xml"),
            ("app_key", "testerp_appkey"),
            ("v", "2.0"),
            ("sign", "abc"),
            ("sign_method", "md5"),
            ("customerId", "stub-cust-code"),
        ];
        let parameters: Parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        assert_eq!(sign(&parameters, b"body", "test"), "E4E83589F1454C1B677DDF0B59026C6A");
        assert_ne!(sign(&parameters, b"bodY", "test"), "E4E83589F1454C1B677DDF0B59026C6A");
    }
}
