"""A life with Terraform and the stand-in for its provider (tests/provider)."""
import hashlib
import json
import re

from cases import Wrong
from life import Life, run

# An address and what becomes of it, as Terraform shows a plan.
CHANGE = re.compile(r"^  # (\S+) .+\n(?:  # .+\n)*\s*([-+~/]+) resource ", re.MULTILINE)
STAGES = ("governance", "foundation", "services")
CONNECTION = re.compile(r"[a-z0-9-]+:[a-z0-9-]+:([a-z0-9-]+)")  # how a connector is told its database


class Terraform(Life):
    """A life of which Terraform has a state."""

    def __init__(self, folder, ravelin, begin):
        super().__init__(folder, ravelin, begin)
        copied = isinstance(begin, Terraform)
        self.initialised = dict(begin.initialised) if copied else {}
        self.settled = dict(begin.settled) if copied else {}  # a hash of what a stage was when it planned nothing

    def stages(self):
        return [stage for stage in STAGES if self.root(stage).is_dir()]

    def root(self, stage):
        return self.folder / "terraform" / "prod" / stage

    def plan(self, stage):
        """The changes of a stage, a line each, planned and not yet applied; None where there is nothing to apply."""
        root = self.root(stage)
        providers = (root / "versions.tf").read_text(encoding="utf-8")
        if self.initialised.get(stage) != providers:
            (root / "backend_override.tf").write_text('terraform {\n  backend "local" {}\n}\n', encoding="utf-8")
            run(["terraform", "init", "-no-color"], root)
            self.initialised[stage] = providers
        plan = ["terraform", "plan", "-no-color", "-detailed-exitcode", "-out=plan"]
        planned = run(plan, root, allowed=(0, 2))
        if planned.returncode == 0:
            return None
        # What people read: to ask for the plan as JSON would start Terraform and its provider once more.
        return [f"{sign} {address}" for address, sign in sorted(CHANGE.findall(planned.stdout))]

    def apply(self, stage):
        """The changes of a stage, a line each; applied."""
        changes = self.plan(stage)
        if changes is None:
            return []
        done = run(["terraform", "apply", "-no-color", "plan"], self.root(stage))
        # Until a topic is told otherwise, each message is looked at by its schema, or refused when that is gone.
        for topic in re.findall(r"^google_pubsub_schema\.(\S+): Destroying", done.stdout, re.M):
            if re.search(rf"^google_pubsub_schema\.{topic}: Destroying[\s\S]+^google_pubsub_topic\.{topic}: Modifying", done.stdout, re.M):
                raise Wrong(f"the schema of topic {topic} goes before the topic does without it")
        return changes

    def step(self, step):
        """Does a step; what comes of it, a line each."""
        happened, order = self.live(step)
        if order is None:
            return happened
        happened.append(f"apply {', '.join(order) or 'nothing'}")
        for stage in order:
            if stage != "secrets.sh":
                happened += [f"{stage} {line}" for line in self.apply(stage)]
                happened += [f"{stage} loses {line}" for line in self.lost()]
        self.settle()
        return happened

    def settle(self):
        """Every stage plans nothing. One that is to the byte what it was when it did so last is not asked again: it reads nothing
        of the others."""
        for stage in self.stages():
            if self.settled.get(stage) == self.bytes(stage):
                continue
            left = self.plan(stage)
            if left is not None:
                raise Wrong(f"the second plan of {stage} is not empty:\n" + "\n".join(left))
            self.settled[stage] = self.bytes(stage)

    def bytes(self, stage):
        """A hash of the files and the state of a stage."""
        root, known = self.root(stage), hashlib.sha256()
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root)
            if path.is_file() and name.parts[0] != ".terraform" and name.name != "plan":
                known.update(f"{name} {path.stat().st_size}\n".encode() + path.read_bytes())
        return known.hexdigest()

    # --- what runs needs ----------------------------------------------------------------------------------------------

    def states(self, kind, *stages):
        """The attributes of all resources of a kind."""
        for stage in stages or ("foundation",):
            path = self.root(stage) / "terraform.tfstate"
            resources = json.loads(path.read_text(encoding="utf-8"))["resources"] if path.exists() else []
            for resource in resources:
                if resource["mode"] == "managed" and resource["type"] == kind:
                    yield from (instance["attributes"] for instance in resource["instances"])

    def lost(self):
        """What that which runs lacks, a line each."""
        given = Given(self)
        lost = []
        for service in self.states("google_cloud_run_v2_service", "services"):
            lost += [f"service {service['name']}: {what}" for what in given.lacks(service["template"][0])]
        for job in self.states("google_cloud_run_v2_job", "services"):
            lost += [f"job {job['name']}: {what}" for what in given.lacks(job["template"][0]["template"][0])]
        return lost


class Given:
    """What foundation gives to what runs."""

    def __init__(self, life):
        def each(kind, key):
            return {one[key] for one in life.states(kind)}

        both = ("foundation", "services")
        self.accounts = each("google_service_account", "email")
        self.subnetworks = each("google_compute_subnetwork", "name")
        self.databases = each("google_sql_database_instance", "name")
        self.secrets = {one["secret_id"] for one in life.states("google_secret_manager_secret", *both)}
        self.readers = {
            (one["secret_id"].rsplit("/", 1)[-1], one["member"].removeprefix("serviceAccount:"))
            for one in life.states("google_secret_manager_secret_iam_member", *both)
        }
        self.users = {(one["instance"], one["name"].split("@")[0]) for one in life.states("google_sql_user")}
        self.grants = [
            (one["member"], condition["expression"])
            for one in life.states("google_project_iam_member")
            for condition in one["condition"] or []
        ]
        self.ways = each("google_compute_router_nat", "name") or "googleapis.com." in each("google_dns_managed_zone", "dns_name")

    def lacks(self, template):
        """What a template asks for and does not get."""
        account = template["service_account"]
        if account not in self.accounts:
            yield f"account {account.split('@')[0]}"
        variables = [variable for container in template["containers"] for variable in container["env"] or []]
        sources = [source for variable in variables for source in variable["value_source"] or []]
        secrets = {key["secret"] for source in sources for key in source["secret_key_ref"]}
        secrets |= {one["secret"] for volume in template["volumes"] or [] for one in volume["secret"] or []}
        for secret in sorted(secrets):
            if secret not in self.secrets:
                yield f"secret {secret}"
            elif (secret, account) not in self.readers:
                yield f"right to read secret {secret}"
        connections = [CONNECTION.fullmatch(variable["value"] or "") for variable in variables]
        for database in sorted({connection[1] for connection in connections if connection}):
            if database not in self.databases:
                yield f"database {database}"
            elif (database, account.split("@")[0]) not in self.users:
                yield f"user in database {database}"
            elif not any(account in member and f"instances/{database}'" in where for member, where in self.grants):
                yield f"right to reach database {database}"
        for access in template["vpc_access"] or []:
            if access["egress"] == "ALL_TRAFFIC" and not self.ways:
                yield "way to Google's names and the internet"
            for interface in access["network_interfaces"]:
                if interface["subnetwork"].rsplit("/", 1)[-1] not in self.subnetworks:
                    yield f"subnetwork {interface['subnetwork']}"
