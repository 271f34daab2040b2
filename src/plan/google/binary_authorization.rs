//! Binary Authorization (<https://cloud.google.com/binary-authorization/docs>).

/// Its API.
pub const API: &str = "binaryauthorization.googleapis.com";
/// The domain of the agent that looks for attestations; it is there as soon as the API is enabled
/// (<https://cloud.google.com/binary-authorization/docs/multi-project-setup-cli>).
pub const AGENT: &str = "gcp-sa-binaryauthorization";

/// Whether one of the patterns of exempt images names an image.
#[must_use]
pub fn is_exempt(patterns: &[String], image: &str) -> bool {
    patterns.iter().any(|pattern| exempts(pattern, image))
}

/// Whether a pattern of exempt images names an image
/// (<https://cloud.google.com/binary-authorization/docs/policy-yaml-reference#admissionwhitelistpatterns>).
fn exempts(pattern: &str, image: &str) -> bool {
    if let Some(start) = pattern.strip_suffix("**") {
        image.starts_with(start)
    } else if let Some(start) = pattern.strip_suffix('*') {
        let rest = image.strip_prefix(start);
        rest.is_some_and(|rest| !rest.contains('/'))
    } else {
        pattern == image
    }
}

#[cfg(test)]
mod tests {
    use super::exempts;

    #[test]
    fn a_star_stays_in_its_folder() {
        let image = "europe-docker.pkg.dev/acme/app/web@sha256:00";
        for pattern in [
            image,
            "europe-docker.pkg.dev/acme/app/*",
            "europe-docker.pkg.dev/acme/app/w*",
            "europe-docker.pkg.dev/acme/app/**",
            "europe-docker.pkg.dev/acme/**",
        ] {
            assert!(exempts(pattern, image), "{pattern}");
        }
        for pattern in [
            "europe-docker.pkg.dev/acme/app/web",
            "europe-docker.pkg.dev/acme/*",
            "europe-docker.pkg.dev/acme/app/x*",
            "europe-docker.pkg.dev/other/**",
        ] {
            assert!(!exempts(pattern, image), "{pattern}");
        }
    }
}
