//! What services, jobs and workers share: network, volumes, containers.

use askama::Template;

use super::filters;
use crate::plan::model::{
    Container, EnvValue, EnvVar, Mount, Port, Probe, ProbeCheck, SecretItem, SecretVersion, Text,
    Volume, VolumeSource, VpcAccess, Workload,
};
use crate::proof;
use crate::render;
use crate::render::quote::Quoted;

#[derive(Template)]
#[template(path = "terraform/workload.tf.j2")]
struct Block<'a> {
    is_service: bool,
    encryption_key: Option<String>,
    gpu: Option<&'a str>,
    vpc: Option<&'a VpcAccess>,
    volumes: &'a [Volume],
    containers: Vec<ContainerView<'a>>,
}

struct ContainerView<'a> {
    name: &'a str,
    image: &'a Text,
    command: &'a [String],
    args: &'a [Text],
    env: &'a [EnvVar],
    cpu: &'a str,
    memory: &'a str,
    gpu: bool,
    cpu_idle: bool,
    startup_boost: bool,
    port: Option<&'a Port>,
    mounts: &'a [Mount],
    probes: Vec<(&'static str, &'a Probe)>,
    after: &'a [String],
}

/// A workload as a part of its element's template; account and labels stand in the element's own arguments.
pub(super) fn block(workload: &Workload, is_service: bool) -> Quoted {
    let Workload {
        account: _,
        vpc,
        internet: _,
        containers,
        volumes,
        databases: _,
        caches: _,
        secrets: _,
        enqueues: _,
        channels: _,
        publishes: _,
        consumes: _,
        starts: _,
        encryption_key,
        // It is an argument of the element's own.
        binary_authorization: _,
        labels: _,
    } = workload;
    render::block(&Block {
        is_service,
        // The foundation makes it, with the grant to Cloud Run's agent.
        encryption_key: encryption_key.as_ref().map(ToString::to_string),
        gpu: workload.gpu(),
        vpc: vpc.as_ref(),
        volumes,
        containers: containers.iter().map(container).collect(),
    })
}

fn container(container: &Container) -> ContainerView<'_> {
    let Container {
        name,
        image,
        command,
        args,
        env,
        cpu,
        memory,
        gpu,
        cpu_idle,
        startup_boost,
        port,
        mounts,
        startup,
        liveness,
        after,
    } = container;
    let probes = [("startup_probe", startup), ("liveness_probe", liveness)];
    ContainerView {
        name,
        image,
        command,
        args,
        env,
        cpu,
        memory,
        gpu: gpu.is_some(),
        cpu_idle: *cpu_idle,
        startup_boost: *startup_boost,
        port: port.as_ref(),
        mounts,
        probes: probes
            .into_iter()
            .filter_map(|(kind, probe)| Some((kind, probe.as_ref()?)))
            .collect(),
        after,
    }
}
