//! Probes: when a container counts as started, and when as dead.

use crate::blueprint::schema;
use crate::blueprint::units::Duration;
use crate::blueprint::{Key, Place};
use crate::plan::google::run;
use crate::plan::model::{Probe, ProbeCheck};
use crate::rules;

use crate::plan::resolve::context::Context;

/// Times of a probe where none are written.
#[derive(Clone, Copy)]
pub(in crate::plan::resolve) struct Times {
    period: u32,
    timeout: u32,
    failures: u32,
}

/// A startup probe: two minutes to come up.
pub(in crate::plan::resolve) const STARTUP: Times = Times {
    period: 10,
    timeout: 5,
    failures: 12,
};
/// A liveness probe: gone for a minute and a half.
pub(in crate::plan::resolve) const LIVENESS: Times = Times {
    period: 30,
    timeout: 5,
    failures: 3,
};

/// The probe that Cloud Run uses where nothing is written: the port opens within four minutes.
pub(in crate::plan::resolve) fn default_startup(port: u16) -> Probe {
    Probe {
        check: ProbeCheck::Tcp { port },
        delay: 0,
        period: 240,
        timeout: 240,
        failures: 1,
    }
}

/// A GET of a path.
pub(in crate::plan::resolve) fn http_probe(path: &str, port: u16, times: Times) -> Probe {
    let check = ProbeCheck::Http {
        path: path.to_owned(),
        port,
    };
    Probe {
        check,
        delay: 0,
        period: times.period,
        timeout: times.timeout,
        failures: times.failures,
    }
}

/// A probe that is written in full.
pub(in crate::plan::resolve) fn probe(
    cx: &mut Context<'_>,
    key: &Key,
    written: &schema::Probe,
    times: Times,
    port: Option<u16>,
) -> Option<Probe> {
    let place = Place::Value(key.clone());
    let kinds = usize::from(written.http.is_some())
        + usize::from(written.tcp.is_some())
        + usize::from(written.grpc.is_some());
    if kinds != 1 {
        cx.report(
            rules::PROBE_INVALID,
            "a probe asks one thing",
            &place,
            "takes one of `http`, `tcp`, `grpc`",
        );
        return None;
    }
    let check = match (&written.http, written.tcp, port) {
        (Some(path), _, _) => {
            check_probe_path(cx, &key.then("http"), path);
            ProbeCheck::Http {
                path: path.clone(),
                port: port.unwrap_or(8080),
            }
        }
        (None, Some(port), _) => {
            if port == 0 {
                cx.report(
                    rules::OUT_OF_RANGE,
                    "0 is not a port",
                    &Place::Value(key.then("tcp")),
                    "takes 1 to 65535",
                );
            }
            ProbeCheck::Tcp { port }
        }
        (None, None, port) => ProbeCheck::Grpc {
            port: port.unwrap_or(8080),
        },
    };
    let seconds = |written: Option<Duration>, default| written.map_or(default, |time| time.seconds);
    let probe = Probe {
        check,
        delay: seconds(written.delay, 0),
        period: seconds(written.period, times.period),
        timeout: seconds(written.timeout, times.timeout),
        failures: written.failures.unwrap_or(times.failures),
    };
    if probe.period == 0
        || probe.failures == 0
        || probe.timeout == 0
        || probe.timeout > probe.period
    {
        cx.report(
            rules::PROBE_TIMES,
            "the times of the probe do not fit",
            &place,
            "`timeout` is at most `period`, and none is 0",
        );
    } else if times.failures == STARTUP.failures
        && (probe.delay > run::STARTUP_SECONDS_MAX
            || probe.period.saturating_mul(probe.failures) > run::STARTUP_SECONDS_MAX)
    {
        let limit = format!(
            "`delay`, and `period` × `failures`, are at most {} seconds",
            run::STARTUP_SECONDS_MAX
        );
        cx.report(
            rules::PROBE_TIMES,
            "the startup probe takes too long",
            &place,
            limit,
        );
    } else if [probe.delay, probe.period].iter().max() > Some(&run::LIVENESS_SECONDS_MAX) {
        let limit = format!(
            "`period` and `delay` are at most {} seconds",
            run::LIVENESS_SECONDS_MAX
        );
        let message = "the probe waits too long";
        cx.report(rules::PROBE_TIMES, message, &place, limit);
    }
    Some(probe)
}

/// A path that a probe or a health check can ask for.
pub(in crate::plan::resolve) fn check_probe_path(cx: &mut Context<'_>, key: &Key, path: &str) {
    let place = Place::Value(key.clone());
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'`\\$<>{}|^".contains(&byte);
    if !path.starts_with('/') || !path.bytes().all(plain) {
        cx.report(
            rules::PROBE_PATH_INVALID,
            format!("`{path}` is not a path"),
            &place,
            "begins with `/`, in plain characters",
        );
    } else if path.ends_with('z') || path.starts_with("/_ah/") || path == "/eventlog" {
        cx.report(rules::PROBE_PATH_RESERVED, format!("`{path}` may never arrive"), &place, "kept by Cloud Run's front end")
            .note("paths that end in `z` are answered 404 before they reach the container when they come from outside")
            .help("take another path, such as `/health`");
    }
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    #[test]
    fn times_have_limits() {
        let probe = |probe: &str| resolve(&[INTERNAL, &format!("probes = {{ {probe} }}\n")]).errors;
        assert!(probe("startup = { tcp = 8080, period = \"10s\", failures = 24 }").is_empty());
        assert_eq!(
            probe("startup = { tcp = 8080, period = \"10s\", failures = 25 }"),
            ["probe-times"]
        );
        assert!(probe("liveness = { http = \"/up\", period = \"1h\" }").is_empty());
        assert_eq!(
            probe("liveness = { http = \"/up\", period = \"2h\" }"),
            ["probe-times"]
        );
        assert_eq!(probe("liveness = { tcp = 0 }"), ["out-of-range"]);
    }

    #[test]
    fn a_job_is_not_asked_whether_it_lives() {
        let image = "image = \"europe-docker.pkg.dev/shop-images/app/app@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263\"\n";
        let job = format!("[jobs.migrate]\n{image}[jobs.migrate.sidecars.agent]\n{image}");
        let started = "probes = { startup = { tcp = 80 } }\n";
        assert!(resolve(&[&job, started]).errors.is_empty());
        let lives = "probes = { liveness = { tcp = 80 } }\n";
        assert_eq!(resolve(&[&job, lives]).errors, ["probe-invalid"]);
    }
}
