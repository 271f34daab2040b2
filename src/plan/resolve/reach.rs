//! Callers of internal services that may find no way to them.

use crate::blueprint::{Key, Place};
use crate::plan::model::Plan;
use crate::plan::strangers;
use crate::rules;

use super::context::Context;

/// Warns of service accounts of other projects that may call an internal service: the right alone does not bring them there.
pub(super) fn check(cx: &mut Context<'_>, plan: &Plan) {
    for stranger in strangers(plan) {
        let key = Key::of(&["services", stranger.service, "invokers"]);
        let written = cx.blueprint.services.get(stranger.service);
        let index = written.into_iter().flat_map(|service| &service.invokers);
        let place = match index.into_iter().position(|one| one == stranger.member) {
            Some(index) => Place::Value(key.item(index)),
            // Written with a reference in it.
            None => Place::Key(key),
        };
        cx.report(
            rules::INVOKER_OUT_OF_REACH,
            format!(
                "`{}` is internal, and an account of project `{}` may call it",
                stranger.service, stranger.project
            ),
            &place,
            "from its own project it gets 404",
        )
        .note("an internal service answers only what comes from a network of its own project, a Shared VPC network that both are in, or a VPC Service Controls perimeter that holds both projects")
        .help(format!(
            "put both into one Shared VPC (`[network.existing]`); or let it in by the load balancer: `exposure = \"public\"`, `auth = \"iam\"` and `domains` on `{}`",
            stranger.service
        ));
    }
}
