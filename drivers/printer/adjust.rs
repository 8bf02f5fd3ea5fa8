//! What one printer needs beyond its model's profile: measured on a test label, written into its `[[printer]]`.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use super::profile::Profile;

/// `adjust = { offset_mm = [0.5, -1.0], darkness = 12, speed = 4, feed_scale = 1.019 }`; all of it may lack.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Adjust {
    /// Right and down, in mm, as the label is looked at.
    pub offset_mm: [f64; 2],
    pub darkness: Option<u8>,
    pub speed: Option<u8>,
    pub feed_scale: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    #[serde(default)]
    offset_mm: [f64; 2],
    darkness: Option<u8>,
    speed: Option<u8>,
    feed_scale: Option<f64>,
}

/// More is no tolerance but another paper.
const MOST_OFFSET_MM: f64 = 10.0;

impl Adjust {
    pub fn applied_to(&self, mut profile: Profile) -> Profile {
        profile.offset_mm = self.offset_mm;
        profile.darkness = self.darkness.or(profile.darkness);
        profile.speed = self.speed.or(profile.speed);
        profile.feed_scale = self.feed_scale.unwrap_or(profile.feed_scale);
        profile
    }
}

impl<'de> Deserialize<'de> for Adjust {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Fields { offset_mm, darkness, speed, feed_scale } = Fields::deserialize(deserializer)?;
        if !offset_mm.iter().all(|mm| mm.abs() <= MOST_OFFSET_MM) {
            return Err(D::Error::custom("adjust: offset_mm is outside -10 to 10"));
        }
        if feed_scale.is_some_and(|scale| !(0.9..=1.1).contains(&scale)) {
            return Err(D::Error::custom("adjust: feed_scale is outside 0.9 to 1.1"));
        }
        Ok(Adjust { offset_mm, darkness, speed, feed_scale })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_printer_needs_goes_before_its_models_profile() {
        let adjust: Adjust = toml::from_str("offset_mm = [0.5, -1.0]\ndarkness = 12").unwrap();
        let profile = adjust.applied_to(Profile { darkness: Some(8), speed: Some(4), ..Profile::default() });
        assert_eq!((profile.offset_mm, profile.darkness, profile.speed), ([0.5, -1.0], Some(12), Some(4)));
        assert_eq!(profile.feed_scale, Profile::default().feed_scale);
    }

    #[test]
    fn what_is_no_tolerance_is_refused() {
        for (wrong, says) in [
            ("offset_mm = [0, 40.0]", "offset_mm is outside -10 to 10"),
            ("feed_scale = 98.1", "feed_scale is outside 0.9 to 1.1"),
            ("darknes = 3", "unknown field `darknes`"),
        ] {
            let error = toml::from_str::<Adjust>(wrong).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
