//! The hardened defaults that apply here, each with its reason, and the exceptions from them.

use super::every;
use super::passwords;
use crate::plan::google::{kms, pubsub};
use crate::plan::model::{
    FirewallAction, Ingress, Internet, PerimeterMode, Plan, Service, TlsMode, TlsVersion,
    WafAction, Workload,
};
use crate::render::quote::Quoted;
use crate::render::quote::markdown::{Md, md};

/// The decisions, most exposed first.
pub fn list(plans: &[Plan]) -> Vec<Quoted> {
    let mut decisions = Vec::new();
    entrance(plans, &mut decisions);
    private_names(plans, &mut decisions);
    callers(plans, &mut decisions);
    revisions(plans, &mut decisions);
    pipeline(plans, &mut decisions);
    network(plans, &mut decisions);
    data(plans, &mut decisions);
    buckets(plans, &mut decisions);
    firestores(plans, &mut decisions);
    datasets(plans, &mut decisions);
    schemas(plans, &mut decisions);
    channels(plans, &mut decisions);
    keys(plans, &mut decisions);
    encryption(plans, &mut decisions);
    registries(plans, &mut decisions);
    images(plans, &mut decisions);
    perimeter(plans, &mut decisions);
    around(plans, &mut decisions);
    decisions.into_iter().map(Md::done).collect()
}

/// The names of the services, in any environment, of which something holds; each once.
fn services(plans: &[Plan], holds: impl Fn(&Service) -> bool) -> Md {
    every(plans, |plan| {
        let services = plan.services.iter();
        services
            .filter(|service| holds(service))
            .map(|service| md("").code(&service.name))
            .collect()
    })
}

fn entrance(plans: &[Plan], decisions: &mut Vec<Md>) {
    let behind = services(plans, |service| {
        service.ingress == Ingress::InternalAndLoadBalancing
    });
    if !behind.is_empty() {
        decisions.push(
            md("**Public means through the load balancer.** Nothing else on the internet reaches ")
                .md(&behind)
                .say(": ingress is `internal-and-cloud-load-balancing`."),
        );
    }
    let spread = every(plans, |plan| {
        let backends = plan.edge.iter().flat_map(|edge| &edge.backends);
        let several = backends.filter(|backend| backend.groups.len() > 1);
        several
            .map(|backend| md("").code(&backend.service))
            .collect()
    });
    if !spread.is_empty() {
        decisions.push(
            md("**Each request goes to the nearest region.** ")
                .md(&spread)
                .say(" runs in several, with one policy, one account and one way in; what there is once (databases, what is called, jobs that come before) stays in the project's region. A region that only answers errors keeps its requests: `retire_regions` takes it out. `min`, `max` and pools of connections are those of each region."),
        );
    }
    let closed = services(plans, |service| service.public && service.run_app_closed);
    if !closed.is_empty() {
        decisions.push(
            md("**No second address.** The run.app address of ")
                .md(&closed)
                .say(" is closed: nobody needs it, and it would lead past the WAF."),
        );
    }
    let past = |service: &Service| {
        service.ingress == Ingress::InternalAndLoadBalancing && !service.run_app_closed
    };
    let open = services(plans, past);
    if !open.is_empty() {
        let says = md("**Past the WAF from inside.** Who calls ")
            .md(&open)
            .say(" from inside uses its run.app address, past load balancer and WAF");
        let anybody = services(plans, |service| past(service) && !service.invoker_check);
        decisions.push(if anybody.is_empty() {
            says.say("; the ID token is checked there too.")
        } else {
            says.say(", and whatever is in the network may call ")
                .md(&anybody)
                .say(" so without a token.")
        });
    }
    let edges = plans.iter().filter_map(|plan| plan.edge.as_ref());
    if let Some(oldest) = edges.map(|edge| edge.tls.min).min_by_key(|min| match min {
        TlsVersion::V1_2 => 2,
        TlsVersion::V1_3 => 3,
    }) {
        decisions.push(
            md("**The load balancer knows its hosts.** Unknown hosts and the bare address get 404, HTTP only redirects, TLS is ")
                .say(match oldest {
                    TlsVersion::V1_2 => "1.2 or newer.",
                    TlsVersion::V1_3 => "1.3.",
                }),
        );
    }
    let limited = plans.iter().flat_map(|plan| &plan.wafs).any(|waf| {
        let mut rules = waf.rules.iter();
        rules.any(|rule| matches!(rule.action, WafAction::Throttle(_) | WafAction::Ban(..)))
    });
    if limited {
        decisions.push(md("**The rate limit comes after the WAF rules.** Cloud Armor stops at the first rule that matches, and a rate limit lets through whatever is within it: before the WAF rules it would switch them off."));
    }
    let wafs = || plans.iter().flat_map(|plan| &plan.wafs);
    if wafs().next().is_some() {
        decisions.push(
            md("**What the WAF does not see.** It reads the first 64 KB of a body; the code has to judge the rest")
                .say(if wafs().any(|waf| waf.adaptive) {
                    ". Without Cloud Armor Enterprise, adaptive protection gives alerts without their details."
                } else {
                    "."
                }),
        );
    }
    let internal = services(plans, |service| service.ingress == Ingress::Internal);
    if !internal.is_empty() {
        decisions.push(
            md("**Internal stays internal.** ")
                .md(&internal)
                .say(" can be reached only from this project and its network")
                .say(if plans.iter().any(|plan| plan.edge.is_some()) {
                    ", not through the load balancer either."
                } else {
                    "."
                }),
        );
    }
}

/// What a private name means.
fn private_names(plans: &[Plan], decisions: &mut Vec<Md>) {
    let named = |plan: &Plan| {
        let edges = plan.internal_edge.iter();
        let services = edges.flat_map(|edge| &edge.backends);
        services.map(|service| md("").code(service)).collect()
    };
    let named = every(plans, named);
    if named.is_empty() {
        return;
    }
    let closed = services(plans, |service| !service.public && service.run_app_closed);
    let says = md("**A private name is answered inside.** An internal load balancer leads to ")
        .md(&named)
        .say(", with TLS and a certificate that every caller trusts; the name's address stands in the network's own DNS. The name itself is no secret: lists of certificates are public. Networks that are connected with this one (peering, VPN) reach the address too; whom a service lets in stands in its policy.");
    decisions.push(if closed.is_empty() {
        says
    } else {
        says.say(" The run.app address of ")
            .md(&closed)
            .say(" is closed: nobody needs it.")
    });
}

fn callers(plans: &[Plan], decisions: &mut Vec<Md>) {
    decisions.push(md("**Nobody may call what nobody declared.** The policy of each service is complete, so a grant made by hand disappears with the next apply."));
    let unchecked = services(plans, |service| !service.invoker_check);
    if !unchecked.is_empty() {
        decisions.push(
            md("**No `allUsers`.** ")
                .md(&unchecked)
                .say(" is open to everyone by switching Cloud Run's invoker check off, so it works under domain-restricted sharing too, and no policy holds a public member."),
        );
    }
    let flows = plans.iter().any(|plan| !plan.workflows.is_empty());
    let what = match (works(plans), flows) {
        (false, false) => "services or jobs",
        (true, false) => "services, jobs or workers",
        (false, true) => "services, jobs or workflows",
        (true, true) => "services, jobs, workers or workflows",
    };
    decisions.push(
        md("**An account each, without keys.** No two ")
            .say(what)
            .say(" share an account, and each account has only the grants that [ACCESS.md lists](#environments)."),
    );
}

/// Which revisions answer, where the blueprint says it.
fn revisions(plans: &[Plan], decisions: &mut Vec<Md>) {
    let held = services(plans, |service| !service.traffic.pinned().is_empty());
    if !held.is_empty() {
        decisions.push(
            md("**Not all that answers stands here.** ")
                .md(&held)
                .say(" holds a revision at its name, with the image, the settings and the account that it was made with; who may call, and from where, holds for it as well."),
        );
    }
    let tagged = every(plans, |plan| {
        let tagged = plan.services.iter().flat_map(Service::tagged_urls);
        tagged.map(|(_, url)| md("").code(&url)).collect()
    });
    if !tagged.is_empty() {
        decisions.push(
            md("**A revision can be looked at under an address of its own.** ")
                .md(&tagged)
                .say(" leads to the one that its tag names, whatever its share of the requests is, and lets in whom the service itself lets in."),
        );
    }
}

/// What a pipeline has instead of a key.
fn pipeline(plans: &[Plan], decisions: &mut Vec<Md>) {
    if plans.iter().any(|plan| plan.delivery.is_some()) {
        decisions.push(md("**No key deploys.** The pipeline brings a token of GitHub's that says from which repository, by its number, and from which branch it comes. Its account may update what it deploys, act as the accounts of that, and push to the repositories of its images."));
    }
}

fn network(plans: &[Plan], decisions: &mut Vec<Md>) {
    let own = plans
        .iter()
        .filter_map(|plan| plan.network.as_ref()?.own.as_ref());
    let closes = own.flat_map(|own| &own.firewall);
    if closes
        .into_iter()
        .any(|rule| rule.action == FirewallAction::DenyAll)
    {
        decisions.push(md("**The network starts closed.** No default routes, nothing gets in, and out go only the openings that the firewall names."));
    }
    let direct = workloads(plans, |workload| {
        workload.internet == Internet::Direct && workload.vpc.is_some()
    });
    if !direct.is_empty() {
        decisions.push(
            md("**What this does not filter.** Only traffic to private addresses and to Google goes through the network; ")
                .md(&direct)
                .say(" can reach any host on the internet past it. `egress = \"closed\"` or `\"nat\"` puts that behind the firewall too."),
        );
    }
    let outside = workloads(plans, |workload| workload.vpc.is_none());
    if !outside.is_empty() {
        decisions.push(
            md("**Outside the network.** ").md(&outside).say(
                " can reach any host on the internet, and nothing that has a private address.",
            ),
        );
    }
    if plans
        .iter()
        .filter_map(|plan| plan.network.as_ref())
        .any(|network| network.zones.iter().any(|zone| zone.dns_name == "run.app."))
    {
        decisions.push(md("**Calls between services stay in the network.** A private zone leads `run.app` to Google's private addresses; without it an internal service would answer its callers 404."));
    }
}

/// Whether there are workers.
fn works(plans: &[Plan]) -> bool {
    plans.iter().any(|plan| !plan.workers.is_empty())
}

/// The names of what runs, in any environment, of which something holds; each once.
fn workloads(plans: &[Plan], holds: impl Fn(&Workload) -> bool) -> Md {
    every(plans, |plan| {
        plan.workloads()
            .filter(|workload| holds(workload))
            .map(|workload| md("").code(workload.name()))
            .collect()
    })
}

fn data(plans: &[Plan], decisions: &mut Vec<Md>) {
    let databases = every(plans, |plan| {
        let own = plan.databases.iter().filter(|database| !database.existing);
        own.map(|database| md("").code(&database.name)).collect()
    });
    if !databases.is_empty() {
        let encrypted = plans
            .iter()
            .flat_map(|plan| &plan.databases)
            .any(|database| database.tls == TlsMode::Encrypted);
        let users = every(plans, passwords::users);
        let (none, but) = if users.is_empty() {
            (" and no passwords", md("."))
        } else {
            let made = ", with a password that `secrets.sh` makes and a secret holds, for as long as the exception says.";
            ("", md(", but for ").md(&users).say(made))
        };
        decisions.push(
            md("**Databases have no public address")
                .say(none)
                .say(".** ")
                .md(&databases)
                .say(if encrypted {
                    ": TLS only; programs log in as their own account by IAM"
                } else {
                    ": TLS with a client certificate only; programs log in as their own account by IAM"
                })
                .md(&but),
        );
    }
    let caches = every(plans, |plan| {
        let caches = plan.caches.iter().filter(|cache| !cache.existing);
        caches.map(|cache| md("").code(&cache.name)).collect()
    });
    if !caches.is_empty() {
        decisions.push(
            md("**Caches have no public address and no passwords.** ")
                .md(&caches)
                .say(": TLS only, with an authority of their own; programs log in with a token of their account, each to its caches alone. What is in a cache is on no disk."),
        );
    }
    if plans.iter().any(|plan| !plan.secrets.is_empty()) {
        decisions.push(md("**No secret in a file, a state or an argument.** Terraform makes the containers; `secrets.sh` puts values in. Environment variables take a pinned version, since running instances would otherwise disagree after a rotation; files may take the latest."));
    }
}

/// What buckets let nobody do.
fn buckets(plans: &[Plan], decisions: &mut Vec<Md>) {
    let own = every(plans, |plan| {
        let own = plan.buckets.iter().filter(|bucket| !bucket.existing);
        own.map(|bucket| md("").code(&bucket.name)).collect()
    });
    if !own.is_empty() {
        decisions.push(
            md("**No bucket is open to the internet.** ")
                .md(&own)
                .say(": rights stand on the bucket, never on an object, and no grant can make one public. What is deleted can be restored for a week."),
        );
    }
}

/// What is in Firestore, and for whom.
fn firestores(plans: &[Plan], decisions: &mut Vec<Md>) {
    let own = every(plans, |plan| {
        let own = plan.firestores.iter().filter(|one| !one.existing);
        own.map(|one| md("").code(&one.name)).collect()
    });
    if !own.is_empty() {
        decisions.push(
            md("**A right in Firestore is for one database.** ")
                .md(&own)
                .say(": Google takes it on the project alone, so a condition narrows each. It says nothing of single collections: what somebody may read there, the code decides. No security rules are written here, and without them no browser gets in."),
        );
    }
}

/// What is in BigQuery, and for whom.
fn datasets(plans: &[Plan], decisions: &mut Vec<Md>) {
    let all = every(plans, |plan| {
        let all = plan.datasets.iter();
        all.map(|one| md("").code(&one.name)).collect()
    });
    if !all.is_empty() {
        decisions.push(
            md("**Who may run queries may read nothing by that.** ")
                .md(&all)
                .say(": BigQuery gives the right to run queries on a whole project, and it is this one, which pays for them. What they may read or write is another right, on each dataset or table alone."),
        );
    }
    let made = every(plans, |plan| {
        let made = plan.made_datasets();
        made.map(|one| md("").code(&one.name)).collect()
    });
    if !made.is_empty() {
        decisions.push(
            md("**A basic role on the project opens no dataset.** ")
                .md(&made)
                .say(": BigQuery would let the project's editors write and its viewers read, and whoever makes a dataset would own it. That is taken back when it is made; the project's owners stay."),
        );
    }
}

/// Who publishes events.
fn channels(plans: &[Plan], decisions: &mut Vec<Md>) {
    let all = every(plans, |plan| {
        let all = plan.channels.iter();
        all.map(|one| md("").code(&one.name)).collect()
    });
    if !all.is_empty() {
        decisions.push(
            md("**Who publishes to one channel may publish to all of them.** ")
                .md(&all)
                .say(": Google gives that right on the project, with nothing that narrows it. Where one program must not speak for another, let them publish to topics, which have policies of their own."),
        );
    }
}

/// What keys let nobody do.
fn keys(plans: &[Plan], decisions: &mut Vec<Md>) {
    let own = every(plans, |plan| {
        let own = plan.keys.iter().filter(|key| !key.existing);
        let own = own.filter(|key| !plan.is_for_products(key));
        own.map(|key| md("").code(&key.name)).collect()
    });
    if !own.is_empty() {
        decisions.push(
            md("**No key leaves Google.** ")
                .md(&own)
                .say(": programs hand over what is to be signed or encrypted, each with the right to its use of its key, and none on the ring. A version that is to be destroyed can be restored for ")
                .number(kms::DESTROYED_AFTER_DAYS)
                .say(" days."),
        );
    }
}

/// Who can close all that Google keeps.
fn encryption(plans: &[Plan], decisions: &mut Vec<Md>) {
    let own = every(plans, |plan| {
        let keys = plan.keys.iter().filter(|key| plan.is_for_products(key));
        keys.map(|key| md("").code(&key.name)).collect()
    });
    if !own.is_empty() {
        decisions.push(
            md("**Whoever disables a key closes what lies under it.** Google encrypts under ")
                .md(&own)
                .say(" in the place of keys of its own, each with the right for the agent of one product, and none on the ring. What lay under another key before stays under that: versions of keys are kept for as long as something does."),
        );
    }
}

/// What messages look like.
fn schemas(plans: &[Plan], decisions: &mut Vec<Md>) {
    let formed = every(plans, |plan| {
        let formed = plan.topics.iter().filter(|topic| topic.schema.is_some());
        formed.map(|topic| md("").code(&topic.name)).collect()
    });
    if formed.is_empty() {
        return;
    }
    let says = md("**Messages have a form.** Pub/Sub refuses what is published to ")
        .md(&formed)
        .say(" and does not fit the schema.");
    let made = plans.iter().flat_map(|plan| &plan.topics).any(|topic| {
        let schema = topic.schema.as_ref();
        schema.is_some_and(|schema| schema.made.is_some())
    });
    decisions.push(if made {
        says.say(" A changed file is a new revision, and what fits any of them is taken: delete an old one when nobody publishes so any longer. There are at most ")
            .text(&pubsub::SCHEMA_REVISIONS.to_string())
            .say(".")
    } else {
        says
    });
}

/// What nobody does to an image.
fn registries(plans: &[Plan], decisions: &mut Vec<Md>) {
    let own = every(plans, |plan| {
        let own = plan.registries.iter();
        let own = own.filter(|one| !one.existing && one.immutable_tags);
        own.map(|one| md("").code(&one.name)).collect()
    });
    if !own.is_empty() {
        decisions.push(
            md("**A tag stays what it was.** ").md(&own).say(
                ": nobody gives a tag to another image there, and an image with a tag cannot be deleted.",
            ),
        );
    }
}

/// Which images run.
fn images(plans: &[Plan], decisions: &mut Vec<Md>) {
    let asked = workloads(plans, |workload| workload.binary_authorization);
    if asked.is_empty() {
        return;
    }
    let logs = every(plans, |plan| {
        let written = plan.binary_authorization.iter();
        let logs = written.filter(|one| one.only_logs());
        logs.map(|_| md("").code(&plan.environment)).collect()
    });
    let says = md("**An image is asked about before it runs.** Cloud Run asks the project's policy of Binary Authorization for ")
        .md(&asked);
    let says = if logs.is_empty() {
        says.say(".")
    } else {
        says.say("; in ")
            .md(&logs)
            .say(" the audit log alone says what would be refused.")
    };
    decisions.push(says.say(" Whoever may deploy can go past it with `--breakglass`, which the audit log keeps and `verify.sh` finds until the next deploy."));
}

/// Where calls of Google's APIs come from and go to.
fn perimeter(plans: &[Plan], decisions: &mut Vec<Md>) {
    let of = |mode: PerimeterMode| {
        every(plans, move |plan| {
            let perimeter = plan.perimeter.iter();
            let of = perimeter.filter(|one| one.mode == mode);
            of.map(|_| md("").code(&plan.environment)).collect()
        })
    };
    let (enforced, dry) = (of(PerimeterMode::Enforced), of(PerimeterMode::DryRun));
    if enforced.is_empty() && dry.is_empty() {
        return;
    }
    let mut says = md(
        "**A grant is used from within.** Google's APIs ask a perimeter of VPC Service Controls beside IAM: a token that is carried away opens nothing, and nothing is carried into another project but what the blueprint refers to. In the network `googleapis.com` and `run.app` lead to addresses that know only what a perimeter protects: `run.app` of somebody else is not reached.",
    );
    if !dry.is_empty() {
        says = says
            .say(" In ")
            .md(&dry)
            .say(" it refuses nothing yet, and the audit log says what it would.");
    }
    decisions.push(
        says.say(
            " It does not look at what goes to hosts on the internet: that is the firewall's.",
        ),
    );
}

fn around(plans: &[Plan], decisions: &mut Vec<Md>) {
    let kinds = protected(plans);
    if !kinds.is_empty() {
        let mut text = md("**Nothing is deleted by accident.** ").say("Protected are ");
        for (at, kind) in kinds.iter().enumerate() {
            let before = match at {
                0 => "",
                _ if at + 1 == kinds.len() => " and ",
                _ => ", ",
            };
            text = text.say(before).say(kind);
        }
        decisions.push(text.say("; [removal takes two steps](#later-changes)."));
    }
    if plans.iter().any(|plan| !plan.org_policies.is_empty()) {
        decisions.push(md("**Organisation policies keep it so.** They forbid what the blueprint does not use, and never what it declares."));
    }
    if plans.iter().any(|plan| !plan.audit_logs.is_empty()) {
        decisions.push(md("**Who read what is logged.** Data access is audited for the APIs that hold data and rights; changes of configuration Google logs anyway."));
    }
    if plans.iter().any(|plan| !plan.log_sinks.is_empty()) {
        decisions.push(md("**Logs outlive an incident.** A sink takes its entries as they are written, into a log bucket, a bucket or a topic that its own retention or another project's owner guards."));
    }
    if plans.iter().any(|plan| plan.monitoring.is_some()) {
        decisions.push(md("**Somebody hears of it.** An alert watches each kind of thing that stands here, and whether something is opened to everybody; each says what to look at first. A host that asks for a token has to refuse who brings none: an open door is an alert too."));
    }
    let mut pages: Vec<&str> = Vec::new();
    for page in plans.iter().filter_map(Plan::dashboard) {
        pages.push(&page.name);
    }
    if let [first, others @ ..] = pages.as_slice() {
        let mut text = md("**One page to look at then.** Dashboard ").code(first);
        for other in others {
            text = text.say(", ").code(other);
        }
        decisions.push(text.say(" (console, Monitoring, Dashboards) has a group of charts for each kind of thing that stands here, and a line where an alert goes off. It holds no data of its own: who may see metrics sees it."));
    }
}

/// The kinds of which something is protected, in the order in which the blueprint is read.
fn protected(plans: &[Plan]) -> Vec<&'static str> {
    let of = |kind, has: &dyn Fn(&Plan) -> bool| plans.iter().any(has).then_some(kind);
    [
        of("services", &|plan| {
            plan.services.iter().any(|one| one.deletion_protection)
        }),
        of("jobs", &|plan| {
            plan.jobs.iter().any(|one| one.deletion_protection)
        }),
        of("workers", &|plan| {
            plan.workers.iter().any(|one| one.deletion_protection)
        }),
        of("workflows", &|plan| {
            plan.workflows.iter().any(|one| one.deletion_protection)
        }),
        of("databases", &|plan| {
            plan.databases
                .iter()
                .any(|one| one.deletion_protection && !one.existing)
        }),
        of("caches", &|plan| {
            plan.caches
                .iter()
                .any(|one| one.deletion_protection && !one.existing)
        }),
        of("databases of Firestore", &|plan| {
            let mut made = plan.firestores.iter().filter(|one| !one.existing);
            made.any(|one| one.deletion_protection)
        }),
        of("secrets", &|plan| {
            plan.secrets
                .iter()
                .any(|one| one.deletion_protection && !one.existing)
        }),
        of("buckets", &|plan| {
            plan.buckets
                .iter()
                .any(|one| one.deletion_protection && !one.existing)
        }),
        of("keys", &|plan| {
            plan.keys
                .iter()
                .any(|one| one.deletion_protection && !one.existing)
        }),
        of("datasets of BigQuery", &|plan| {
            plan.made_datasets().any(|one| one.deletion_protection)
        }),
        of("channels", &|plan| {
            let mut made = plan.channels.iter().filter(|one| !one.existing);
            made.any(|one| one.deletion_protection)
        }),
        of("topics", &|plan| {
            plan.topics
                .iter()
                .any(|one| one.deletion_protection && !one.existing)
        }),
        of("subscriptions", &|plan| {
            plan.subscriptions
                .iter()
                .any(|one| one.deletion_protection && !one.existing)
        }),
        of("repositories of images", &|plan| {
            let mut made = plan.registries.iter().filter(|one| !one.existing);
            made.any(|one| one.deletion_protection)
        }),
        of("queues", &|plan| {
            plan.queues.iter().any(|one| one.deletion_protection)
        }),
        of("log sinks", &|plan| {
            plan.log_sinks.iter().any(|one| one.deletion_protection)
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}
