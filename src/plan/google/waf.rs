//! Rule sets, priorities and limits of Cloud Armor.

use crate::blueprint::schema::Crs;

/// A rule set of the OWASP core rule set as Cloud Armor offers it
/// (<https://cloud.google.com/armor/docs/waf-rules>).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleSet {
    /// Its name in a blueprint, and the end of its signatures' ids.
    pub name: &'static str,
    /// What it looks for.
    pub purpose: &'static str,
    /// The first three digits of its signatures' numbers: `942` for 942100 to 942999.
    pub family: u32,
    /// Its place among the sets: it decides the priority, so it never changes.
    pub place: u32,
}

const fn set(name: &'static str, purpose: &'static str, family: u32, place: u32) -> RuleSet {
    RuleSet {
        name,
        purpose,
        family,
        place,
    }
}

/// The sets that both versions have.
const COMMON: [RuleSet; 11] = [
    set("sqli", "SQL injection", 942, 0),
    set("xss", "cross-site scripting", 941, 1),
    set("lfi", "local file inclusion", 930, 2),
    set("rfi", "remote file inclusion", 931, 3),
    set("rce", "remote code execution", 932, 4),
    set(
        "methodenforcement",
        "methods beside GET, HEAD, POST, OPTIONS",
        911,
        5,
    ),
    set("scannerdetection", "scanners", 913, 6),
    set("protocolattack", "protocol attacks", 921, 7),
    set("php", "PHP injection", 933, 8),
    set("sessionfixation", "session fixation", 943, 9),
    set("java", "Java attacks", 944, 10),
];
/// What 4.22 has beside them.
const GENERIC: RuleSet = set("generic", "generic attacks, Node.js among them", 934, 11);
/// What 3.3 has beside them.
const NODEJS: RuleSet = set("nodejs", "Node.js attacks", 934, 11);

/// The sets of a version, in the order of their places.
pub fn sets(crs: Crs) -> impl Iterator<Item = RuleSet> {
    let last = match crs {
        Crs::V4_22 => GENERIC,
        Crs::V3_3 => NODEJS,
    };
    COMMON.into_iter().chain([last])
}

/// The set of that name, where the version has it.
#[must_use]
pub fn find(crs: Crs, name: &str) -> Option<RuleSet> {
    sets(crs).find(|set| set.name == name)
}

/// What the versions are called: by people, in the name of a set, in the id of a signature.
struct Version {
    shown: &'static str,
    suffix: &'static str,
    id: &'static str,
}

const fn version(crs: Crs) -> Version {
    match crs {
        Crs::V4_22 => Version {
            shown: "4.22",
            suffix: "v422-stable",
            id: "owasp-crs-v042200",
        },
        Crs::V3_3 => Version {
            shown: "3.3",
            suffix: "v33-stable",
            id: "owasp-crs-v030301",
        },
    }
}

/// A version as people write it: `4.22`.
#[must_use]
pub fn shown(crs: Crs) -> &'static str {
    version(crs).shown
}

/// The full name of a set: `sqli-v422-stable`.
#[must_use]
pub fn full_name(crs: Crs, set: RuleSet) -> String {
    format!("{}-{}", set.name, version(crs).suffix)
}

/// Signatures of 3.3 that 4.22 no longer has (<https://cloud.google.com/armor/docs/waf-rules>).
const DROPPED: [u32; 11] = [
    932_100, 932_105, 932_106, 932_110, 932_115, 932_150, 942_110, 913_101, 913_102, 913_110,
    913_120,
];

/// What an id of a signature says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    /// It is of this set.
    Of(RuleSet),
    /// It is of the other version; this would be its set here, and its number.
    OtherVersion(RuleSet, u32),
    /// It was dropped in 4.22.
    Dropped,
    /// It is only a number; this would be its set.
    Number(RuleSet, u32),
    /// It is none.
    Unknown,
}

/// The full id of a signature: `owasp-crs-v042200-id942350-sqli`.
#[must_use]
pub fn signature_id(crs: Crs, set: RuleSet, number: u32) -> String {
    format!("{}-id{number}-{}", version(crs).id, set.name)
}

/// The one signature of the set that refuses methods, where an expression evaluates that set.
#[must_use]
pub fn methods_signature(expression: &str) -> Option<String> {
    let of = |crs: Crs| {
        let set = find(crs, "methodenforcement")?;
        let is_it = expression.contains(&full_name(crs, set));
        is_it.then(|| signature_id(crs, set, 911_100))
    };
    [Crs::V4_22, Crs::V3_3].into_iter().find_map(of)
}

/// Reads the id of a signature as a version has it.
#[must_use]
pub fn signature(crs: Crs, id: &str) -> Signature {
    let of_number = |digits: &str| {
        let plain = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = if plain {
            digits.parse().ok()?
        } else {
            return None;
        };
        sets(crs)
            .find(|set| set.family == number / 1_000)
            .map(|set| (set, number))
    };
    if let Some((set, number)) = of_number(id) {
        return if crs == Crs::V4_22 && DROPPED.contains(&number) {
            Signature::Dropped
        } else {
            Signature::Number(set, number)
        };
    }
    for written in [Crs::V4_22, Crs::V3_3] {
        let rest = id
            .strip_prefix(version(written).id)
            .and_then(|rest| rest.strip_prefix("-id"));
        let Some((digits, name)) = rest.and_then(|rest| rest.split_once('-')) else {
            continue;
        };
        let Some((set, number)) = of_number(digits) else {
            return Signature::Unknown;
        };
        let same_place = find(written, name).is_some_and(|written| written.place == set.place);
        return if !same_place {
            Signature::Unknown
        } else if crs == Crs::V4_22 && DROPPED.contains(&number) {
            Signature::Dropped
        } else if written == crs {
            Signature::Of(set)
        } else {
            Signature::OtherVersion(set, number)
        };
    }
    Signature::Unknown
}

/// The expression of the rule for known holes of common software. Scanners look for exactly this text, so it takes no
/// sensitivity and no exclusions (<https://cloud.google.com/armor/docs/waf-rules#cves_and_other_vulnerabilities>).
pub const CVE: &str = "evaluatePreconfiguredWaf('cve-canary')";

/// The least and the most sensitive level, which is the paranoia level of the core rule set.
pub const SENSITIVITY: std::ops::RangeInclusive<u8> = 1..=4;

/// Priorities. What refuses by address stands before what looks into requests, so that nothing below can let it in; the
/// rate limit comes last, since a request below the limit is let through there and no further rule sees it.
pub mod priority {
    /// Known holes of common software.
    pub const CVE: u32 = 100;
    /// Ranges that are refused, ten a rule.
    pub const DENY: u32 = 110;
    /// Countries that are refused.
    pub const REGIONS: u32 = 160;
    /// Rules of the blueprint's own.
    pub const CUSTOM: std::ops::RangeInclusive<u32> = 200..=899;
    /// Ranges that skip what follows, ten a rule: after all that refuses.
    pub const TRUST: u32 = 900;
    /// The rule sets, in steps, so that there is room for a rule of one's own between them.
    pub const SETS: u32 = 1_000;
    /// The step from one rule set to the next.
    pub const SETS_STEP: u32 = 10;
    /// A throttle. Where there is more than one, each second number.
    pub const THROTTLE: u32 = 9_000;
    /// A ban. Not the throttle's: the API refuses to change a ban into a throttle in place.
    pub const BAN: u32 = 9_001;
    /// Ranges that alone are let in, ten a rule.
    pub const ONLY: u32 = 9_500;
    /// The default rule.
    pub const DEFAULT: u32 = 2_147_483_647;
}

/// Ranges of addresses in one rule (<https://cloud.google.com/armor/quotas>).
pub const RANGES_MAX: usize = 10;
/// Rules with ranges of one kind: there is room for 40 between [`priority::DENY`] and [`priority::REGIONS`].
pub const RANGE_RULES_MAX: usize = 40;
/// Signatures that one rule may leave out.
pub const OPT_OUT_MAX: usize = 128;
/// Fields of one rule that are not looked at.
pub const EXCLUSIONS_MAX: usize = 100;
/// The longest expression, in characters.
pub const EXPRESSION_MAX: usize = 2_048;
/// The longest part of an expression between `&&` and `||`.
pub const SUBEXPRESSION_MAX: usize = 1_024;
/// The most such parts (<https://cloud.google.com/armor/docs/rules-language-reference>).
pub const SUBEXPRESSIONS_MAX: usize = 5;
/// The rules with an expression that a project usually may have (quota `SECURITY_POLICY_CEVAL_RULES`).
pub const EXPRESSION_RULES_QUOTA: usize = 20;

/// Seconds in which requests may be counted (<https://cloud.google.com/armor/docs/rate-limiting-overview>).
pub const INTERVALS: [u32; 13] = [
    10, 30, 60, 120, 180, 240, 300, 600, 900, 1_200, 1_800, 2_700, 3_600,
];
/// The most requests of a throttle.
pub const THROTTLE_MAX: u32 = 1_000_000;
/// The most requests of a ban.
pub const BAN_MAX: u32 = 10_000;
/// The seconds that a client may be shut out.
pub const BAN_SECONDS: std::ops::RangeInclusive<u32> = 60..=86_400;

/// The limit where the blueprint writes none: ten requests a second over a minute, from one address. A person's browser
/// stays far below it, and a script that guesses passwords does not.
pub const DEFAULT_REQUESTS: u32 = 600;
/// The seconds of that limit, and of one that gives none.
pub const DEFAULT_INTERVAL: u32 = 60;
/// For how many seconds a client is shut out where the blueprint does not say.
pub const DEFAULT_BAN: u32 = 600;

/// By what clients can be told apart: in a blueprint, in Terraform.
pub const KEYS: [(&str, &str); 7] = [
    ("ip", "IP"),
    ("xff-ip", "XFF_IP"),
    ("path", "HTTP_PATH"),
    ("region", "REGION_CODE"),
    ("all", "ALL"),
    ("ja3", "TLS_JA3_FINGERPRINT"),
    ("ja4", "TLS_JA4_FINGERPRINT"),
];
/// The same, where the name of a header or cookie follows after a colon.
pub const NAMED_KEYS: [(&str, &str); 2] = [("header", "HTTP_HEADER"), ("cookie", "HTTP_COOKIE")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_has_twelve_sets_with_places_of_their_own() {
        for crs in [Crs::V4_22, Crs::V3_3] {
            let places: Vec<u32> = sets(crs).map(|set| set.place).collect();
            assert_eq!(places, (0..12).collect::<Vec<_>>());
        }
    }

    #[test]
    fn the_bands_of_priorities_do_not_meet() {
        let rules = u32::try_from(RANGE_RULES_MAX).unwrap_or(u32::MAX);
        let sets = u32::try_from(sets(Crs::V4_22).count()).unwrap_or(u32::MAX);
        let bands = [
            (priority::CVE, 1),
            (priority::DENY, rules),
            (priority::REGIONS, 1),
            (
                *priority::CUSTOM.start(),
                priority::CUSTOM.end() - priority::CUSTOM.start() + 1,
            ),
            (priority::TRUST, rules),
            (priority::SETS, sets * priority::SETS_STEP),
            (priority::THROTTLE, rules * 2),
            (priority::ONLY, rules),
            (priority::DEFAULT, 1),
        ];
        for pair in bands.windows(2) {
            assert!(pair[0].0 + pair[0].1 <= pair[1].0, "{pair:?}");
        }
    }

    #[test]
    fn signatures_are_told_by_version_and_family() {
        let sqli = set("sqli", "SQL injection", 942, 0);
        let read = |id: &str| signature(Crs::V4_22, id);
        assert_eq!(read("owasp-crs-v042200-id942350-sqli"), Signature::Of(sqli));
        assert_eq!(
            read("owasp-crs-v030301-id942350-sqli"),
            Signature::OtherVersion(sqli, 942_350)
        );
        assert_eq!(read("owasp-crs-v030301-id942110-sqli"), Signature::Dropped);
        assert_eq!(read("942350"), Signature::Number(sqli, 942_350));
        assert_eq!(read("owasp-crs-v042200-id941350-sqli"), Signature::Unknown);
        assert_eq!(read("owasp-crs-v042200-id949110-sqli"), Signature::Unknown);
        assert_eq!(read("sqli"), Signature::Unknown);
        assert_eq!(read(""), Signature::Unknown);
        // The set of that family has another name in the other version.
        assert_eq!(
            read("owasp-crs-v030301-id934100-nodejs"),
            Signature::OtherVersion(GENERIC, 934_100)
        );
        assert_eq!(
            signature(Crs::V3_3, "owasp-crs-v030301-id942110-sqli"),
            Signature::Of(sqli)
        );
    }
}
