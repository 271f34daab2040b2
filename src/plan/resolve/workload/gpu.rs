//! What a service, a job or a worker needs for its GPU.

use crate::blueprint::schema::Service;
use crate::blueprint::{Key, Place};
use crate::plan::google::run;
use crate::plan::model::Container;
use crate::plan::resolve::context::Context;
use crate::rules;

use super::memory::{mebibytes, shown, thousandths};
use super::parts::{Parts, Runs};

/// Reports where the main container is too small for its GPU, or the region has none, or the scripts cannot give it one.
pub(super) fn check(cx: &mut Context<'_>, parts: &Parts<'_>, main: &Container) {
    if parts.gpu.is_none() {
        return;
    }
    let key = &parts.key;
    let gpu = Place::Value(key.then("gpu"));
    let (cpu_least, memory_least) = run::GPU_NEEDS;
    if thousandths(&main.cpu).is_some_and(|cpu| cpu < cpu_least * 1_000) {
        let least = cpu_least.to_string();
        too_small(cx, key, "cpu", &least, &format!("cpu = {least}"));
    }
    if mebibytes(&main.memory).is_some_and(|memory| memory < memory_least) {
        let least = shown(memory_least);
        too_small(cx, key, "memory", &least, &format!("memory = {least:?}"));
    }
    let region = cx.project.region.as_str();
    if run::REGIONS.contains(&region) && !run::GPU_REGIONS.contains(&region) {
        let message = format!("Cloud Run has no GPUs in `{region}`");
        let regions = format!("there are some in {}", run::GPU_REGIONS.join(", "));
        cx.report(rules::GPU_DOES_NOT_FIT, message, &gpu, regions);
    }
    if parts.runs == Runs::Worker {
        cx.report(
            rules::GPU_GCLOUD,
            "gcloud up to 528 cannot give a worker a GPU",
            &gpu,
            "Terraform can, such a gcloud cannot",
        )
        .help("apply with Terraform, or run the scripts with a gcloud that lists `--gpu` in `beta run worker-pools deploy --help`");
    }
}

/// Reports where the main container of a service would have its GPU only while it answers.
pub(in crate::plan::resolve) fn always_there(cx: &mut Context<'_>, key: &Key, written: &Service) {
    if written.gpu.is_some() && written.cpu_always == Some(false) {
        let place = Place::Value(key.then("cpu_always"));
        let message = format!("`{key}` would have its GPU only while it answers");
        cx.report(rules::GPU_DOES_NOT_FIT, message, &place, "not with a GPU")
            .and(&Place::Value(key.then("gpu")), "the GPU")
            .help("leave `cpu_always` out");
    }
}

fn too_small(cx: &mut Context<'_>, key: &Key, what: &str, least: &str, better: &str) {
    cx.report(
        rules::GPU_DOES_NOT_FIT,
        format!("`{key}` is too small for a GPU"),
        &Place::Value(key.then(what)),
        format!("takes at least `{least}`"),
    )
    .and(&Place::Value(key.then("gpu")), "the GPU")
    .help(format!("write `{better}`, or leave `{what}` out"));
}

#[cfg(test)]
mod tests {
    use crate::plan::resolve::testing::{INTERNAL, resolve};

    #[test]
    fn a_gpu_wants_a_large_container_a_cpu_that_stays_and_a_region_that_has_one() {
        let with = |keys: &str| resolve(&[INTERNAL, "gpu = \"nvidia-l4\"\n", keys]);
        let resolved = with("");
        let main = &resolved.plan().services[0].workload.containers[0];
        assert_eq!((main.cpu.as_str(), main.memory.as_str()), ("4", "16Gi"));
        assert!(!main.cpu_idle);
        let errors = |keys: &str| with(keys).errors;
        assert!(errors("cpu = 8\nmemory = \"32Gi\"\ncpu_always = true\n").is_empty());
        assert_eq!(errors("memory = \"8Gi\"\n"), ["gpu-does-not-fit"]);
        assert_eq!(errors("cpu_always = false\n"), ["gpu-does-not-fit"]);
        assert_eq!(
            errors("cpu = 2\nmemory = \"8Gi\"\n"),
            ["gpu-does-not-fit", "gpu-does-not-fit"]
        );
        let elsewhere = "[environments.prod.project]\nregion = \"europe-west9\"\n";
        assert_eq!(errors(elsewhere), ["gpu-does-not-fit"]);
    }
}
