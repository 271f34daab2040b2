"""What an attacker, or somebody in a hurry, changes by hand: for each kind of security fact at least one way to break it.

Each row of TAMPERINGS names the facts it breaks by a pattern, says what is done, and does it to the stored cloud. `by_hand`
marks what the scripts leave to people, since it may be somebody else's: verify.sh says so.
"""

import fnmatch
import json
import re

TAMPERINGS = []

# Facts that stand nowhere in the cloud, so that nothing there can break them; verify.sh says the same in a comment.
NOWHERE = {
    "exceptions.*": "an exception is the blueprint's own",
    "services.*.deletion_protection": "a refusal of Terraform's own",
    "jobs.*.deletion_protection": "a refusal of Terraform's own",
    "workers.*.deletion_protection": "a refusal of Terraform's own",
    "secrets.*.deletion_protection": "a refusal of Terraform's own",
    "topics.*.deletion_protection": "a refusal of Terraform's own",
    "subscriptions.*.deletion_protection": "a refusal of Terraform's own",
    "queues.*.deletion_protection": "a refusal of Terraform's own",
    "channels.*.deletion_protection": "a refusal of Terraform's own",
    "buckets.*.deletion_protection": "a refusal of Terraform's own",
    "workflows.*.deletion_protection": "a refusal of Terraform's own",
    "log_sinks.*.deletion_protection": "a refusal of Terraform's own",
    "buckets.*.bucket": "it is looked up by it",
    "caches.*.version": "a cluster of Redis is looked up as such, and has no version that one could choose",
    "firestores.*.database": "it is looked up by it",
    "datasets.*.deletion_protection": "a refusal of Terraform's own",
    "keys.*.deletion_protection": "a refusal of Terraform's own",
    "delivery.account": "it is looked up by it",
    "registries.*.deletion_protection": "a refusal of Terraform's own",
    "secrets.*.pinned": "no version is pinned, so none has to be there",
    "services.*.waf": "without a load balancer there is no place for a WAF",
    "network.existing": "somebody else looks after the network",
    "audit_logs.services": "the blueprint wants none",
    "*.egress.internet": "the network's owner says what leaves it",
    "project.*": "everything is looked up by it",
    "*.images_by_tag": "where a pipeline puts the images in, it decides",
}
EVIL = "user:mallory@example.net"
COMPUTE = "https://www.googleapis.com/compute/v1/"


def tampering(pattern, what, by_hand=False):
    def add(change):
        TAMPERINGS.append((pattern, what, change, by_hand))
        return change

    return add


def of(fact):
    """The rows that break a fact."""
    return [row for row in TAMPERINGS if fnmatch.fnmatchcase(fact, row[0])]


class Stored:
    """A saved cloud, to be changed: resources by the end of their path, policies by the whole of it."""

    def __init__(self, saved, project, fact):
        self.saved, self.project, self.fact = saved, project, fact
        self.element = fact.split(".")[1] if "." in fact else ""

    def path(self, end, service=""):
        found = [path for path in self.saved["store"] if path.endswith(end) and path.startswith(service)]
        mine = [path for path in found if f"/{self.project}/" in path] or found
        if len(mine) != 1:
            raise LookupError(f"{self.fact}: {len(mine)} resources end in {end}")
        return mine[0]

    def one(self, end, service=""):
        return self.saved["store"][self.path(end, service)]

    def some(self, middle):
        """The paths with this in them."""
        return sorted(path for path in self.saved["store"] if middle in path and f"projects/{self.project}/" in path)

    def drop(self, path):
        for part in ("store", "policies"):
            for key in [key for key in self.saved[part] if key == path or key.startswith(path + "/")]:
                del self.saved[part][key]

    @property
    def kind(self):
        return self.fact.split(".")[0]

    def workload(self):
        """The service, job, worker or workflow that the fact is about, and its template."""
        if self.kind == "workflows":
            found = self.one(f"/workflows/{self.element}", "workflows:")
            return found, found
        kind = {"workers": "workerPools"}.get(self.kind, self.kind)
        found = self.one(f"/{kind}/{self.element}", "run:")
        template = found["template"]
        return found, template["template"] if self.kind == "jobs" else template

    def member(self):
        """Its account, as a policy names it."""
        if self.kind == "delivery":
            return "serviceAccount:" + pipeline(self)[0].rpartition("/")[2]
        _, template = self.workload()
        return "serviceAccount:" + template["serviceAccount"].rpartition("/")[2]

    def backend(self):
        """What leads to the service; of several regions there is one."""
        leads = [path for path in self.some("/backendServices/") if f"/networkEndpointGroups/{self.element}\"" in json.dumps(self.saved["store"][path])]
        return self.one(leads[0])

    def subnetwork(self):
        """That of the region that the fact is about, or of the project's."""
        region = f"/regions/{self.element}" if self.kind == "subnetworks" else ""
        found = [self.saved["store"][path] for path in self.some(f"{region}/subnetworks/")]
        return next(one for one in found if one["purpose"] == "PRIVATE")

    def inside(self, kind):
        """A part of the internal load balancer."""
        paths = [path for path in self.some(f"/{kind}/") if "/regions/" in path and "refuse" not in path]
        return self.one(paths[0])

    def database(self):
        return self.one(f"/instances/{self.element}", "sql:")

    def waf(self):
        """The policy that the fact is about: the project's, or one of a name of its own."""
        own = re.fullmatch(r"waf\.(?!rules\.)([^.]+)\..+\..+|waf\.(?!rules\.)([^.]+)\.(?:mode|adaptive|logging|other_rules)", self.fact)
        policies = self.some("/securityPolicies/")
        if own:
            name = own[1] or own[2]
            return self.one(next(path for path in policies if path.endswith(f"-{name}")))
        return self.one(min(policies, key=len))

    def rule(self, promised):
        priority = int(re.search(r"priority (\d+)$", promised)[1])
        rules = self.waf()["rules"]
        return rules, next(rule for rule in rules if rule["priority"] == priority)

    def bind(self, path, role, member):
        policy = self.saved["policies"].setdefault(path, {"version": 1, "bindings": []})
        policy["bindings"].append({"role": role, "members": [member]})

    def unbind(self, path, role):
        policy = self.saved["policies"].get(path, {"bindings": []})
        before = len(policy["bindings"])
        policy["bindings"] = [binding for binding in policy["bindings"] if binding["role"] != role]
        if len(policy["bindings"]) == before:
            raise Same

    def whole_project(self):
        return f"cloudresourcemanager:projects/{self.project}"


class Same(Exception):
    """The change would change nothing here: the row does not fit this fact."""


def differ(holder, key, value):
    """Sets a key to something else than it is."""
    if holder.get(key) == value:
        raise Same
    holder[key] = value


# ---- services and jobs -----------------------------------------------------------------------------------------------


@tampering("services.*.ingress", "ingress opened to everybody")
@tampering("services.*.waf_bypass", "ingress opened, run.app address opened: a way past the WAF")
def opened(cloud, promised):
    service, _ = cloud.workload()
    service["ingress"] = "INGRESS_TRAFFIC_ALL"
    service.pop("defaultUriDisabled", None)
    if promised in ("all", "everybody"):
        raise Same


@tampering("services.*.ingress", "ingress shut")
def shut(cloud, promised):
    service, _ = cloud.workload()
    if promised == "internal":
        raise Same
    service["ingress"] = "INGRESS_TRAFFIC_INTERNAL_ONLY"


@tampering("services.*.waf_bypass", "ingress shut: nobody gets past any more")
def no_bypass(cloud, promised):
    service, _ = cloud.workload()
    if promised == "nobody":
        raise Same
    service["ingress"] = "INGRESS_TRAFFIC_INTERNAL_ONLY"


@tampering("services.*.invoker_check", "the invoker check turned")
@tampering("services.*.auth", "the invoker check turned")
@tampering("services.*.callers", "the invoker check turned")
def unchecked(cloud, promised):
    service, _ = cloud.workload()
    if promised == "iap" and service.get("iapEnabled"):
        raise Same
    differ(service, "invokerIamDisabled", not service.get("invokerIamDisabled", False))


@tampering("services.*.callers", "allUsers added to the policy")
@tampering("services.*.auth", "allUsers added to the policy")
@tampering("jobs.*.callers", "allUsers added to the policy")
def everybody(cloud, promised):
    found, _ = cloud.workload()
    if found.get("invokerIamDisabled") or promised == "iap":
        raise Same
    cloud.bind(f"run:{found['name']}", "roles/run.invoker", "allUsers")


@tampering("services.*.callers", "the callers taken out of the policy")
@tampering("jobs.*.callers", "the callers taken out of the policy")
def nobody(cloud, promised):
    found, _ = cloud.workload()
    if found.get("invokerIamDisabled"):
        raise Same
    cloud.unbind(f"run:{found['name']}", "roles/run.invoker")


@tampering("jobs.*.roles/*", "somebody else starts it with arguments of their own, or sees what it does")
def other_role(cloud, promised):
    found, _ = cloud.workload()
    cloud.bind(f"run:{found['name']}", cloud.fact.split(".", 2)[2], EVIL)


@tampering("*.developers", "somebody else may deploy")
def developer(cloud, promised):
    cloud.bind(f"run:{cloud.workload()[0]['name']}", "roles/run.developer", EVIL)


@tampering("*.other_roles", "a role that the blueprint does not know")
def other_role(cloud, promised):
    cloud.bind(f"run:{cloud.workload()[0]['name']}", "roles/run.admin", EVIL)


@tampering("services.*.run_app", "the run.app address turned")
def run_app(cloud, promised):
    service, _ = cloud.workload()
    differ(service, "defaultUriDisabled", promised == "open")


@tampering("services.*.traffic", "requests led to a revision by its name, as a rollback by hand does")
def rolled_back(cloud, promised):
    service, _ = cloud.workload()
    revision = service["latestReadyRevision"].rpartition("/")[2]
    for target in service["traffic"]:
        if target.get("percent"):
            target.update(type="TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision=revision)


@tampering("services.*.tags", "an address given to a revision by hand")
def tagged(cloud, promised):
    service, _ = cloud.workload()
    service["traffic"].append({"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", "tag": "mine"})


@tampering("services.*.audiences", "an audience added")
def audience(cloud, promised):
    service, _ = cloud.workload()
    service["customAudiences"] = [*service.get("customAudiences", []), "https://elsewhere.example.net"]


@tampering("*.egress", "egress turned")
@tampering("*.egress.internet", "egress turned")
def egress(cloud, promised):
    if not cloud.fact.startswith(("services.", "jobs.", "workers.")):
        raise Same
    _, template = cloud.workload()
    access = template.setdefault("vpcAccess", {"networkInterfaces": [{"network": "default", "subnetwork": "default"}]})
    access["egress"] = "PRIVATE_RANGES_ONLY" if access.get("egress") == "ALL_TRAFFIC" else "ALL_TRAFFIC"


@tampering("*.account", "run as the default account")
def account(cloud, promised):
    _, template = cloud.workload()
    template["serviceAccount"] = f"{cloud.saved['numbers'][cloud.project]}-compute@developer.gserviceaccount.com"


@tampering("*.images_by_tag", "an image by its tag")
def by_tag(cloud, promised):
    _, template = cloud.workload()
    container = template["containers"][0]
    container["image"] = container["image"].partition("@")[0] + ":latest"


@tampering("*.grants", "a role on the whole project", by_hand=True)
def widened(cloud, promised):
    cloud.bind(cloud.whole_project(), "roles/secretmanager.secretAccessor", cloud.member())


@tampering("*.grants", "a condition that holds everywhere, under the title of another", by_hand=True)
def unconditional(cloud, promised):
    member = cloud.member()
    for path, policy in cloud.saved["policies"].items():
        for binding in policy.get("bindings", []):
            if f"projects/{cloud.project}" in path and binding.get("condition") and member in binding["members"]:
                binding["members"].remove(member)
                anywhere = {**binding["condition"], "expression": "true"}
                policy["bindings"].append({**binding, "members": [member], "condition": anywhere})
                return
    raise Same


@tampering("*.grants", "its grants in this project taken away")
def grants(cloud, promised):
    member, found = cloud.member(), False
    for path, policy in cloud.saved["policies"].items():
        if f"projects/{cloud.project}" not in path:
            continue
        for binding in policy.get("bindings", []):
            if member in binding["members"]:
                binding["members"] = [one for one in binding["members"] if one != member]
                found = True
        policy["bindings"] = [binding for binding in policy.get("bindings", []) if binding["members"]]
    if not found:
        raise Same


@tampering("*.latest_revision", "a revision that is not ready")
def not_ready(cloud, promised):
    service, _ = cloud.workload()
    service["latestCreatedRevision"] += "x"


@tampering("services.*.max_instances", "more instances")
def more(cloud, promised):
    _, template = cloud.workload()
    template.setdefault("scaling", {})["maxInstanceCount"] = int(promised) + 7


@tampering("workers.*.instances", "more instances")
def more_workers(cloud, promised):
    worker, _ = cloud.workload()
    worker["scaling"]["manualInstanceCount"] = int(promised) + 7


@tampering("services.*.domain_mappings", "a domain mapped past any load balancer", by_hand=True)
def mapped(cloud, promised):
    path = cloud.some("/domainmappings/")[0]
    other = path.rpartition("/")[0] + "/evil.example.com"
    mapping = dict(cloud.saved["store"][path])
    mapping["metadata"] = dict(mapping["metadata"], name="evil.example.com")
    cloud.saved["store"][other] = mapping


@tampering("services.*.domain_mappings", "the mapping taken away")
def unmapped(cloud, promised):
    cloud.drop(cloud.some("/domainmappings/")[0])


# ---- what stands before a public service -----------------------------------------------------------------------------


@tampering("services.*.reached_in", "a region that is led to no longer")
def one_region_less(cloud, promised):
    cloud.backend()["backends"].pop()


@tampering("services.*.region", "it lies in another region", by_hand=True)
def moved(cloud, promised):
    path = cloud.path(f"/services/{cloud.element}", "run:")
    other = path.replace(f"/{promised}/", "/europe-west1/")
    for part in ("store", "policies"):
        if path in cloud.saved[part]:
            cloud.saved[part][other] = cloud.saved[part].pop(path)
    cloud.saved["store"][other]["name"] = other.removeprefix("run:")


@tampering("services.*.waf", "the WAF detached")
def detached(cloud, promised):
    del cloud.backend()["securityPolicy"]


@tampering("services.*.logs", "logs switched off")
def unlogged(cloud, promised):
    cloud.backend()["logConfig"] = {"enable": False}


@tampering("services.*.logs", "one request in a hundred logged")
def sampled(cloud, promised):
    cloud.backend()["logConfig"]["sampleRate"] = 0.01


@tampering("services.*.headers", "a security header taken away")
def header(cloud, promised):
    cloud.backend()["customResponseHeaders"].pop()


@tampering("services.*.iap", "Identity-Aware Proxy turned")
@tampering("services.*.auth", "Identity-Aware Proxy switched off")
def iap(cloud, promised):
    if promised in ("iam", "anonymous"):
        raise Same
    service, _ = cloud.workload()
    if cloud.fact.endswith(".iap") and promised == "none" or service.get("iapEnabled"):
        service["iapEnabled"] = not service.get("iapEnabled", False)
    else:
        backend = cloud.backend()
        backend["iap"] = {"enabled": False}


@tampering("services.*.members", "somebody else may pass Identity-Aware Proxy")
def member(cloud, promised):
    path = next(path for path in cloud.saved["policies"] if path.startswith("iap:") and f"/{cloud.element}" in path)
    cloud.bind(path, "roles/iap.httpsResourceAccessor", EVIL)


# ---- load balancer ---------------------------------------------------------------------------------------------------


def url_map(cloud, redirects):
    maps = [cloud.saved["store"][path] for path in cloud.some("/global/urlMaps/")]
    return next(one for one in maps if ("defaultUrlRedirect" in one) == redirects)


@tampering("load_balancer.hosts", "a host that nobody declared")
def host(cloud, promised):
    found = url_map(cloud, redirects=False)
    rule = found["hostRules"][0]
    found["hostRules"].append({"hosts": ["evil.example.net"], "pathMatcher": rule["pathMatcher"]})


@tampering("load_balancer.unknown_host", "unknown hosts are answered")
def unknown_host(cloud, promised):
    del url_map(cloud, redirects=False)["defaultRouteAction"]


@tampering("load_balancer.http", "plain HTTP is answered")
def plain(cloud, promised):
    found = url_map(cloud, redirects=True)
    del found["defaultUrlRedirect"]
    found["defaultService"] = url_map(cloud, redirects=False)["defaultService"]


@tampering("load_balancer.http", "plain HTTP is answered for one host")
def plain_host(cloud, promised):
    found, other = url_map(cloud, redirects=True), url_map(cloud, redirects=False)
    found["hostRules"] = other["hostRules"][:1]
    found["pathMatchers"] = other["pathMatchers"][:1]


@tampering("load_balancer.http", "the HTTP proxy leads to the services")
def plain_proxy(cloud, promised):
    cloud.one(cloud.some("/targetHttpProxies/")[0])["urlMap"] = url_map(cloud, redirects=False)["selfLink"]


@tampering("load_balancer.other_backends", "a path leads to a backend without a WAF")
def backend(cloud, promised):
    rule = {"paths": ["/debug"], "service": f"{COMPUTE}projects/{cloud.project}/global/backendServices/temporary"}
    url_map(cloud, redirects=False)["pathMatchers"][0].setdefault("pathRules", []).append(rule)


@tampering("load_balancer.tls", "the TLS profile relaxed")
def profile(cloud, promised):
    differ(cloud.one(cloud.some("/sslPolicies/")[0]), "profile", "COMPATIBLE")


@tampering("load_balancer.min_tls", "TLS 1.0 allowed")
def min_tls(cloud, promised):
    differ(cloud.one(cloud.some("/sslPolicies/")[0]), "minTlsVersion", "TLS_1_0")


@tampering("load_balancer.tls", "the TLS policy detached from the proxy")
@tampering("load_balancer.min_tls", "the TLS policy detached from the proxy")
def no_policy(cloud, promised):
    del cloud.one(cloud.some("/targetHttpsProxies/")[0])["sslPolicy"]


@tampering("load_balancer.certificate", "another certificate map")
def certificate(cloud, promised):
    if promised == "classic":
        raise Same
    cloud.one(cloud.some("/targetHttpsProxies/")[0])["certificateMap"] += "-other"


# ---- internal load balancer ------------------------------------------------------------------------------------------


@tampering("internal_load_balancer.hosts", "a host that nobody declared")
def inside_host(cloud, promised):
    found = cloud.inside("urlMaps")
    matcher = found["hostRules"][0]["pathMatcher"]
    found["hostRules"].append({"hosts": ["evil.example.net"], "pathMatcher": matcher})


@tampering("internal_load_balancer.unknown_host", "unknown hosts are answered")
def inside_unknown(cloud, promised):
    del cloud.inside("urlMaps")["defaultRouteAction"]


@tampering("internal_load_balancer.other_backends", "a path leads to a backend of somebody else")
def inside_backend(cloud, promised):
    found = cloud.inside("urlMaps")
    home = found["selfLink"].rpartition("/urlMaps/")[0]
    rule = {"paths": ["/debug"], "service": f"{home}/backendServices/temporary"}
    found["pathMatchers"][0].setdefault("pathRules", []).append(rule)


@tampering("internal_load_balancer.ports", "a second way in", by_hand=True)
def inside_port(cloud, promised):
    found = cloud.inside("forwardingRules")
    path = "compute:" + found["selfLink"].removeprefix(COMPUTE) + "-plain"
    other = found | {"name": found["name"] + "-plain", "portRange": "80-80", "selfLink": found["selfLink"] + "-plain"}
    cloud.saved["store"][path] = other


@tampering("internal_load_balancer.reached_from", "opened to every region, or closed to all but one")
def inside_reach(cloud, promised):
    cloud.inside("forwardingRules")["allowGlobalAccess"] = promised == "its region"


@tampering("internal_load_balancer.tls", "the TLS profile relaxed")
def inside_profile(cloud, promised):
    differ(cloud.inside("sslPolicies"), "profile", "COMPATIBLE")


@tampering("internal_load_balancer.min_tls", "TLS 1.0 allowed")
def inside_min_tls(cloud, promised):
    differ(cloud.inside("sslPolicies"), "minTlsVersion", "TLS_1_0")


@tampering("internal_load_balancer.tls", "the TLS policy detached from the proxy")
@tampering("internal_load_balancer.min_tls", "the TLS policy detached from the proxy")
def inside_no_policy(cloud, promised):
    del cloud.inside("targetHttpsProxies")["sslPolicy"]


@tampering("internal_load_balancer.certificate", "a certificate that somebody uploaded")
def inside_certificate(cloud, promised):
    proxy = cloud.inside("targetHttpsProxies")
    home = proxy["selfLink"].rpartition("/targetHttpsProxies/")[0]
    proxy["sslCertificates"] = [f"{home}/sslCertificates/uploaded"]


# ---- WAF -------------------------------------------------------------------------------------------------------------


@tampering("waf*.mode", "a rule set to preview, or enforced")
def preview(cloud, promised):
    rule = next(rule for rule in cloud.waf()["rules"] if rule["priority"] < 2147483647)
    if promised == "preview":
        for rule in cloud.waf()["rules"]:
            rule["preview"] = False
    else:
        rule["preview"] = True


@tampering("waf*.rules.*", "the rule removed")
def removed(cloud, promised):
    rules, rule = cloud.rule(promised)
    if rule["priority"] == 2147483647:  # Google keeps it
        raise Same
    rules.remove(rule)


@tampering("waf*.rules.*", "the rule set to preview")
def previewed(cloud, promised):
    _, rule = cloud.rule(promised)
    differ(rule, "preview", True)


@tampering("waf*.rules.*", "the rule lets through")
def let_through(cloud, promised):
    _, rule = cloud.rule(promised)
    differ(rule, "action", "deny(403)" if rule["action"] == "allow" else "allow")
    rule.pop("rateLimitOptions", None)


@tampering("waf*.other_rules", "a rule before all others lets a stranger through")
def stranger(cloud, promised):
    rule = {"priority": 1, "action": "allow", "preview": False, "kind": "compute#securityPolicyRule"}
    rule["match"] = {"versionedExpr": "SRC_IPS_V1", "config": {"srcIpRanges": ["203.0.113.0/24"]}}
    cloud.waf()["rules"].insert(0, rule)


@tampering("waf*.adaptive", "adaptive protection turned")
def adaptive(cloud, promised):
    config = cloud.waf().setdefault("adaptiveProtectionConfig", {}).setdefault("layer7DdosDefenseConfig", {})
    config["enable"] = promised == "off"


@tampering("waf*.logging", "the log level turned")
def log_level(cloud, promised):
    differ(cloud.waf()["advancedOptionsConfig"], "logLevel", "VERBOSE" if promised == "normal" else "NORMAL")


# ---- databases -------------------------------------------------------------------------------------------------------


def database(pattern, what, key, value, part=None):
    """A setting of an instance."""

    @tampering(f"databases.*.{pattern}", what)
    def change(cloud, promised):
        settings = cloud.database()["settings"]
        differ(settings[part] if part else settings, key, value)


database("public_address", "a public address", "ipv4Enabled", True, "ipConfiguration")
database("tls", "TLS no longer needed", "sslMode", "ALLOW_UNENCRYPTED_AND_ENCRYPTED", "ipConfiguration")
database("connectors_only", "connections past the connectors", "connectorEnforcement", "NOT_REQUIRED")
database("connectors_only", "nothing but connectors", "connectorEnforcement", "REQUIRED")
database("availability", "one zone", "availabilityType", "ZONAL")
database("availability", "two zones", "availabilityType", "REGIONAL")
database("deletion_protection", "deletion protection off", "deletionProtectionEnabled", False)
database("backups", "no backups", "enabled", False, "backupConfiguration")
database("backups", "backups elsewhere", "location", "us", "backupConfiguration")
database("pitr", "the log of a day", "transactionLogRetentionDays", 1, "backupConfiguration")


@tampering("databases.*.version", "an older major version")
def older(cloud, promised):
    cloud.database()["databaseVersion"] = {"POSTGRES": "POSTGRES_13", "MYSQL": "MYSQL_8_0"}[promised.partition("_")[0]]
    if cloud.database()["databaseVersion"] == promised:
        raise Same


@tampering("databases.*.version", "a later major version", by_hand=True)
def version(cloud, promised):
    found = cloud.database()
    engine, _, number = found["databaseVersion"].partition("_")
    found["databaseVersion"] = f"{engine}_{int(number.partition('_')[0]) + 1}"


@tampering("databases.*.backups", "fewer backups")
def fewer(cloud, promised):
    cloud.database()["settings"]["backupConfiguration"]["backupRetentionSettings"]["retainedBackups"] = 1


@tampering("databases.*.pitr", "no restoring of any moment")
def no_pitr(cloud, promised):
    backups = cloud.database()["settings"]["backupConfiguration"]
    backups.pop("pointInTimeRecoveryEnabled", None)
    backups.pop("binaryLogEnabled", None)


@tampering("databases.*.iam_login", "no login by IAM")
def no_iam_login(cloud, promised):
    settings = cloud.database()["settings"]
    settings["databaseFlags"] = [flag for flag in settings["databaseFlags"] if "iam_authentication" not in flag["name"]]


@tampering("databases.*.users", "somebody else logs in", by_hand=True)
def user(cloud, promised):
    instance = cloud.path(f"/instances/{cloud.element}", "sql:")
    name = f"mallory@{cloud.project}.iam"
    found = {"kind": "sql#user", "name": name, "instance": cloud.element, "project": cloud.project}
    cloud.saved["store"][f"{instance}/users/{name}@"] = found | {"type": "CLOUD_IAM_SERVICE_ACCOUNT"}


@tampering("databases.*.password_users", "a user with a password", by_hand=True)
def password_user(cloud, promised):
    instance = cloud.path(f"/instances/{cloud.element}", "sql:")
    host = "%" if cloud.database()["databaseVersion"].startswith("MYSQL") else ""
    found = {"kind": "sql#user", "name": "mallory", "instance": cloud.element, "project": cloud.project}
    cloud.saved["store"][f"{instance}/users/mallory@{host}"] = found | ({"host": host} if host else {})


@tampering("databases.*.password_users", "root is back")
def root(cloud, promised):
    if "postgres" in promised.split(", "):
        raise Same
    instance = cloud.path(f"/instances/{cloud.element}", "sql:")
    found = {"kind": "sql#user", "name": "root", "instance": cloud.element, "project": cloud.project, "host": "%"}
    cloud.saved["store"][f"{instance}/users/root@%"] = found


@tampering("databases.*.password_users", "a user of the same name from one host", by_hand=True)
def from_a_host(cloud, promised):
    # In MySQL the host is a part of the user: this is another one, with another password.
    if promised in ("none", "postgres") or not cloud.database()["databaseVersion"].startswith("MYSQL"):
        raise Same
    instance = cloud.path(f"/instances/{cloud.element}", "sql:")
    name = promised.partition(", ")[0]
    found = {"kind": "sql#user", "name": name, "instance": cloud.element, "project": cloud.project, "host": "192.0.2.7"}
    cloud.saved["store"][f"{instance}/users/{name}@192.0.2.7"] = found


@tampering("databases.*.password_users", "a user with a password taken away", by_hand=True)
def no_password_user(cloud, promised):
    names = [name for name in promised.split(", ") if name not in ("none", "postgres")]
    if not names:
        raise Same
    instance = cloud.path(f"/instances/{cloud.element}", "sql:")
    for path in cloud.some(f"/instances/{cloud.element}/users/{names[0]}@"):
        cloud.drop(path)


def policy(what, key, value):
    """A setting of the policy of passwords."""

    @tampering("databases.*.password_policy", what)
    def change(cloud, promised):
        differ(cloud.database()["settings"]["passwordValidationPolicy"], key, value)


policy("short passwords", "minLength", 4)
policy("easy passwords", "complexity", "COMPLEXITY_UNSPECIFIED")
policy("the last password again", "reuseInterval", 0)
policy("the name as the password", "disallowUsernameSubstring", False)
policy("no policy of passwords", "enablePasswordPolicy", False)


@tampering("databases.*.users", "a login taken away")
def no_user(cloud, promised):
    users = [path for path in cloud.some(f"/instances/{cloud.element}/users/") if ".iam" in path or "/run-" in path or "/job-" in path or "/work-" in path]
    cloud.drop(users[0])


# ---- secrets ---------------------------------------------------------------------------------------------------------


@tampering("secrets.*.readers", "somebody else reads", by_hand=True)
def reader(cloud, promised):
    cloud.bind(cloud.path(f"/secrets/{cloud.element}"), "roles/secretmanager.secretAccessor", EVIL)


@tampering("secrets.*.readers", "the readers taken away")
def no_reader(cloud, promised):
    cloud.unbind(cloud.path(f"/secrets/{cloud.element}"), "roles/secretmanager.secretAccessor")


@tampering("secrets.*.writers", "somebody else writes", by_hand=True)
def writer(cloud, promised):
    cloud.bind(cloud.path(f"/secrets/{cloud.element}"), "roles/secretmanager.secretVersionAdder", EVIL)


@tampering("secrets.*.pinned", "the pinned version disabled", by_hand=True)
def disabled(cloud, promised):
    if promised == "none":
        raise Same
    for version in promised.split(", "):
        cloud.one(f"/secrets/{cloud.element}/versions/{version}")["state"] = "DISABLED"


@tampering("secrets.*.replicas", "kept elsewhere", by_hand=True)
def replicas(cloud, promised):
    cloud.one(f"/secrets/{cloud.element}")["replication"] = {"userManaged": {"replicas": [{"location": "us-east1"}]}}


@tampering("secrets.*.rotation", "it may grow old")
def grows_old(cloud, promised):
    cloud.one(f"/secrets/{cloud.element}")["rotation"]["rotationPeriod"] = "31536000s"


@tampering("secrets.*.rotation", "nobody is told")
def told_nobody(cloud, promised):
    secret = cloud.one(f"/secrets/{cloud.element}")
    del secret["rotation"], secret["topics"]


# ---- topics and subscriptions ----------------------------------------------------------------------------------------


def messages(cloud):
    """The topic or subscription that the fact is about: its own, or the one of that kind that lies in another project."""
    own = f"pubsub:projects/{cloud.project}/{cloud.kind}/{cloud.element}"
    if own in cloud.saved["store"]:
        return own
    kind = re.compile(rf"pubsub:projects/[^/]+/{cloud.kind}/(?!topic-of-)")
    others = [path for path in cloud.saved["store"] if kind.match(path) and f"/{cloud.project}/" not in path]
    # Of several it is the one that is called alike.
    alike = [path for path in others if path.rsplit("/", 1)[1].replace(".", "-") == cloud.element]
    (other,) = others if len(others) == 1 else alike
    return other


def here(cloud):
    """The same, where these scripts can mend it: what lies in another project is its owner's."""
    path = messages(cloud)
    if f"/{cloud.project}/" not in path:
        raise Same
    return path


@tampering("topics.*.publishers", "somebody else publishes", by_hand=True)
def publisher(cloud, promised):
    cloud.bind(messages(cloud), "roles/pubsub.publisher", EVIL)


@tampering("topics.*.publishers", "the publishers taken away")
def no_publisher(cloud, promised):
    cloud.unbind(here(cloud), "roles/pubsub.publisher")


@tampering("topics.*.regions", "messages stored elsewhere too")
def stored(cloud, promised):
    cloud.saved["store"][messages(cloud)]["messageStoragePolicy"]["allowedPersistenceRegions"].append("us-east1")


@tampering("topics.*.schema", "any message is taken")
def formless(cloud, promised):
    del cloud.saved["store"][messages(cloud)]["schemaSettings"]


@tampering("topics.*.schema", "messages must fit another schema")
def reformed(cloud, promised):
    form = cloud.saved["store"][messages(cloud)]["schemaSettings"]
    form["encoding"] = "BINARY" if form["encoding"] == "JSON" else "JSON"


@tampering("topics.*.definition", "a revision that takes whatever it is")
def loosened(cloud, promised):
    cloud.saved["store"][f"pubsub:projects/{cloud.project}/schemas/{cloud.element}"]["definition"] = '{"type": "record", "name": "Any", "fields": []}'


@tampering("topics.*.schema_language", "a schema in another language", by_hand=True)
def translated(cloud, promised):
    cloud.saved["store"][f"pubsub:projects/{cloud.project}/schemas/{cloud.element}"]["type"] = "PROTOCOL_BUFFER"


@tampering("subscriptions.*.consumers", "somebody else pulls", by_hand=True)
def consumer(cloud, promised):
    cloud.bind(messages(cloud), "roles/pubsub.subscriber", EVIL)


@tampering("subscriptions.*.consumers", "the consumers taken away")
def no_consumer(cloud, promised):
    cloud.unbind(here(cloud), "roles/pubsub.subscriber")


@tampering("subscriptions.*.delivery", "pushed to a stranger, or no longer pushed")
def delivery(cloud, promised):
    pushed = {} if promised == "push" else {"pushEndpoint": "https://evil.example.net/"}
    found = cloud.saved["store"][messages(cloud)]
    found["pushConfig"] = pushed
    for way in ("bigqueryConfig", "cloudStorageConfig"):
        found.pop(way, None)


@tampering("subscriptions.*.writes", "written elsewhere")
def written(cloud, promised):
    found = cloud.saved["store"][messages(cloud)]
    if "bigqueryConfig" in found:
        found["bigqueryConfig"]["table"] = "evil.evil.evil"
    else:
        found["cloudStorageConfig"]["bucket"] = "evil"


@tampering("subscriptions.*.endpoint", "pushed to a stranger")
def endpoint(cloud, promised):
    cloud.saved["store"][messages(cloud)]["pushConfig"]["pushEndpoint"] = "https://evil.example.net/"


@tampering("subscriptions.*.endpoint", "pushed to a service of that name in another project")
def other_project(cloud, promised):
    push = cloud.saved["store"][messages(cloud)]["pushConfig"]
    push["pushEndpoint"] = re.sub(r"-\d+\.", "-111111111111.", push["pushEndpoint"])


@tampering("subscriptions.*.identity", "pushed without a token")
def no_token(cloud, promised):
    del cloud.saved["store"][messages(cloud)]["pushConfig"]["oidcToken"]


@tampering("subscriptions.*.dead_letter", "no dead letters, or some")
def dead_letter(cloud, promised):
    found = cloud.saved["store"][messages(cloud)]
    if found.pop("deadLetterPolicy", None) is None:
        found["deadLetterPolicy"] = {"deadLetterTopic": f"projects/{cloud.project}/topics/evil", "maxDeliveryAttempts": 5}


@tampering("subscriptions.*.expires", "it expires")
def expires(cloud, promised):
    cloud.saved["store"][messages(cloud)]["expirationPolicy"] = {"ttl": "2678400s"}


@tampering("subscriptions.*.filter", "another filter", by_hand=True)
def filters(cloud, promised):
    cloud.saved["store"][messages(cloud)]["filter"] = 'attributes.kind = "other"'


@tampering("subscriptions.*.ordering", "the order turned", by_hand=True)
def ordering(cloud, promised):
    found = cloud.saved["store"][messages(cloud)]
    found["enableMessageOrdering"] = not found.get("enableMessageOrdering", False)


@tampering("subscriptions.*.topic", "another topic", by_hand=True)
def topic(cloud, promised):
    cloud.saved["store"][messages(cloud)]["topic"] = f"projects/{cloud.project}/topics/evil"


# ---- buckets ---------------------------------------------------------------------------------------------------------

ROLES = {"readers": "objectViewer", "writers": "objectUser", "creators": "objectCreator"}


def bucket(cloud):
    """The bucket that the fact is about: its name is longer than the element's."""
    found = [path for path in cloud.saved["store"] if path.startswith("storage:b/") and path.endswith(f"-{cloud.element}")]
    mine = [path for path in found if cloud.project in path] or found
    return mine[0], cloud.saved["store"][mine[0]]


@tampering("buckets.*.readers", "somebody else reads", by_hand=True)
@tampering("buckets.*.writers", "somebody else writes", by_hand=True)
@tampering("buckets.*.creators", "somebody else adds objects", by_hand=True)
def bucket_user(cloud, promised):
    cloud.bind(bucket(cloud)[0], f"roles/storage.{ROLES[cloud.fact.split('.')[2]]}", EVIL)


@tampering("buckets.*.readers", "the readers taken away")
@tampering("buckets.*.writers", "the writers taken away")
@tampering("buckets.*.creators", "who adds objects taken away")
def no_bucket_user(cloud, promised):
    path, found = bucket(cloud)
    if cloud.project not in path:
        raise Same
    cloud.unbind(path, f"roles/storage.{ROLES[cloud.fact.split('.')[2]]}")


@tampering("buckets.*.location", "made again elsewhere", by_hand=True)
def moved(cloud, promised):
    bucket(cloud)[1]["location"] = "US-EAST1"


@tampering("buckets.*.uniform_access", "rights on single objects allowed")
def rights_on_objects(cloud, promised):
    bucket(cloud)[1]["iamConfiguration"]["uniformBucketLevelAccess"] = {"enabled": False}


@tampering("buckets.*.public_access_prevention", "may be opened to the internet")
def may_be_public(cloud, promised):
    bucket(cloud)[1]["iamConfiguration"]["publicAccessPrevention"] = "inherited"


@tampering("buckets.*.soft_delete", "what is deleted is gone")
def gone_at_once(cloud, promised):
    bucket(cloud)[1]["softDeletePolicy"] = {"retentionDurationSeconds": "0"}


@tampering("buckets.*.versioning", "old versions switched")
def versions(cloud, promised):
    found = bucket(cloud)[1]
    found.pop("retentionPolicy", None)
    found["versioning"] = {"enabled": promised != "on"}


@tampering("buckets.*.retention", "the retention taken away")
def not_retained(cloud, promised):
    if promised == "none":
        raise Same
    del bucket(cloud)[1]["retentionPolicy"]


@tampering("buckets.*.retention", "kept for an hour where nothing is asked for")
def retained(cloud, promised):
    found = bucket(cloud)[1]
    if promised != "none":
        raise Same
    found["versioning"] = {"enabled": False}
    found["retentionPolicy"] = {"retentionPeriod": "3600"}


@tampering("buckets.*.cors", "every page may read it")
def every_origin(cloud, promised):
    found = bucket(cloud)[1]
    found["cors"] = [*found.get("cors", []), {"origin": ["*"], "method": ["GET"]}]


@tampering("buckets.*.notifications", "another topic is told of everything", by_hand=True)
def told_too(cloud, promised):
    topic = "//pubsub.googleapis.com/projects/evil/topics/all"
    told = {"kind": "storage#notification", "id": "99", "etag": "99", "topic": topic, "payload_format": "JSON_API_V1"}
    bucket(cloud)[1].setdefault("notificationConfigs", {})["99"] = told


@tampering("buckets.*.notifications", "told of nothing")
def not_told(cloud, promised):
    if promised == "none":
        raise Same
    told = bucket(cloud)[1]["notificationConfigs"]
    for id, one in list(told.items()):
        if f"/{cloud.project}/" in one["topic"]:
            del told[id]


@tampering("buckets.*.notifications", "told of other objects")
def told_otherwise(cloud, promised):
    if promised == "none":
        raise Same
    told = bucket(cloud)[1]["notificationConfigs"]
    for number, id in enumerate(list(told)):  # Google changes none: these are others
        told[f"{number}"] = dict(told.pop(id), id=f"{number}", object_name_prefix="elsewhere/")


# ---- keys ------------------------------------------------------------------------------------------------------------

KEY_ROLES = {
    "signers": "roles/cloudkms.signer",
    "verifiers": "roles/cloudkms.publicKeyViewer",
    "encrypters": "roles/cloudkms.cryptoKeyEncrypter",
    "decrypters": "roles/cloudkms.cryptoKeyDecrypter",
    "encrypter_decrypters": "roles/cloudkms.cryptoKeyEncrypterDecrypter",
    "managers": "roles/cloudkms.admin",
}


def key(cloud):
    """The key that the fact is about."""
    path = cloud.path(f"/cryptoKeys/{cloud.element}", "cloudkms:")
    return path, cloud.saved["store"][path]


def key_role(cloud):
    return KEY_ROLES[cloud.fact.split(".")[2]]


@tampering("keys.*.signers", "somebody else signs", by_hand=True)
@tampering("keys.*.verifiers", "somebody else fetches the public key", by_hand=True)
@tampering("keys.*.encrypters", "somebody else encrypts", by_hand=True)
@tampering("keys.*.decrypters", "somebody else decrypts", by_hand=True)
@tampering("keys.*.encrypter_decrypters", "somebody else encrypts and decrypts", by_hand=True)
@tampering("keys.*.managers", "somebody else manages it", by_hand=True)
def key_user(cloud, promised):
    cloud.bind(key(cloud)[0], key_role(cloud), EVIL)


@tampering("keys.*.signers", "who signs taken away")
@tampering("keys.*.verifiers", "who verifies taken away")
@tampering("keys.*.encrypters", "who encrypts taken away")
@tampering("keys.*.decrypters", "who decrypts taken away")
@tampering("keys.*.encrypter_decrypters", "the product's agent taken away")
def no_key_user(cloud, promised):
    path, _ = key(cloud)
    if f"/{cloud.project}/" not in path:
        raise Same
    cloud.unbind(path, key_role(cloud))


# ---- what lies under keys ------------------------------------------------------------------------------------------------


@tampering("services.*.encryption", "under Google's key")
@tampering("jobs.*.encryption", "under Google's key")
@tampering("workers.*.encryption", "under Google's key")
def unkeyed_workload(cloud, promised):
    del cloud.workload()[1]["encryptionKey"]


@tampering("buckets.*.encryption", "under Google's key")
def unkeyed_bucket(cloud, promised):
    del bucket(cloud)[1]["encryption"]


@tampering("topics.*.encryption", "under Google's key")
def unkeyed_topic(cloud, promised):
    del cloud.one(f"/topics/{cloud.element}", "pubsub:")["kmsKeyName"]


@tampering("secrets.*.encryption", "its copies under Google's key")
def unkeyed_secret(cloud, promised):
    for copy in cloud.one(f"/secrets/{cloud.element}", "secretmanager:")["replication"]["userManaged"]["replicas"]:
        del copy["customerManagedEncryption"]


@tampering("databases.*.encryption", "made again under Google's key", by_hand=True)
def unkeyed_database(cloud, promised):
    del cloud.database()["diskEncryptionConfiguration"]


@tampering("caches.*.encryption", "made again under Google's key", by_hand=True)
def unkeyed_cache(cloud, promised):
    del cache(cloud)["kmsKey"]


@tampering("registries.*.encryption", "made again under another key", by_hand=True)
def other_keyed_registry(cloud, promised):
    registry(cloud)[1]["kmsKeyName"] = promised + "-evil"


@tampering("keys.*.purpose", "made again for something else", by_hand=True)
def other_purpose(cloud, promised):
    key(cloud)[1]["purpose"] = "MAC"


@tampering("keys.*.algorithm", "new versions work in another way")
def other_algorithm(cloud, promised):
    key(cloud)[1]["versionTemplate"]["algorithm"] = "RSA_SIGN_PKCS1_2048_SHA256" if "sign" in promised else "EXTERNAL_SYMMETRIC_ENCRYPTION"


@tampering("keys.*.protection", "made again elsewhere", by_hand=True)
def other_protection(cloud, promised):
    key(cloud)[1]["versionTemplate"]["protectionLevel"] = "EXTERNAL"


@tampering("keys.*.rotation", "the rotation taken away")
def not_rotated(cloud, promised):
    found = key(cloud)[1]
    del found["rotationPeriod"], found["nextRotationTime"]


@tampering("keys.*.rotation", "rotated once in ten years")
def rarely_rotated(cloud, promised):
    key(cloud)[1]["rotationPeriod"] = "315360000s"


@tampering("keys.*.destroyed_after", "made again so that a version is gone at once", by_hand=True)
def destroyed_at_once(cloud, promised):
    key(cloud)[1]["destroyScheduledDuration"] = "86400s"


# ---- repositories of images ------------------------------------------------------------------------------------------

REGISTRY_ROLES = {"readers": "roles/artifactregistry.reader", "writers": "roles/artifactregistry.writer"}


def registry(cloud):
    """The repository that the fact is about."""
    path = cloud.path(f"/repositories/{cloud.element}", "artifactregistry:")
    return path, cloud.saved["store"][path]


@tampering("registries.*.readers", "somebody else pulls", by_hand=True)
@tampering("registries.*.writers", "somebody else pushes", by_hand=True)
def registry_user(cloud, promised):
    cloud.bind(registry(cloud)[0], REGISTRY_ROLES[cloud.fact.split(".")[2]], EVIL)


@tampering("registries.*.readers", "who pulls taken away")
@tampering("registries.*.writers", "who pushes taken away")
def no_registry_user(cloud, promised):
    path, _ = registry(cloud)
    if f"/{cloud.project}/" not in path:
        raise Same
    cloud.unbind(path, REGISTRY_ROLES[cloud.fact.split(".")[2]])


@tampering("registries.*.immutable_tags", "tags that move, or that do not")
def other_tags(cloud, promised):
    registry(cloud)[1]["dockerConfig"] = {"immutableTags": promised == "off"}


@tampering("registries.*.remote", "made again before another registry", by_hand=True)
def other_remote(cloud, promised):
    found = registry(cloud)[1]
    found["mode"] = "REMOTE_REPOSITORY"
    found["remoteRepositoryConfig"] = {"commonRepository": {"uri": "https://evil.example.com"}}


# ---- the pipeline ----------------------------------------------------------------------------------------------------


def pipeline(cloud):
    """The path of its account, and the provider of whose tokens are let in."""
    account = next(path for path in cloud.some("/serviceAccounts/deploy-"))
    provider = next(path for path in cloud.some("/providers/github"))
    return account, cloud.saved["store"][provider]


@tampering("delivery.identities", "those of another repository act as it", by_hand=True)
def other_repository(cloud, promised):
    account, _ = pipeline(cloud)
    mine = next(one for one in cloud.saved["policies"][account]["bindings"] if one["role"] == "roles/iam.workloadIdentityUser")
    cloud.bind(account, "roles/iam.workloadIdentityUser", mine["members"][0].rpartition("/")[0] + "/1")


@tampering("delivery.identities", "nobody acts as it")
def no_repository(cloud, promised):
    cloud.unbind(pipeline(cloud)[0], "roles/iam.workloadIdentityUser")


@tampering("delivery.condition", "every branch let in")
def every_branch(cloud, promised):
    found = pipeline(cloud)[1]
    found["attributeCondition"] = found["attributeCondition"].replace("assertion.ref ==", "assertion.ref !=")


@tampering("delivery.issuer", "another issuer trusted")
def other_issuer(cloud, promised):
    pipeline(cloud)[1]["oidc"]["issuerUri"] = "https://token.example.com"


@tampering("delivery.mapping", "another claim for the repository")
def other_claim(cloud, promised):
    pipeline(cloud)[1]["attributeMapping"]["attribute.repository_id"] = "assertion.actor_id"


# ---- schedules -------------------------------------------------------------------------------------------------------


def scheduled(cloud):
    return cloud.one(f"/jobs/{cloud.element}", "cloudscheduler:")


@tampering("schedules.*.does", "a stranger is called")
def stranger_called(cloud, promised):
    found = scheduled(cloud)
    if "httpTarget" not in found:
        raise Same
    found["httpTarget"]["uri"] = "https://evil.example.net/"


@tampering("schedules.*.does", "another topic")
def other_topic(cloud, promised):
    found = scheduled(cloud)
    if "pubsubTarget" not in found:
        raise Same
    found["pubsubTarget"]["topicName"] = f"projects/{cloud.project}/topics/evil"


@tampering("schedules.*.identity", "called without a token, or as the default account")
def other_identity(cloud, promised):
    target = scheduled(cloud).get("httpTarget")
    if not target:
        raise Same
    for token in ("oidcToken", "oauthToken"):
        if token in target:
            number = cloud.saved["numbers"][cloud.project]
            target[token]["serviceAccountEmail"] = f"{number}-compute@developer.gserviceaccount.com"


@tampering("schedules.*.identity", "a message becomes a call without a token")
def no_message(cloud, promised):
    found = scheduled(cloud)
    if "pubsubTarget" not in found:
        raise Same
    del found["pubsubTarget"]
    found["httpTarget"] = {"uri": "https://evil.example.net/", "httpMethod": "POST"}


# ---- workflows -------------------------------------------------------------------------------------------------------


def workflow(cloud):
    return cloud.one(f"/workflows/{cloud.element}", "workflows:")


@tampering("workflows.*.callers", "somebody else starts it", by_hand=True)
def beginner(cloud, promised):
    cloud.bind(cloud.whole_project(), "roles/workflows.invoker", EVIL)


@tampering("workflows.*.callers", "who starts it taken away")
def no_beginner(cloud, promised):
    cloud.unbind(cloud.whole_project(), "roles/workflows.invoker")


@tampering("workflows.*.logs", "what fails is not logged")
def quiet_workflow(cloud, promised):
    workflow(cloud)["callLogLevel"] = "LOG_NONE"


@tampering("workflows.*.logs", "everything that is sent is logged")
def loud_workflow(cloud, promised):
    workflow(cloud)["callLogLevel"] = "LOG_ALL_CALLS"


# ---- network ---------------------------------------------------------------------------------------------------------


def firewall(cloud, path, **changes):
    model = cloud.saved["store"][cloud.some("/global/firewalls/")[0]]
    rule = {"kind": "compute#firewall", "name": path, "network": model["network"], "priority": 900, "disabled": False}
    end = f"projects/{cloud.project}/global/firewalls/{path}"
    cloud.saved["store"][f"compute:{end}"] = rule | {"id": "1", "selfLink": COMPUTE + end} | changes


@tampering("network.egress", "the rule that denies switched off")
def allowed(cloud, promised):
    for path in cloud.some("/global/firewalls/"):
        rule = cloud.saved["store"][path]
        if rule["direction"] == "EGRESS" and "denied" in rule:
            rule["disabled"] = True


@tampering("network.egress.openings", "a way out", by_hand=True)
def way_out(cloud, promised):
    everything = [{"IPProtocol": "all"}]
    firewall(cloud, "temporary", direction="EGRESS", allowed=everything, destinationRanges=["0.0.0.0/0"])


@tampering("network.egress.openings", "an opening taken away")
def no_way_out(cloud, promised):
    allows = [path for path in cloud.some("/global/firewalls/") if "allowed" in cloud.saved["store"][path]]
    if not allows:
        raise Same
    cloud.drop(allows[0])


@tampering("network.ingress.openings", "SSH from everywhere", by_hand=True)
def way_in(cloud, promised):
    ssh = [{"IPProtocol": "tcp", "ports": ["22"]}]
    firewall(cloud, "temporary-in", direction="INGRESS", allowed=ssh, sourceRanges=["0.0.0.0/0"])


@tampering("network.routes", "a route to the internet", by_hand=True)
def route(cloud, promised):
    network = cloud.saved["store"][cloud.some("/global/networks/")[0]]["selfLink"]
    end = f"projects/{cloud.project}/global/routes/temporary"
    everything = "0.0.0.0/1" if "0.0.0.0/0" in promised else "0.0.0.0/0"
    found = {"kind": "compute#route", "name": "temporary", "network": network, "destRange": everything, "priority": 1000}
    found["nextHopGateway"] = f"{COMPUTE}projects/{cloud.project}/global/gateways/default-internet-gateway"
    cloud.saved["store"][f"compute:{end}"] = found | {"id": "1", "selfLink": COMPUTE + end}


@tampering("network.nat", "a router that nobody declared", by_hand=True)
def router(cloud, promised):
    subnet = cloud.subnetwork()
    region = subnet["region"].rpartition("/")[2]
    end = f"projects/{cloud.project}/regions/{region}/routers/temporary"
    if promised != "none":
        raise Same
    found = {"kind": "compute#router", "name": "temporary", "network": subnet["network"], "region": subnet["region"]}
    cloud.saved["store"][f"compute:{end}"] = found | {"id": "1", "selfLink": COMPUTE + end}


@tampering("network.nat", "the address that the internet sees is another")
def nat(cloud, promised):
    if promised == "none":
        raise Same
    found = cloud.one(cloud.some("/routers/")[0])["nats"][0]
    found["natIpAllocateOption"] = "AUTO_ONLY"
    found.pop("natIps", None)


@tampering("network.private_zones", "a private zone that leads elsewhere", by_hand=True)
def zone(cloud, promised):
    # Its own network, or the one of another project that it lives in.
    networks = [path for path in cloud.saved["store"] if re.match(r"compute:projects/[^/]+/global/networks/", path)]
    mine = [path for path in networks if f"/{cloud.project}/" in path] or networks
    visible = {"networks": [{"networkUrl": COMPUTE + mine[0].removeprefix("compute:")}]}
    cloud.saved["store"][f"serviceusage:projects/{cloud.project}/services/dns.googleapis.com"] = {"state": "ENABLED"}
    path = f"dns:projects/{cloud.project}/managedZones/temporary"
    found = {"kind": "dns#managedZone", "name": "temporary", "dnsName": "pkg.dev.", "visibility": "private"}
    cloud.saved["store"][path] = found | {"id": "1", "description": "", "privateVisibilityConfig": visible}


@tampering("network.dns_logs", "DNS logs switched off")
def dns_logs(cloud, promised):
    path = next(path for path in cloud.some("/policies/") if path.startswith("dns:"))
    cloud.saved["store"][path]["enableLogging"] = False


@tampering("network.flow_logs", "flow logs switched off")
@tampering("subnetworks.*.flow_logs", "flow logs switched off")
def flow_logs(cloud, promised):
    subnet = cloud.subnetwork()
    subnet["enableFlowLogs"] = False
    subnet["logConfig"]["enable"] = False


@tampering("network.google_access", "Google's APIs no longer reached privately")
@tampering("subnetworks.*.google_access", "Google's APIs no longer reached privately")
def google_access(cloud, promised):
    cloud.subnetwork()["privateIpGoogleAccess"] = False


@tampering("network.subnet", "a smaller range")
@tampering("subnetworks.*.subnet", "a smaller range")
def smaller(cloud, promised):
    found = cloud.subnetwork()
    address, _, bits = found["ipCidrRange"].partition("/")
    found["ipCidrRange"] = f"{address}/{int(bits) + 1}"


@tampering("network.subnet", "another range", by_hand=True)
@tampering("subnetworks.*.subnet", "another range", by_hand=True)
def subnet(cloud, promised):
    cloud.subnetwork()["ipCidrRange"] = "10.99.0.0/24"


@tampering("network.proxy_range", "another range", by_hand=True)
def proxy_range(cloud, promised):
    path = next(path for path in cloud.some("/subnetworks/") if cloud.saved["store"][path]["purpose"] != "PRIVATE")
    cloud.saved["store"][path]["ipCidrRange"] = "10.97.0.0/24"


@tampering("network.services_range", "another range", by_hand=True)
def services_range(cloud, promised):
    path = next(path for path in cloud.some("/global/addresses/") if cloud.saved["store"][path].get("purpose") == "VPC_PEERING")
    cloud.saved["store"][path]["address"] = "10.98.0.0"


# ---- governance ------------------------------------------------------------------------------------------------------


@tampering("governance.*", "the policy lifted")
def lifted(cloud, promised):
    if promised == "none":
        raise Same
    cloud.drop(cloud.path(f"/policies/{cloud.fact.partition('.')[2]}", "orgpolicy:"))


@tampering("governance.*", "the policy allows everything")
def allow_all(cloud, promised):
    if promised == "none":
        raise Same
    spec = cloud.one(f"/policies/{cloud.fact.partition('.')[2]}", "orgpolicy:")["spec"]
    spec["rules"] = [{"enforce": False}] if promised == "enforced" else [{"allowAll": True}]


@tampering("governance.*", "a policy that stands in the way")
def in_the_way(cloud, promised):
    if promised != "none":
        raise Same
    name = f"projects/{cloud.project}/policies/{cloud.fact.partition('.')[2]}"
    cloud.saved["store"][f"orgpolicy:{name}"] = {"name": name, "etag": "x", "spec": {"rules": [{"enforce": True}]}}


def crossing(cloud):
    """What the perimeter says, where it is enforced or else tried."""
    path = next(path for path in cloud.saved["store"] if path.endswith("/servicePerimeters/" + cloud.project.replace("-", "_")))
    perimeter = cloud.saved["store"][path]
    return perimeter, perimeter["spec"] if perimeter.get("useExplicitDryRunSpec") else perimeter["status"]


@tampering("perimeter.mode", "the project is in it no longer")
def outside(cloud, promised):
    del crossing(cloud)[1]["resources"]


@tampering("perimeter.mode", "only logged, or refused at once")
def otherwise(cloud, promised):
    perimeter, says = crossing(cloud)
    tries = promised == "enforce"
    perimeter.pop("status" if tries else "spec")
    perimeter["useExplicitDryRunSpec"] = tries
    perimeter["spec" if tries else "status"] = says


@tampering("perimeter.mode", "another project is in it")
def joined(cloud, promised):
    crossing(cloud)[1]["resources"].append("projects/111")


@tampering("perimeter.services", "an API is not protected")
def unprotected(cloud, promised):
    crossing(cloud)[1]["restrictedServices"].remove("storage.googleapis.com")


@tampering("perimeter.network", "the network reaches every API")
def reaches_all(cloud, promised):
    del crossing(cloud)[1]["vpcAccessibleServices"]


@tampering("perimeter.lets_in", "somebody else is let in")
def let_in(cloud, promised):
    crossing(cloud)[1].setdefault("ingressPolicies", []).append(
        {
            "ingressFrom": {"identities": [EVIL], "sources": [{"accessLevel": "*"}]},
            "ingressTo": {"operations": [{"serviceName": "*"}], "resources": ["*"]},
        }
    )


@tampering("perimeter.lets_in", "everybody from somewhere is let in")
def level(cloud, promised):
    crossing(cloud)[1]["accessLevels"] = ["accessPolicies/1/accessLevels/homes"]


@tampering("perimeter.lets_out", "a way to another project")
def let_out(cloud, promised):
    crossing(cloud)[1].setdefault("egressPolicies", []).append(
        {
            "egressFrom": {"identities": [EVIL]},
            "egressTo": {
                "operations": [{"serviceName": "storage.googleapis.com", "methodSelectors": [{"method": "*"}]}],
                "resources": ["projects/111"],
            },
        }
    )


@tampering("*.binary_authorization", "the project's policy is asked no longer")
def unasked(cloud, promised):
    del cloud.workload()[0]["binaryAuthorization"]


@tampering("*.binary_authorization", "past the project's policy by a justification")
def past(cloud, promised):
    cloud.workload()[0]["binaryAuthorization"]["breakglassJustification"] = "it was late"


@tampering("binary_authorization.mode", "everything is admitted")
def all_admitted(cloud, promised):
    differ(cloud.one("/policy", "binaryauthorization:")["defaultAdmissionRule"], "evaluationMode", "ALWAYS_ALLOW")


@tampering("binary_authorization.mode", "what is not admitted is only logged, or refused")
def other_mode(cloud, promised):
    rule = cloud.one("/policy", "binaryauthorization:")["defaultAdmissionRule"]
    rule["enforcementMode"] = "ENFORCED_BLOCK_AND_AUDIT_LOG" if promised == "dry-run" else "DRYRUN_AUDIT_LOG_ONLY"


@tampering("binary_authorization.attestors", "another attestor is enough")
def attestor(cloud, promised):
    rule = cloud.one("/policy", "binaryauthorization:")["defaultAdmissionRule"]
    rule["evaluationMode"] = "REQUIRE_ATTESTATION"
    rule["requireAttestationsBy"] = [f"projects/{cloud.project}/attestors/mallory"]


@tampering("binary_authorization.exempt_images", "an image that everybody can push")
def exempt(cloud, promised):
    patterns = cloud.one("/policy", "binaryauthorization:").setdefault("admissionWhitelistPatterns", [])
    patterns.append({"namePattern": "docker.io/**"})


@tampering("audit_logs.*", "the audit log removed")
def unaudited(cloud, promised):
    policy = cloud.saved["policies"][cloud.whole_project()]
    service = cloud.fact.partition(".")[2]
    policy["auditConfigs"] = [config for config in policy["auditConfigs"] if config["service"] != service]


@tampering("audit_logs.*", "somebody exempted from the audit log")
def exempted(cloud, promised):
    policy = cloud.saved["policies"][cloud.whole_project()]
    service = cloud.fact.partition(".")[2]
    config = next(config for config in policy["auditConfigs"] if config["service"] == service)
    config["auditLogConfigs"][0]["exemptedMembers"] = [EVIL]


# ---- channels --------------------------------------------------------------------------------------------------------


@tampering("channels.*.publishers", "somebody else publishes", by_hand=True)
def event_publisher(cloud, promised):
    cloud.bind(cloud.whole_project(), "roles/eventarc.publisher", EVIL)


@tampering("channels.*.publishers", "the publishers taken away")
def no_event_publisher(cloud, promised):
    cloud.unbind(cloud.whole_project(), "roles/eventarc.publisher")


@tampering("channels.*.location", "nothing takes what is published")
def no_channel(cloud, promised):
    cloud.drop(cloud.path(f"/channels/{cloud.element}", "eventarc:"))


@tampering("channels.*.location", "another one elsewhere too", by_hand=True)
def channel_elsewhere(cloud, promised):
    path = cloud.path(f"/channels/{cloud.element}", "eventarc:")
    other = path.replace(f"/locations/{promised}/", "/locations/us-east1/")
    cloud.saved["store"][other] = dict(cloud.saved["store"][path], name=other.removeprefix("eventarc:"))


@tampering("channels.*.encryption", "under Google's key")
def unkeyed_channel(cloud, promised):
    del cloud.one(f"/channels/{cloud.element}", "eventarc:")["cryptoKeyName"]


# ---- events ----------------------------------------------------------------------------------------------------------


def trigger(cloud):
    return cloud.one(f"/triggers/{cloud.element}", "eventarc:")


@tampering("events.*.hears", "another filter")
def other_filter(cloud, promised):
    filters = trigger(cloud)["eventFilters"]
    if len(filters) < 2:
        raise Same
    filters[-1]["value"] = "evil"


@tampering("events.*.hears", "messages of another topic")
def other_messages(cloud, promised):
    found = trigger(cloud)
    if len(found["eventFilters"]) > 1 or "channel" in found:
        raise Same
    found["transport"]["pubsub"]["topic"] = f"projects/{cloud.project}/topics/evil"


@tampering("events.*.hears", "what is published to another channel")
def other_channel(cloud, promised):
    found = trigger(cloud)
    if "channel" not in found:
        raise Same
    found["channel"] += "-evil"


@tampering("events.*.location", "nobody hears")
def deaf(cloud, promised):
    del cloud.saved["store"][cloud.path(f"/triggers/{cloud.element}", "eventarc:")]


@tampering("events.*.location", "heard elsewhere too", by_hand=True)
def heard_elsewhere(cloud, promised):
    path = cloud.path(f"/triggers/{cloud.element}", "eventarc:")
    other = path.replace(f"/locations/{promised}/", "/locations/us-east1/")
    cloud.saved["store"][other] = dict(cloud.saved["store"][path], name=other.removeprefix("eventarc:"))


@tampering("events.*.does", "another service or workflow is told")
def other_told(cloud, promised):
    destination = trigger(cloud)["destination"]
    if "cloudRun" in destination:
        destination["cloudRun"]["service"] = "evil"
    else:
        destination["workflow"] += "-evil"


@tampering("events.*.does", "another path")
def other_path(cloud, promised):
    destination = trigger(cloud)["destination"]
    if "cloudRun" not in destination:
        raise Same
    destination["cloudRun"]["path"] = "/evil"


@tampering("events.*.identity", "told as the default account")
def told_as_default(cloud, promised):
    number = cloud.saved["numbers"][cloud.project]
    trigger(cloud)["serviceAccount"] = f"{number}-compute@developer.gserviceaccount.com"


# ---- logs ------------------------------------------------------------------------------------------------------------


def log_sink(cloud):
    return cloud.one(f"/sinks/{cloud.element}", "logging:")


@tampering("log_sinks.*.destination", "its entries go elsewhere")
def other_destination(cloud, promised):
    sink = log_sink(cloud)
    other = f"projects/{cloud.project}/locations/global/buckets/_Default"
    if "writerIdentity" in sink:
        other = "projects/evil/locations/global/buckets/_Default"
    sink["destination"] = f"logging.googleapis.com/{other}"


@tampering("log_sinks.*.filter", "it takes less")
def less_taken(cloud, promised):
    log_sink(cloud)["filter"] += " AND severity >= EMERGENCY"


@tampering("log_sinks.*.enabled", "switched off")
def sink_off(cloud, promised):
    log_sink(cloud)["disabled"] = True


@tampering("log_sinks.*.exclusions", "somebody's entries are left out")
def left_out(cloud, promised):
    log_sink(cloud)["exclusions"] = [{"name": "mine", "filter": "protoPayload.authenticationInfo.principalEmail = mallory@example.net"}]


@tampering("log_sinks.*.identity", "it writes as somebody else", by_hand=True)
def other_writer(cloud, promised):
    log_sink(cloud)["writerIdentity"] = "serviceAccount:cloud-logs@system.gserviceaccount.com"


@tampering("log_sinks.*.retention", "kept for a day")
def kept_for_a_day(cloud, promised):
    if promised.endswith("locked"):
        raise Same
    differ(cloud.one(f"/buckets/{cloud.element}", "logging:"), "retentionDays", 7)


@tampering("log_sinks.*.retention", "not locked")
def not_locked(cloud, promised):
    if not promised.endswith("locked"):
        raise Same
    cloud.one(f"/buckets/{cloud.element}", "logging:")["locked"] = False


@tampering("logs.retention", "kept for a day")
def all_kept_for_a_day(cloud, promised):
    differ(cloud.one(f"projects/{cloud.project}/locations/global/buckets/_Default", "logging:"), "retentionDays", 1)


# ---- queues ----------------------------------------------------------------------------------------------------------


def queue(cloud):
    return cloud.path(f"/queues/{cloud.element}", "cloudtasks:")


@tampering("queues.*.enqueuers", "somebody else adds tasks", by_hand=True)
def other_tasks(cloud, promised):
    cloud.bind(queue(cloud), "roles/cloudtasks.enqueuer", EVIL)


@tampering("queues.*.enqueuers", "nobody may add tasks")
def no_tasks(cloud, promised):
    cloud.unbind(queue(cloud), "roles/cloudtasks.enqueuer")


@tampering("queues.*.endpoint", "tasks go to a stranger")
def tasks_to_stranger(cloud, promised):
    target = cloud.saved["store"][queue(cloud)].setdefault("httpTarget", {})
    target["uriOverride"] = {
        "scheme": "HTTPS",
        "host": "evil.example.net",
        "pathOverride": {"path": "/"},
        "uriOverrideEnforceMode": "ALWAYS",
    }


@tampering("queues.*.endpoint", "a task says where it goes")
def tasks_anywhere(cloud, promised):
    override = cloud.saved["store"][queue(cloud)].get("httpTarget", {}).get("uriOverride")
    if not override:
        raise Same
    override["uriOverrideEnforceMode"] = "IF_NOT_EXISTS"


@tampering("queues.*.identity", "tasks bring the token of the default account")
def other_token(cloud, promised):
    target = cloud.saved["store"][queue(cloud)]["httpTarget"]
    number = cloud.saved["numbers"][cloud.project]
    target["oidcToken"]["serviceAccountEmail"] = f"{number}-compute@developer.gserviceaccount.com"


# ---- caches ----------------------------------------------------------------------------------------------------------


def cluster(cloud):
    """Whether it is of Redis."""
    return bool(cloud.some(f"/clusters/{cloud.element}"))


def cache(cloud):
    if cluster(cloud):
        return cloud.one(f"/clusters/{cloud.element}", "redis:")
    return cloud.one(f"/instances/{cloud.element}", "memorystore:")


def logs_in(cloud):
    return f"roles/{'redis' if cluster(cloud) else 'memorystore'}.dbConnectionUser"


@tampering("caches.*.users", "somebody else logs in", by_hand=True)
def cache_user(cloud, promised):
    # Where its logins are granted: one that exists already may lie in another project.
    title = f"only-cache-{cloud.element}"
    titles = {
        path: [binding.get("condition", {}).get("title") for binding in policy["bindings"]]
        for path, policy in cloud.saved["policies"].items()
    }
    homes = [path for path, these in titles.items() if title in these]
    cloud.bind(homes[0] if homes else cloud.whole_project(), logs_in(cloud), EVIL)


@tampering("caches.*.users", "a login taken away")
def no_cache_user(cloud, promised):
    cloud.unbind(cloud.whole_project(), logs_in(cloud))


@tampering("caches.*.availability", "without its copy")
def no_copy(cloud, promised):
    if promised == "zonal":
        raise Same
    cache(cloud)["replicaCount"] = 0


@tampering("caches.*.availability", "a copy that nobody asked for")
def more_copies(cloud, promised):
    if promised == "regional":
        raise Same
    cache(cloud)["replicaCount"] = 1


@tampering("caches.*.version", "an older version")
def older_cache(cloud, promised):
    if promised == "VALKEY_7_2":
        raise Same
    cache(cloud)["engineVersion"] = "VALKEY_7_2"


@tampering("caches.*.version", "a later version", by_hand=True)
def later_cache(cloud, promised):
    cache(cloud)["engineVersion"] = "VALKEY_10_0"


@tampering("caches.*.tls", "made again without TLS", by_hand=True)
def cache_in_the_clear(cloud, promised):
    cache(cloud)["transitEncryptionMode"] = "TRANSIT_ENCRYPTION_MODE_DISABLED" if cluster(cloud) else "TRANSIT_ENCRYPTION_DISABLED"


@tampering("caches.*.iam_login", "made again without a login", by_hand=True)
def cache_without_login(cloud, promised):
    cache(cloud)["authorizationMode"] = "AUTH_MODE_DISABLED" if cluster(cloud) else "AUTH_DISABLED"


@tampering("caches.*.deletion_protection", "no protection")
def unprotected_cache(cloud, promised):
    if promised == "off":
        raise Same
    cache(cloud)["deletionProtectionEnabled"] = False


# ---- monitoring ------------------------------------------------------------------------------------------------------


def watched(cloud, kind):
    """What there is of a kind, in the order of the display names."""
    return sorted((cloud.saved["store"][path] for path in cloud.some(f"/{kind}/")), key=lambda one: one["displayName"])


@tampering("monitoring.notify", "a stranger is written to")
def stranger_notified(cloud, promised):
    watched(cloud, "notificationChannels")[0]["labels"]["email_address"] = "mallory@example.net"


@tampering("monitoring.notify", "nobody is written to")
def nobody_notified(cloud, promised):
    for channel in watched(cloud, "notificationChannels"):
        channel["enabled"] = False


@tampering("monitoring.notify", "a stranger's channel besides", by_hand=True)
def stranger_besides(cloud, promised):
    name = f"projects/{cloud.project}/notificationChannels/1"
    channel = dict(watched(cloud, "notificationChannels")[0], name=name, labels={"email_address": "mallory@example.net"})
    channel["displayName"] += ".net"
    cloud.saved["store"][f"monitoring:{name}"] = channel


def check(cloud, promised):
    if promised == "none":
        raise Same
    return watched(cloud, "uptimeCheckConfigs")[0]


@tampering("monitoring.uptime", "a check asks for another path")
def other_path(cloud, promised):
    check(cloud, promised)["httpCheck"]["path"] = "/elsewhere"


@tampering("monitoring.uptime", "a check takes any answer")
def any_answer(cloud, promised):
    check(cloud, promised)["httpCheck"]["acceptedResponseStatusCodes"] = [{"statusClass": "STATUS_CLASS_ANY"}]


@tampering("monitoring.uptime", "a check takes any certificate")
def any_certificate(cloud, promised):
    check(cloud, promised)["httpCheck"]["validateSsl"] = False


@tampering("monitoring.alerts", "an alert is off")
def alert_off(cloud, promised):
    watched(cloud, "alertPolicies")[0]["enabled"] = False


@tampering("monitoring.alerts", "an alert goes to nobody")
def alert_unheard(cloud, promised):
    watched(cloud, "alertPolicies")[0]["notificationChannels"] = []


@tampering("monitoring.alerts", "an alert never goes off")
def alert_never(cloud, promised):
    for policy in watched(cloud, "alertPolicies"):
        for condition in policy["conditions"]:
            if "conditionMatchedLog" in condition:
                condition["conditionMatchedLog"]["filter"] += "\nFALSE"


@tampering("monitoring.alerts", "an alert is gone")
def alert_gone(cloud, promised):
    cloud.drop(cloud.some("/alertPolicies/")[0])


# ---- databases of Firestore ------------------------------------------------------------------------------------------


def firestore(cloud):
    """The database: `(default)`, or one that is called as its element."""
    here = [path for path in cloud.saved["store"] if re.fullmatch(rf"firestore:projects/{cloud.project}/databases/[^/]+", path)]
    named = [path for path in here if path.endswith(f"/databases/{cloud.element}")]
    (path,) = named or [path for path in here if path.endswith("/databases/(default)")]
    return path


def narrowed(cloud, role):
    """The grants of a role under the condition for the database."""
    title = f"only-firestore-{cloud.element}"
    for path, policy in cloud.saved["policies"].items():
        for binding in policy["bindings"]:
            if binding["role"] == role and binding.get("condition", {}).get("title") == title:
                yield path, policy, binding


@tampering("firestores.*.readers", "somebody else reads in all of them", by_hand=True)
@tampering("firestores.*.writers", "somebody else writes in all of them", by_hand=True)
def firestore_user(cloud, promised):
    roles = {"readers": "roles/datastore.viewer", "writers": "roles/datastore.user"}
    found = [path for role in roles.values() for path, _, _ in narrowed(cloud, role)]
    cloud.bind(found[0] if found else cloud.whole_project(), roles[cloud.fact.split(".")[2]], EVIL)


@tampering("firestores.*.writers", "somebody else writes in this one", by_hand=True)
def firestore_writer(cloud, promised):
    found = next(narrowed(cloud, "roles/datastore.user"), None)
    if not found:
        raise Same
    found[2]["members"].append(EVIL)


@tampering("firestores.*.writers", "a right taken away")
def no_firestore_writer(cloud, promised):
    found = next(narrowed(cloud, "roles/datastore.user"), None)
    if not found:
        raise Same
    found[1]["bindings"].remove(found[2])


@tampering("firestores.*.location", "made again elsewhere", by_hand=True)
def firestore_elsewhere(cloud, promised):
    cloud.saved["store"][firestore(cloud)]["locationId"] = "us-east1"


@tampering("firestores.*.mode", "made again in the other mode", by_hand=True)
def firestore_mode(cloud, promised):
    other = {"native": "DATASTORE_MODE", "datastore": "FIRESTORE_NATIVE"}[promised]
    cloud.saved["store"][firestore(cloud)]["type"] = other


@tampering("firestores.*.pitr", "what is deleted is gone")
def no_earlier_state(cloud, promised):
    if promised == "off":
        raise Same
    cloud.saved["store"][firestore(cloud)]["pointInTimeRecoveryEnablement"] = "POINT_IN_TIME_RECOVERY_DISABLED"


@tampering("firestores.*.deletion_protection", "no protection")
def unprotected_firestore(cloud, promised):
    if promised == "off":
        raise Same
    cloud.saved["store"][firestore(cloud)]["deleteProtectionState"] = "DELETE_PROTECTION_DISABLED"


@tampering("firestores.*.deleted_by_time", "documents of another collection are deleted", by_hand=True)
def more_is_deleted(cloud, promised):
    name = firestore(cloud).partition(":")[2] + "/collectionGroups/papers/fields/filed"
    cloud.saved["store"]["firestore:" + name] = {"name": name, "ttlConfig": {"state": "ACTIVE"}}


@tampering("firestores.*.deleted_by_time", "by another field")
def another_time(cloud, promised):
    store, middle = cloud.saved["store"], firestore(cloud) + "/collectionGroups/"
    found = [path for path in store if path.startswith(middle) and "/fields/" in path]
    if not found:
        raise Same
    field = store.pop(found[0])
    field["name"] = field["name"].rsplit("/", 1)[0] + "/written"
    store["firestore:" + field["name"]] = field


@tampering("firestores.*.encryption", "made again under Google's key", by_hand=True)
def firestore_under_googles_key(cloud, promised):
    del cloud.saved["store"][firestore(cloud)]["cmekConfig"]


# ---- datasets of BigQuery --------------------------------------------------------------------------------------------


def data_of(cloud):
    """The dataset that is called as its element or as in the promise's project, or the table that the fact names."""
    element, *table, right = cloud.fact.split(".")[1:]
    end = f"/datasets/{element}" + "".join(f"/tables/{one}" for one in table)
    (path,) = [path for path in cloud.saved["store"] if path.startswith("bigquery:") and path.endswith(end)]
    roles = {"readers": "roles/bigquery.dataViewer", "writers": "roles/bigquery.dataEditor", "owners": "roles/bigquery.dataOwner"}
    return path, roles.get(right)


@tampering("datasets.*readers", "somebody else reads", by_hand=True)
@tampering("datasets.*writers", "somebody else writes", by_hand=True)
@tampering("datasets.*.owners", "somebody else owns it", by_hand=True)
def data_user(cloud, promised):
    cloud.bind(*data_of(cloud), EVIL)


@tampering("datasets.*readers", "the readers taken away")
@tampering("datasets.*writers", "the writers taken away")
def no_data_user(cloud, promised):
    path, role = data_of(cloud)
    if f"/{cloud.project}/" not in path:
        raise Same
    cloud.unbind(path, role)


def dataset_settings(cloud):
    return cloud.saved["store"][data_of(cloud)[0]]


@tampering("datasets.*.location", "made again elsewhere", by_hand=True)
def dataset_elsewhere(cloud, promised):
    dataset_settings(cloud)["location"] = "US"


@tampering("datasets.*.table_expiration", "new tables are deleted after an hour")
@tampering("datasets.*.partition_expiration", "what is new is deleted after a day")
def deleted_early(cloud, promised):
    fields = {"table_expiration": ("defaultTableExpirationMs", "3600000"), "partition_expiration": ("defaultPartitionExpirationMs", "86400000")}
    field, value = fields[cloud.fact.rsplit(".", 1)[1]]
    dataset_settings(cloud)[field] = value


@tampering("datasets.*.partition_expiration", "nothing is deleted")
def never_deleted(cloud, promised):
    if promised == "never":
        raise Same
    del dataset_settings(cloud)["defaultPartitionExpirationMs"]


@tampering("datasets.*.basic_roles", "the project's viewers read")
def viewers_read(cloud, promised):
    dataset_settings(cloud)["_basic"].append({"role": "READER", "specialGroup": "projectReaders"})
