//! CPU and memory, and whether they fit together.

use crate::blueprint::schema;
use crate::blueprint::{Key, Place};
use crate::plan::google::run;
use crate::plan::resolve::context::Context;
use crate::rules;

/// CPU and memory, and whether they fit together.
pub(super) fn resources(
    cx: &mut Context<'_>,
    key: &Key,
    cpu: Option<&schema::Number>,
    memory: Option<&String>,
) -> (String, String) {
    let cpu = cpu.map_or("1", |cpu| cpu.0.as_str()).to_owned();
    let memory = memory.map_or("512Mi", String::as_str).to_owned();
    let place = Place::Value(key.then("memory"));
    let mebibytes = mebibytes(&memory);
    if mebibytes.is_none() {
        memory_invalid(cx, &place, &memory);
    }
    let cpus: f64 = cpu.parse().unwrap_or(0.0);
    let whole = run::MEMORY_OF_CPU
        .iter()
        .find(|(of, _, _)| (of - cpus).abs() < f64::EPSILON);
    let (least, most) = match whole {
        Some((_, least, most)) => (*least, *most),
        None if (run::CPU_MIN..0.5).contains(&cpus) => (run::MEMORY_MIN, run::MEMORY_BELOW_HALF),
        None if (0.5..1.0).contains(&cpus) => (run::MEMORY_MIN, run::MEMORY_BELOW_ONE),
        None => {
            let place = Place::Value(key.then("cpu"));
            cx.report(
                rules::CPU_INVALID,
                format!("Cloud Run has no container of {cpu} CPUs"),
                &place,
                "takes 0.08 to 1, 2, 4, 6 or 8",
            );
            return (cpu, memory);
        }
    };
    if let Some(mebibytes) = mebibytes.filter(|size| !(least..=most).contains(size)) {
        let takes = format!(
            "with {cpu} CPU it takes `{}` to `{}`",
            shown(least),
            shown(most)
        );
        let finding = cx
            .report(
                rules::MEMORY_DOES_NOT_FIT,
                format!("{cpu} CPU and `{memory}` do not go together"),
                &place,
                takes,
            )
            .and(&Place::Value(key.then("cpu")), "the CPU");
        let fitting = run::MEMORY_OF_CPU
            .iter()
            .find(|(_, least, most)| (*least..=*most).contains(&mebibytes));
        if let Some((cpu, ..)) = fitting {
            finding.help(format!("write `cpu = {cpu}`, or other memory"));
        }
    }
    (cpu, memory)
}

/// Reports what is not a size, with the size that it is probably meant to be.
pub(super) fn memory_invalid(cx: &mut Context<'_>, place: &Place, size: &str) {
    let finding = cx.report(
        rules::MEMORY_INVALID,
        format!("`{size}` is not a size of memory"),
        place,
        "takes whole numbers of `Mi` and `Gi`",
    );
    let digits = size.trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let unit = match size[digits.len()..].trim().to_ascii_lowercase().as_str() {
        "" | "m" | "mb" | "mi" | "mib" => "Mi",
        "g" | "gb" | "gi" | "gib" => "Gi",
        _ => return,
    };
    let meant = format!("{digits}{unit}");
    if mebibytes(&meant).is_some() {
        finding.replace("the size is written", place, size, &meant);
    }
}

/// A size as it is written: in `Gi` where it is a whole number of them.
fn shown(mebibytes: u64) -> String {
    if mebibytes.is_multiple_of(1_024) {
        format!("{}Gi", mebibytes / 1_024)
    } else {
        format!("{mebibytes}Mi")
    }
}

/// A size in MiB; units as Kubernetes writes them.
pub(super) fn mebibytes(size: &str) -> Option<u64> {
    let (number, factor) = match size {
        _ if size.ends_with("Mi") => (&size[..size.len() - 2], 1),
        _ if size.ends_with("Gi") => (&size[..size.len() - 2], 1_024),
        _ => return None,
    };
    let plain = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if plain {
        number.parse::<u64>().ok()?.checked_mul(factor)
    } else {
        None
    }
}
