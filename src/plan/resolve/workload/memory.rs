//! CPU and memory: whether they fit together in a container, and what all containers of an instance come to.

use crate::blueprint::schema::{self, Gpu};
use crate::blueprint::{Key, Place};
use crate::plan::google::run;
use crate::plan::model::{Container, Volume, VolumeSource};
use crate::plan::resolve::context::Context;
use crate::rules;

use super::parts::Parts;

/// CPU and memory of a container, each checked by itself. How they go together is [`instance`]'s.
pub(super) fn resources(
    cx: &mut Context<'_>,
    key: &Key,
    cpu: Option<&schema::Number>,
    memory: Option<&String>,
    gpu: Option<Gpu>,
) -> (String, String) {
    let (cpu_default, memory_default) = match gpu {
        None => ("1".to_owned(), "512Mi".to_owned()),
        Some(_) => (run::GPU_NEEDS.0.to_string(), shown(run::GPU_NEEDS.1)),
    };
    let cpu = cpu.map_or(cpu_default, |cpu| cpu.0.clone());
    let memory = memory.map_or(memory_default, Clone::clone);
    if mebibytes(&memory).is_none() {
        memory_invalid(cx, &Place::Value(key.then("memory")), &memory);
    }
    if thousandths(&cpu).and_then(memory_of).is_none() {
        cx.report(
            rules::CPU_INVALID,
            format!("Cloud Run has no container of {cpu} CPUs"),
            &Place::Value(key.then("cpu")),
            "takes 1, 2, 4, 6 or 8, or 0.08 to 0.999",
        );
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
pub(super) fn shown(mebibytes: u64) -> String {
    if mebibytes.is_multiple_of(1_024) {
        format!("{}Gi", mebibytes / 1_024)
    } else {
        format!("{mebibytes}Mi")
    }
}

/// The least and the most memory in MiB of a container with so many thousandths of a CPU; `None` where there is none.
fn memory_of(cpu: u32) -> Option<(u64, u64)> {
    let whole = run::MEMORY_OF_CPU.iter().find(|(of, _, _)| *of == cpu);
    match whole {
        Some((_, least, most)) => Some((*least, *most)),
        None if (run::CPU_MIN..500).contains(&cpu) => Some((1, run::MEMORY_BELOW_HALF)),
        None if (500..1_000).contains(&cpu) => Some((1, run::MEMORY_BELOW_ONE)),
        None => None,
    }
}

/// What the containers of an instance come to. Where one of them has no valid size there is nothing to add up.
pub(super) fn instance(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    containers: &[Container],
    volumes: &[Volume],
) {
    let key = &parts.key;
    if containers.len() > run::CONTAINERS_MAX {
        cx.report(
            rules::TOO_MANY,
            format!("`{key}` has {} containers", containers.len()),
            &Place::Key(key.then("sidecars")),
            format!("an instance takes at most {}", run::CONTAINERS_MAX),
        );
    }
    let size = |container: &Container| {
        let cpu = thousandths(&container.cpu)?;
        let takes = memory_of(cpu)?;
        Some((cpu, mebibytes(&container.memory)?, takes))
    };
    let Some(sizes) = containers.iter().map(size).collect::<Option<Vec<_>>>() else {
        return;
    };
    let cpu: u32 = sizes.iter().map(|(cpu, _, _)| cpu).sum();
    let memory = sizes
        .iter()
        .fold(0, |sum: u64, (_, memory, _)| sum.saturating_add(*memory));
    let cpu_place = Place::Value(key.then("cpu"));
    let memory_place = Place::Value(key.then("memory"));
    let together = if containers.len() > 1 {
        "all containers together"
    } else {
        ""
    };
    if cpu < run::INSTANCE_CPU_MIN {
        let written = parts.cpu.map_or("1", |cpu| cpu.0.as_str());
        let finding = cx
            .report(
                rules::CPU_BELOW_ONE,
                format!("an instance of `{key}` has less than one CPU"),
                &cpu_place,
                together,
            )
            .note("less than one CPU is only offered by the first generation, in which a service takes one request at a time");
        if containers.len() == 1 {
            finding.replace("take a whole CPU", &cpu_place, written, "1");
        }
        return;
    }
    for (container, (_, memory, takes)) in containers.iter().zip(&sizes) {
        together_in(cx, parts, container, *memory, *takes);
    }
    if cpu > run::INSTANCE_CPU_MAX {
        cx.report(
            rules::INSTANCE_TOO_LARGE,
            format!("an instance of `{key}` has more than 8 CPUs"),
            &cpu_place,
            together,
        );
    }
    if memory < run::INSTANCE_MEMORY_MIN {
        cx.report(
            rules::MEMORY_DOES_NOT_FIT,
            format!("an instance of `{key}` has `{}` of memory", shown(memory)),
            &memory_place,
            format!("takes at least `{}`", shown(run::INSTANCE_MEMORY_MIN)),
        );
    } else if memory > run::INSTANCE_MEMORY_MAX {
        cx.report(
            rules::INSTANCE_TOO_LARGE,
            format!("an instance of `{key}` has `{}` of memory", shown(memory)),
            &memory_place,
            format!("takes at most `{}`", shown(run::INSTANCE_MEMORY_MAX)),
        );
    }
    for volume in volumes {
        if let VolumeSource::Memory { size } = &volume.source
            && let Some(size) = mebibytes(size)
            && size > memory
        {
            let place = Place::Value(key.then("volumes").then(&volume.name).then("memory"));
            cx.report(
                rules::MEMORY_DOES_NOT_FIT,
                format!(
                    "`{}` is larger than the memory that it lies in",
                    volume.name
                ),
                &place,
                format!("the containers have `{}`", shown(memory)),
            )
            .and(&memory_place, "");
        }
    }
}

/// CPU and memory of one container go together. One that is derived has sizes of ours.
fn together_in(
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    container: &Container,
    memory: u64,
    (least, most): (u64, u64),
) {
    let key = if container.name == parts.name {
        parts.key.clone()
    } else {
        parts.key.then("sidecars").then(&container.name)
    };
    if (least..=most).contains(&memory) {
        return;
    }
    let cpu = &container.cpu;
    let takes = if least > 1 {
        format!(
            "with {cpu} CPU it takes `{}` to `{}`",
            shown(least),
            shown(most)
        )
    } else {
        format!("with {cpu} CPU it takes at most `{}`", shown(most))
    };
    let finding = cx
        .report(
            rules::MEMORY_DOES_NOT_FIT,
            format!("{cpu} CPU and `{}` do not go together", container.memory),
            &Place::Value(key.then("memory")),
            takes,
        )
        .and(&Place::Value(key.then("cpu")), "the CPU");
    let fitting = run::MEMORY_OF_CPU
        .iter()
        .find(|(_, least, most)| (*least..=*most).contains(&memory));
    if let Some((cpu, ..)) = fitting {
        finding.help(format!("write `cpu = {}`, or other memory", cpu / 1_000));
    }
}

/// A number of CPUs in thousandths; `None` where it is finer than that, or no number.
pub(super) fn thousandths(cpu: &str) -> Option<u32> {
    let (whole, fraction) = cpu.split_once('.').unwrap_or((cpu, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(fraction) || fraction.len() > 3 {
        return None;
    }
    let whole: u32 = whole.parse().ok()?;
    let fraction: u32 = format!("{fraction:0<3}").parse().ok()?;
    whole.checked_mul(1_000)?.checked_add(fraction)
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

#[cfg(test)]
mod tests {
    use super::thousandths;
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    const SIDECAR: &str = "[services.orders.sidecars.agent]\nimage = \"europe-docker.pkg.dev/shop-images/app/agent@sha256:7d3f0a1e5c9b8a6d4f2e1c0b9a8d7e6f5c4b3a291807f6e5d4c3b2a190817263\"\n";

    #[test]
    fn cpus_are_counted_in_thousandths() {
        assert_eq!(thousandths("1"), Some(1_000));
        assert_eq!(thousandths("0.08"), Some(80));
        assert_eq!(thousandths("0.0805"), None);
        assert_eq!(thousandths("-1"), None);
        assert_eq!(thousandths("99999999999"), None);
    }

    #[test]
    fn a_sidecar_may_be_small() {
        for small in ["memory = \"256Mi\"", "cpu = 0.5\nmemory = \"128Mi\""] {
            let resolved = resolve(&[INTERNAL, SIDECAR, small]);
            assert!(resolved.errors.is_empty(), "{}", resolved.said);
        }
        let large = resolve(&[INTERNAL, SIDECAR, "cpu = 0.5\nmemory = \"2Gi\""]);
        assert_eq!(large.errors, ["memory-does-not-fit"]);
    }

    #[test]
    fn an_instance_may_not() {
        let alone = |keys: &str| resolve(&[INTERNAL, keys]).errors;
        assert_eq!(alone("memory = \"256Mi\""), ["memory-does-not-fit"]);
        assert_eq!(alone("cpu = 0.5"), ["cpu-below-one"]);
        assert_eq!(alone("cpu = 0.1234"), ["cpu-invalid"]);
        assert_eq!(alone("cpu = 3"), ["cpu-invalid"]);
        let both = "cpu = 0.5\nmemory = \"128Mi\"\n";
        assert_eq!(
            resolve(&[INTERNAL, both, SIDECAR, both]).errors,
            ["memory-does-not-fit"]
        );
    }

    #[test]
    fn nor_be_larger_than_there_are_machines() {
        let large = "cpu = 8\nmemory = \"32Gi\"\n";
        assert_eq!(
            resolve(&[INTERNAL, large, SIDECAR]).errors,
            ["instance-too-large", "instance-too-large"]
        );
        let volume = "volumes = { cache = { memory = \"1Gi\", mount = \"/cache\" } }";
        assert_eq!(resolve(&[INTERNAL, volume]).errors, ["memory-does-not-fit"]);
    }
}
