//! Callers that have the right to call an internal service, and perhaps no way to it.

use super::google::roles;
use super::model::{Ingress, Network, Plan, Principal, account_project};

/// A service account of another project that may call an internal service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stranger<'a> {
    /// The service's name.
    pub service: &'a str,
    /// The account, as the policy names it: `serviceAccount:checkout@acme-shop.iam.gserviceaccount.com`.
    pub member: &'a str,
    /// The id of its project.
    pub project: &'a str,
}

/// The strangers of all internal services, by service and member.
///
/// An internal service answers what comes from networks of its own project, from a Shared VPC network that it is in, from
/// Google's products in its project, and from a VPC Service Controls perimeter
/// (<https://cloud.google.com/run/docs/securing/ingress>). An account runs in its own project as a rule, so that one of
/// another project meets 404. To a private name comes whoever is in a network that is connected with this one. In a Shared VPC network other projects are at home: there nobody is a stranger.
#[must_use]
pub fn strangers(plan: &Plan) -> Vec<Stranger<'_>> {
    let shared = |network: &Network| network.project != plan.project.id;
    if plan.network.as_ref().is_some_and(shared) {
        return Vec::new();
    }
    let internal = plan
        .services
        .iter()
        .filter(|service| service.ingress == Ingress::Internal)
        .filter(|service| service.private_domains.is_empty());
    internal
        .flat_map(|service| {
            let callers = service
                .policy
                .iter()
                .filter(|binding| binding.role == roles::RUN_INVOKER)
                .flat_map(|binding| &binding.members);
            callers.filter_map(move |caller| {
                let Principal::Named(text) = caller else {
                    return None;
                };
                let member = text.known()?;
                let project = project_of(member)?;
                (project != plan.project.id).then_some(Stranger {
                    service: &service.name,
                    member,
                    project,
                })
            })
        })
        .collect()
}

/// The id of the project that a service account was made in; `None` where its address does not say it: default accounts
/// carry a number, agents of Google's a name of Google's.
fn project_of(member: &str) -> Option<&str> {
    let address = member.strip_prefix("serviceAccount:")?;
    let (account, _) = address.split_once('@')?;
    let agent = account.strip_prefix("service-").is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    if agent {
        return None;
    }
    account_project(address)
}

#[cfg(test)]
mod tests {
    use super::project_of;

    #[test]
    fn only_accounts_that_people_make_tell_their_project() {
        let told = |member| project_of(member);
        assert_eq!(
            told("serviceAccount:checkout@acme-shop.iam.gserviceaccount.com"),
            Some("acme-shop")
        );
        for silent in [
            "serviceAccount:123456789012-compute@developer.gserviceaccount.com",
            "serviceAccount:acme-shop@appspot.gserviceaccount.com",
            "serviceAccount:service-123456789012@gcp-sa-iap.iam.gserviceaccount.com",
            "group:checkout@acme-shop.iam.gserviceaccount.com",
            "serviceAccount:nonsense",
        ] {
            assert_eq!(told(silent), None, "{silent}");
        }
    }
}
