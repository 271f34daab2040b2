//! What a person does around an apply: what must be there before, secrets, DNS records, rights in the databases.

use std::collections::BTreeSet;

use crate::plan::google;
use crate::plan::model::{
    Auth, Certificate, Connect, Database, DatabaseUser, Engine, Generate, IpVersion, LetIn,
    Network, PerimeterMode, Plan, Principal, Stage, Subnetwork, WafMatch,
};
use crate::render::github::number_variable;
use crate::render::quote::markdown::{Md, md};
use crate::render::quote::{Quoted, comment};

/// What only an organisation, a registrar or Google can give.
pub fn prerequisites(plans: &[Plan]) -> Vec<Quoted> {
    let any = |holds: &dyn Fn(&Plan) -> bool| plans.iter().any(holds);
    let mut wanted = vec![
        md(
            "Terraform 1.9 or newer, or OpenTofu; `gcloud` and bash 4.4 or newer for the scripts, `verify.sh` among them.",
        ),
        md("The project of each environment, with billing: ").md(&Md::list(
            plans.iter().map(|plan| md("").code(&plan.project.id)),
        )),
    ];
    let buckets = super::every(plans, |plan| {
        let states = plan.state.iter().flat_map(|state| state.stages.values());
        states.map(|place| md("").code(&place.bucket)).collect()
    });
    if !buckets.is_empty() {
        wanted.push(
            md("For Terraform, a state bucket (")
                .md(&buckets)
                .say("): versioned, with uniform access, and readable by the operators only, since a state holds every setting."),
        );
    }
    if any(&|plan| plan.services.iter().any(|service| !service.invoker_check)) {
        wanted.push(md("The organisation must not enforce `run.managed.requireInvokerIam` here: it forbids switching the invoker check off, which is how the anonymous services are open."));
    }
    let named = super::every(plans, |plan| {
        plan.grants
            .iter()
            .filter_map(|grant| match &grant.to {
                Principal::Named(text) if !grant.to.is_all_users() => {
                    Some(md("").code(&text.to_string()))
                }
                _ => None,
            })
            .collect()
    });
    if !named.is_empty() {
        wanted.push(
            md("Where the organisation restricts whom a policy may name (`iam.allowedPolicyMemberDomains`), it lets in ")
                .md(&named)
                .say("."),
        );
    }
    if any(&|plan| plan.grants.iter().any(|grant| grant.to.is_all_users())) {
        wanted.push(md("The organisation must not enforce `iam.allowedPolicyMemberDomains` here: it forbids `allUsers`, which is how the anonymous services are open."));
    }
    if any(&|plan| {
        plan.services
            .iter()
            .any(|service| service.auth == Auth::Iap)
    }) {
        wanted.push(md("IAP uses Google's own OAuth client, which lets in members of your organisation only. Others need an OAuth client of your own, made in the console."));
    }
    wanted.extend(plans.iter().filter_map(network));
    wanted.extend(plans.iter().filter_map(perimeter));
    let expressions = plans.iter().map(|plan| {
        let rules = plan.wafs.iter().flat_map(|waf| &waf.rules);
        let expressions = rules.filter(|rule| matches!(rule.matches, WafMatch::Expression(_)));
        expressions.count()
    });
    if let Some(most) = expressions.max().filter(|most| *most > 0) {
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        wanted.push(
            md("Quota for ")
                .number(most)
                .say(" Cloud Armor rules with expressions in a project (`SECURITY_POLICY_CEVAL_RULES`, often 20; 0 on free trials and in some new projects)."),
        );
    }
    if let Some(authorities) = authorities(plans) {
        wanted.push(
            md("Where a domain, or one above it, has CAA records, they allow ")
                .md(&authorities)
                .say(". Where there are none, such a record keeps every other authority from making certificates for the domain; it holds for the names below too, so the domain's owner decides, and none is written here."),
        );
    }
    if any(&|plan| {
        let mut firestores = plan.firestores.iter();
        firestores.any(|one| one.encryption_key.is_some())
    }) {
        wanted.push(md("Google's consent to databases of Firestore under keys of one's own, which is [asked for](https://cloud.google.com/firestore/docs/use-cmek#request-cmek-access): until then a project may have none."));
    }
    if any(&|plan| plan.stages().contains(&Stage::Governance)) {
        wanted.push(md("For governance by a person's own login, a project that the calls count in: `gcloud auth application-default set-quota-project`."));
    }
    if any(&|plan| !plan.elsewhere().is_empty()) {
        wanted.push(md("The grants in other projects: their owners run `iam/*/elsewhere/*.sh`, or make what the `.yaml` beside it lists. Between foundation, which makes the agents that are granted something, and services, which needs the grants."));
    }
    if any(&|plan| {
        let mut keys = plan.keys.iter();
        keys.any(|key| key.path.project != plan.project.id && plan.is_for_products(key))
    }) {
        wanted.push(md("What lies under a key of another project is made when the key's owner has granted it: the first foundation makes the agents and stops there; run it again after their `elsewhere/*.sh`."));
    }
    if any(&|plan| {
        plan.services
            .iter()
            .any(|service| !service.domain_mappings.is_empty())
    }) {
        wanted.push(md(
            "Mapped domains are verified for the account that applies (`gcloud domains verify`).",
        ));
    }
    wanted.into_iter().map(Md::done).collect()
}

/// The authorities that make the certificates here; none where they exist already
/// (<https://cloud.google.com/load-balancing/docs/ssl-certificates/google-managed-certs#caa>).
fn authorities(plans: &[Plan]) -> Option<Md> {
    let certificates = || {
        plans
            .iter()
            .filter_map(|plan| Some(&plan.edge.as_ref()?.certificate))
    };
    let mapped = plans
        .iter()
        .flat_map(|plan| &plan.services)
        .any(|service| !service.domain_mappings.is_empty());
    let classic = certificates().any(|one| matches!(one, Certificate::Classic { .. }));
    let managed = certificates().any(|one| matches!(one, Certificate::Managed { .. }))
        || plans.iter().any(|plan| plan.internal_edge.is_some());
    if mapped || classic {
        Some(md("`pki.goog` and `letsencrypt.org`"))
    } else {
        managed.then(|| md("`pki.goog`"))
    }
}

/// What carries labels from Terraform and none from the scripts: gcloud has no flag for them.
pub fn unlabelled(plans: &[Plan]) -> Option<Quoted> {
    let wafs = plans.iter().any(|plan| !plan.wafs.is_empty());
    let mut services = plans.iter().flat_map(|plan| &plan.services);
    let mapped = services.any(|service| !service.domain_mappings.is_empty());
    let what = [(wafs, "Cloud Armor policies"), (mapped, "mapped domains")];
    let what = what.into_iter().filter(|(there, _)| *there);
    let what = Md::list(what.map(|(_, what)| md(what)));
    (!what.is_empty()).then(|| what.done())
}

/// The project of each environment, where the first APIs are enabled by hand.
pub fn projects(plans: &[Plan]) -> Vec<Quoted> {
    let ids: BTreeSet<&str> = plans.iter().map(|plan| plan.project.id.as_str()).collect();
    // An id of letters, digits and hyphens, so a word of the shell as it stands.
    ids.into_iter().map(comment).collect()
}

/// What has to be there before a project stands in a perimeter, or who is asked for that.
fn perimeter(plan: &Plan) -> Option<Md> {
    let perimeter = plan.perimeter.as_ref()?;
    if perimeter.mode == PerimeterMode::Off {
        return None;
    }
    let project = md("").code(&plan.project.id);
    let Some(own) = &perimeter.own else {
        let says = md("The owners of the perimeter put project ")
            .md(&project)
            .say(" into it, protect in it the APIs that it uses, let in who applies and who looks into the project, and let out to the projects that the blueprint refers to.");
        return Some(says);
    };
    let mut says = md("The organisation has the access policy ").text(&own.policy.to_string());
    let levels = own.ingress.iter().flat_map(LetIn::levels);
    let levels: Vec<Md> = levels.map(|level| md("").code(level)).collect();
    if !levels.is_empty() {
        says = says.say(" with the access levels ").md(&Md::list(levels));
    }
    if let Some(one) = &own.ingress
        && !one.who.is_empty()
    {
        let who = one
            .who
            .iter()
            .map(|who| md("").code(&who.member().to_string()));
        says = says
            .say(", and ")
            .md(&Md::list(who))
            .say(" exist: whoever applies to ")
            .md(&project)
            .say(" or looks into it is one of them");
    }
    says = says.say(". No other perimeter holds ").md(&project);
    if !own.egress.is_empty() {
        let others = own.egress.iter().map(|one| md("").code(&one.project));
        says = says
            .say(". Where one holds ")
            .md(&Md::list(others))
            .say(", its owners let this project in");
    }
    Some(says.say("."))
}

/// What the owner of a network that exists already has to provide in it.
fn network(plan: &Plan) -> Option<Md> {
    let Network {
        name,
        path: _,
        project,
        subnetwork,
        elsewhere: _, // never in a network that exists
        own,
        zones,
    } = plan.network.as_ref()?;
    if own.is_some() {
        return None;
    }
    let Subnetwork {
        name: subnetwork,
        region: _,
        path: _,
        range: _,
    } = subnetwork;
    let instances: u64 = plan
        .instances()
        .filter(|(workload, _)| workload.vpc.is_some())
        .map(|(_, instances)| u64::from(instances))
        .sum();
    let mut wanted = md("The owner of network ").code(name);
    if *project != plan.project.id {
        wanted = wanted
            .say(" has attached ")
            .code(&plan.project.id)
            .say(" to the Shared VPC host ")
            .code(project)
            .say(", and");
    }
    wanted = wanted
        .say(" provides: subnetwork ")
        .code(subnetwork)
        .say(" with Private Google Access and room for ")
        .number(google::network::ADDRESSES_PER_INSTANCE * instances)
        .say(" addresses; a way for TCP ")
        .number(google::network::HTTPS)
        .say(" to Google at ")
        .code(&google::network::Vip::of(plan).range().to_string());
    let ports: BTreeSet<Md> = plan
        .workloads()
        .flat_map(|workload| &workload.databases)
        .map(|used| match used.connect {
            Connect::Connector | Connect::Proxy => {
                md("TCP ").number(google::database::CONNECTOR_PORT)
            }
            Connect::Direct => md("the engine's port of ").code(&used.database),
        })
        .collect();
    if !ports.is_empty() {
        wanted = wanted
            .say("; private services access, and a way for ")
            .md(&Md::list(ports))
            .say(" to its range");
    }
    for engine in google::memorystore::engines(plan) {
        let ports = engine
            .ports
            .iter()
            .map(|ports| md("").text(&ports.to_string()));
        wanted = wanted
            .say("; a service connection policy of the class ")
            .code(engine.class)
            .say(" for this network and region, and a way for TCP ")
            .md(&Md::list(ports))
            .say(" to its subnetwork");
    }
    // Workflows call from no network.
    let in_network = |cause: &String| {
        let element = cause.strip_suffix(".calls");
        element.is_some_and(|element| !element.starts_with("workflows."))
    };
    let mut grants = plan.grants.iter();
    let calls = grants.any(|grant| grant.causes.iter().any(in_network));
    let leads = |domain: &str| zones.iter().any(|zone| zone.dns_name == domain);
    if plan.perimeter.is_some() && !leads("googleapis.com.") {
        wanted = wanted.say("; private DNS zones that lead `googleapis.com`, `run.app` and all that is below them to the same addresses, by which the perimeter knows where a call comes from");
    } else if calls && !leads("run.app.") {
        wanted = wanted.say("; a private DNS zone that leads `run.app` and `*.run.app` to the same addresses, without which an internal service answers its callers 404");
    }
    Some(wanted.say("."))
}

/// A secret that needs a value.
pub struct SecretRow {
    pub environment: Quoted,
    pub secret: Quoted,
    pub needs: Quoted,
    pub from: Quoted,
}

/// The secrets with the versions that must be there.
pub fn secrets(plans: &[Plan]) -> Vec<SecretRow> {
    let mut rows = Vec::new();
    for plan in plans {
        for secret in &plan.secrets {
            let mut needs: Vec<Md> = secret
                .pinned
                .iter()
                .map(|version| md("version ").number(*version))
                .collect();
            if secret.latest {
                needs.push(md("a latest version"));
            }
            let fetched = secret.authority_of.as_ref();
            let from = match (&secret.generate, secret.existing) {
                _ if fetched.is_some() => {
                    md("fetched by `secrets.sh`: the certificate authority of cache ")
                        .code(fetched.map_or("", String::as_str))
                }
                (_, true) => md("it exists already"),
                (
                    Some(Generate {
                        length,
                        alphabet: _,
                    }),
                    false,
                ) => {
                    let made = md("made up by `secrets.sh`: ").number(*length);
                    let made = made.say(" characters");
                    match plan.login_of(&secret.name) {
                        Some((database, user)) => made
                            .say(", which it sets for ")
                            .code(&user.name)
                            .say(" of ")
                            .code(&database.name),
                        None => made,
                    }
                }
                (None, false) => md("you"),
            };
            rows.push(SecretRow {
                environment: md("").code(&plan.environment).done(),
                secret: md("").code(&secret.name).done(),
                needs: if needs.is_empty() {
                    md("nothing yet")
                } else {
                    Md::list(needs)
                }
                .done(),
                from: from.done(),
            });
        }
    }
    rows
}

/// A DNS record to create: its name, its type, and the command that prints its value.
pub struct Record {
    pub environment: Quoted,
    pub name: Quoted,
    pub kind: Quoted,
    pub value: Quoted,
}

/// The records that a person has to create; none where the blueprint lets Terraform and the scripts do it.
pub fn records(plans: &[Plan]) -> Vec<Record> {
    let mut records = Vec::new();
    for plan in plans {
        let project = &plan.project.id;
        let mut add = |name: &str, kind: &'static str, value: Md| {
            records.push(Record {
                environment: md("").code(&plan.environment).done(),
                name: md("").code(name).done(),
                kind: md(kind).done(),
                value: value.done(),
            });
        };
        for edge in plan.edge.iter().filter(|edge| edge.zone.is_none()) {
            for host in &edge.hosts {
                for address in &edge.addresses {
                    let kind = match address.version {
                        IpVersion::V4 => "A",
                        IpVersion::V6 => "AAAA",
                    };
                    let command = format!(
                        "gcloud compute addresses describe {} --global --project={project} --format='value(address)'",
                        address.name
                    );
                    add(&host.domain, kind, md("").code(&command));
                }
                if let Certificate::Managed { map: _ } = &edge.certificate {
                    let command = format!(
                        "gcloud certificate-manager dns-authorizations describe {} --project={project} --format='value(dnsResourceRecord.data)'",
                        host.name
                    );
                    add(
                        &format!("_acme-challenge.{}", host.domain),
                        "CNAME",
                        md("").code(&command),
                    );
                }
            }
        }
        let inside = plan.internal_edge.iter();
        let inside = inside.filter(|edge| edge.zone.is_none());
        for (edge, host) in inside.flat_map(|edge| edge.hosts.iter().map(move |host| (edge, host)))
        {
            let command = format!(
                "gcloud certificate-manager dns-authorizations describe {} --location={} --project={project} --format='value(dnsResourceRecord.name, dnsResourceRecord.data)'",
                host.name, edge.region
            );
            let below = format!("_acme-challenge_….{}", host.domain);
            add(&below, "CNAME", md("").code(&command));
        }
        for service in &plan.services {
            for domain in &service.domain_mappings {
                let command = format!(
                    "gcloud beta run domain-mappings describe --domain={domain} --region={} --project={project} --format='yaml(status.resourceRecords)'",
                    plan.project.region
                );
                add(domain, "as printed", md("").code(&command));
            }
        }
    }
    records
}

/// Who deploys what, in each environment that has a pipeline.
pub fn pipelines(plans: &[Plan]) -> Vec<Quoted> {
    let with = plans
        .iter()
        .filter_map(|plan| Some((plan, plan.delivery.as_ref()?)));
    with.map(|(plan, delivery)| {
        let names = delivery.deploys.iter();
        let path = format!("github/{}/deploy.yml", plan.environment);
        md("")
            .code(&plan.environment)
            .say(": branch ")
            .code(&delivery.github.branch)
            .say(" of repository ")
            .number(delivery.github.repository_id)
            .say(" deploys ")
            .md(&Md::list(names.map(|one| md("").code(&one.name))))
            .say(" as ")
            .code(&delivery.account.email)
            .say(", by ")
            .link("deploy.yml", &path)
            .done()
    })
    .collect()
}

/// The commands that take the messages that secrets are to be replaced, and show them.
pub fn due(plans: &[Plan]) -> Vec<Quoted> {
    let due = plans.iter().filter_map(|plan| {
        let rotation = plan.rotation()?;
        let (topic, project) = (&rotation.topic.id, &plan.project.id);
        // The subscription is called as its topic.
        Some(comment(&format!(
            "gcloud pubsub subscriptions pull {topic} --project={project} --limit=100 --auto-ack --format='table(message.attributes.secretId)'"
        )))
    });
    due.collect()
}

/// The commands that tell the repository the numbers of projects that the blueprint does not know.
pub fn numbers(plans: &[Plan]) -> Vec<Quoted> {
    let unknown = plans.iter().filter(|plan| plan.delivery.is_some());
    let unknown = unknown.filter(|plan| plan.project.number.is_none());
    unknown
        .map(|plan| {
            comment(&format!(
                "gh variable set {} --body \"$(gcloud projects describe {} --format='value(projectNumber)')\"",
                number_variable(plan),
                plan.project.id
            ))
        })
        .collect()
}

/// A repository that is made here and that images are pushed to.
pub struct Repository {
    pub environment: Quoted,
    /// What the names of its images begin with.
    pub url: Quoted,
}

/// The repositories of which images have to be there before the services stage.
pub fn repositories(plans: &[Plan]) -> Vec<Repository> {
    let made = plans.iter().flat_map(|plan| {
        let registries = plan.registries.iter();
        let pushed = registries.filter(|one| !one.existing && one.remote.is_none());
        pushed.map(move |one| (plan, one.path.url()))
    });
    made.map(|(plan, url)| Repository {
        environment: md("").code(&plan.environment).done(),
        url: md("").code(&url).done(),
    })
    .collect()
}

/// Rights in a database, which no API of Google's can give.
pub struct InDatabase {
    pub environment: Quoted,
    pub instance: Quoted,
    /// The command that lets `postgres` log in; `MySQL` has no such user.
    pub command: Option<Quoted>,
    pub statements: Vec<Quoted>,
    /// What a migration says at first, so that others may use what it makes.
    pub handed_on: Vec<Quoted>,
}

/// The first rights of the accounts that log in.
pub fn in_databases(plans: &[Plan]) -> Vec<InDatabase> {
    let mut rights = Vec::new();
    for plan in plans {
        let migrators = migrators(plan);
        let databases = plan.databases.iter();
        let somebody = |database: &&Database| {
            !database.users.is_empty() || !database.password_users.is_empty()
        };
        for database in databases.filter(somebody) {
            let command = format!(
                "gcloud sql users set-password postgres --instance={} --project={} --prompt-for-password",
                database.name, database.project
            );
            let (statements, handed_on) = statements(database, &migrators);
            rights.push(InDatabase {
                environment: md("").code(&plan.environment).done(),
                instance: md("").code(&database.name).done(),
                command: (database.engine == Engine::Postgres).then(|| comment(&command)),
                statements,
                handed_on,
            });
        }
    }
    rights
}

/// The accounts of the jobs that bring a database up to date before a service follows.
pub fn migrators(plan: &Plan) -> BTreeSet<&str> {
    let jobs = plan.jobs.iter().filter(|job| !job.before.is_empty());
    jobs.map(|job| job.workload.account.id.as_str()).collect()
}

/// What takes from a user with a password what Cloud SQL gives each of them, and leaves what the code needs.
fn narrowed(database: &Database, user: &str) -> Vec<String> {
    let names = database.names.iter();
    match database.engine {
        Engine::Postgres => {
            let taken = [
                format!("REVOKE cloudsqlsuperuser FROM \"{user}\";"),
                format!("ALTER ROLE \"{user}\" NOCREATEDB NOCREATEROLE;"),
            ];
            let given = names.flat_map(|name| {
                [
                    format!("GRANT CONNECT ON DATABASE \"{name}\" TO \"{user}\";"),
                    format!(
                        "GRANT USAGE, CREATE ON SCHEMA public TO \"{user}\"; -- in database {name}"
                    ),
                ]
            });
            taken.into_iter().chain(given).collect()
        }
        Engine::Mysql => {
            let taken = format!("REVOKE 'cloudsqlsuperuser' FROM '{user}'@'%';");
            let given = names.map(|name| format!("GRANT ALL ON `{name}`.* TO '{user}'@'%';"));
            std::iter::once(taken).chain(given).collect()
        }
    }
}

/// What a built-in user lets the accounts do, and what a migration lets the others do with what it makes. Where a job
/// migrates, only that may make tables.
fn statements(database: &Database, migrators: &BTreeSet<&str>) -> (Vec<Quoted>, Vec<Quoted>) {
    let (mut first, mut handed_on) = (Vec::new(), Vec::new());
    let migrates = |user: &DatabaseUser| migrators.contains(user.account.as_str());
    let by_job = database.users.iter().any(migrates);
    for name in &database.names {
        for user in &database.users {
            let login = &user.login;
            let all = !by_job || migrates(user);
            match database.engine {
                Engine::Postgres => {
                    let create = if all { "USAGE, CREATE" } else { "USAGE" };
                    first.push(format!(
                        "GRANT CONNECT ON DATABASE \"{name}\" TO \"{login}\";"
                    ));
                    first.push(format!(
                        "GRANT {create} ON SCHEMA public TO \"{login}\"; -- in database {name}"
                    ));
                    if !all {
                        let rights = [
                            ("SELECT, INSERT, UPDATE, DELETE", "TABLES"),
                            ("USAGE, SELECT", "SEQUENCES"),
                        ];
                        handed_on.extend(rights.map(|(rights, on)| {
                            format!("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {on} TO \"{login}\"; -- in database {name}")
                        }));
                    }
                }
                Engine::Mysql => {
                    let rights = if all {
                        "ALL"
                    } else {
                        "SELECT, INSERT, UPDATE, DELETE"
                    };
                    first.push(format!("GRANT {rights} ON `{name}`.* TO '{login}'@'%';"));
                }
            }
        }
    }
    for user in &database.password_users {
        first.extend(narrowed(database, &user.name));
    }
    let quoted = |lines: Vec<String>| lines.iter().map(|line| comment(line)).collect();
    (quoted(first), quoted(handed_on))
}
