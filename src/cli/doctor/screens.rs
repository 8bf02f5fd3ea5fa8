//! The certificate of the door for screens, where the hub signs it.

use jiff::Timestamp;
use milepost::machine;
use milepost::station::certificate::Kept;
use milepost::station::config::{StationConfig, Tls};
use milepost::wire::certificate::{decoded, fingerprint};

use super::{Finding, bad, good};

const ABOUT: &str = "screens";

pub fn findings(config: &StationConfig) -> Option<Finding> {
    let listen = config.screens.listen.as_ref().filter(|_| config.screens.tls == Tls::Hub)?;
    let Kept { certified, trouble } = Kept::read(&config.data_dir);
    let why = |trouble: Option<String>| trouble.map_or_else(String::new, |why| format!(": {why}"));
    let Some(certified) = certified else {
        let what = format!("{listen} stays shut, for it has no certificate yet{}", why(trouble));
        return Some(bad(
            ABOUT,
            what,
            "run the station with its hub in reach: it asks by itself until the hub signs one",
        ));
    };
    let days = certified.days_left(machine::wall_us());
    let until = Timestamp::from_microsecond(certified.not_after_us).unwrap_or_default();
    let authority = decoded(&certified.authority).map(|der| fingerprint(&der)).unwrap_or_default();
    Some(match (days, trouble) {
        (..0, trouble) => bad(
            ABOUT,
            format!("the certificate ended at {until}{}", why(trouble)),
            "let the station reach its hub, which signs a new one; look at this machine's clock",
        ),
        (_, Some(trouble)) => {
            let cure = format!("mend that within {days} days: the certificate ends then");
            bad(ABOUT, format!("the certificate is not renewed: {trouble}"), cure)
        }
        (_, None) => good(ABOUT, format!("certified for {} more days, by the authority {authority}", days)),
    })
}
