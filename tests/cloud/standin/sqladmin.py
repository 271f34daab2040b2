"""Cloud SQL admin API."""

import re
import uuid

from . import check
from .core import (
    OPS,
    STORE,
    ApiError,
    bad,
    canon,
    children,
    copy,
    digits,
    drop,
    etag,
    exists,
    fill,
    merge,
    missing,
    now,
    number,
)


def settings_defaults(i, s, old):
    """What the service adds to an instance's settings."""
    pg, v = i["databaseVersion"].startswith("POSTGRES"), i["databaseVersion"]
    n = int(re.sub(r"\D", "", v.split("_")[1])[:2] or 0)
    fill(s, edition="ENTERPRISE_PLUS" if pg and n >= 16 else "ENTERPRISE")
    if s["edition"] == "ENTERPRISE_PLUS" and not s.get("tier", "").startswith(("db-perf-optimized", "db-c4a")):
        raise bad(
            "Invalid request: Invalid Tier (%s) for (ENTERPRISE_PLUS) Edition. Use a predefined Tier like db-perf-optimized-N-* instead. Learn more at https://cloud.google.com/sql/docs/postgres/create-instance#machine-types."
            % s.get("tier")
        )
    if s["edition"] == "ENTERPRISE" and s.get("tier", "").startswith("db-perf-optimized"):
        raise bad("Invalid request: Invalid Tier (%s) for (ENTERPRISE) Edition." % s["tier"])
    m = re.fullmatch(r"db-custom-(\d+)-(\d+)", s.get("tier", ""))
    if s.get("tier", "").startswith("db-custom") and (
        not m
        or int(m.group(2)) % 256
        or not int(m.group(1)) * 922 <= int(m.group(2)) <= int(m.group(1)) * 6656
        or (int(m.group(1)) != 1 and int(m.group(1)) % 2)
    ):
        raise bad(
            "Invalid request: Invalid Tier (%s): the memory must be 0.9 to 6.5 GiB for each vCPU, a multiple of 256 MiB; vCPUs 1 or even."
            % s["tier"]
        )
    fill(
        s,
        kind="sql#settings",
        activationPolicy="ALWAYS",
        pricingPlan="PER_USE",
        replicationType="SYNCHRONOUS",
        availabilityType="ZONAL",
        dataDiskSizeGb="10",
        dataDiskType="PD_SSD",
        storageAutoResize=True,
        storageAutoResizeLimit="0",
        connectorEnforcement="NOT_REQUIRED",
        deletionProtectionEnabled=False,
        dataApiAccess="DISALLOW_DATA_API",
        backupConfiguration={},
        ipConfiguration={},
        locationPreference={},
        authorizedGaeApplications=[],
        crashSafeReplicationEnabled=False,
    )
    b = fill(
        s["backupConfiguration"],
        kind="sql#backupConfiguration",
        enabled=False,
        startTime="12:00",
        transactionLogRetentionDays=14 if s["edition"] == "ENTERPRISE_PLUS" else 7,
        backupTier="STANDARD",
        transactionalLogStorageState="TRANSACTIONAL_LOG_STORAGE_STATE_UNSPECIFIED",
        backupRetentionSettings={},
    )
    fill(
        b["backupRetentionSettings"],
        retentionUnit="COUNT",
        retainedBackups=15 if s["edition"] == "ENTERPRISE_PLUS" else 7,
    )
    if pg:
        fill(
            b,
            pointInTimeRecoveryEnabled=False,
            replicationLogArchivingEnabled=b.get("pointInTimeRecoveryEnabled", False),
        )
    else:
        fill(b, binaryLogEnabled=False)
    if s["availabilityType"] == "REGIONAL" and not (
        b["enabled"] and (b.get("pointInTimeRecoveryEnabled") if pg else b.get("binaryLogEnabled"))
    ):
        raise bad(
            "Invalid request: Regional instances must have backups and %s enabled."
            % ("point-in-time recovery" if pg else "binary logging")
        )
    fill(s["locationPreference"], kind="sql#locationPreference", zone=i["region"] + "-a")
    if s.get("maintenanceWindow"):
        fill(s["maintenanceWindow"], kind="sql#maintenanceWindow")
    ip = fill(
        s["ipConfiguration"],
        ipv4Enabled=True,
        sslMode="ALLOW_UNENCRYPTED_AND_ENCRYPTED",
        serverCaMode="GOOGLE_MANAGED_INTERNAL_CA",
    )
    ip["requireSsl"] = ip["sslMode"] == "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"
    if s.get("passwordValidationPolicy"):
        fill(s["passwordValidationPolicy"], minLength=0, reuseInterval=0, enablePasswordPolicy=True)
    for f in s.get("databaseFlags") or []:
        if not re.fullmatch(r"[a-z0-9_.\-]+", f.get("name", "")) or "value" not in f:
            raise bad("Invalid request: Invalid flag %s." % f.get("name"))
    names = [f["name"] for f in s.get("databaseFlags") or []]
    if len(names) != len(set(names)):
        raise bad("Invalid request: Duplicate database flag.")
    iam = "cloudsql.iam_authentication" if pg else "cloudsql_iam_authentication"
    if {"cloudsql.iam_authentication", "cloudsql_iam_authentication"} - {iam} & set(names):
        raise bad("Invalid request: Invalid flag for instance version %s." % v)
    net = ip.get("privateNetwork")
    if net:
        ip["privateNetwork"] = net = canon(re.sub(r"^https://[^/]+/compute/[^/]+/", "", net))
    if not ip["ipv4Enabled"] and not net and not (ip.get("pscConfig") or {}).get("pscEnabled"):
        raise bad("Invalid request: At least one of Public IP or Private IP or PSC connectivity must be enabled.")
    if (
        net
        and "compute:" + net in STORE
        and not check.peering(net)
        or net
        and net.startswith("projects/%s/" % i["project"])
        and "compute:" + net not in STORE
    ):
        raise bad(
            "Invalid request: Incorrect Service Networking config for instance: %s:%s:NETWORK_NOT_PEERED. "
            % (i["project"], i["name"])
        )
    for n in ip.get("authorizedNetworks") or []:
        check.cidr(n.get("value", ""), "authorizedNetworks")


def create(proj, body, base):
    n = body.get("name", "")
    check.name(n, r"[a-z]([-a-z0-9]{0,96}[a-z0-9])?", "name")
    k = "sql:projects/%s/instances/%s" % (proj, n)
    if k in STORE:
        raise exists(
            "The Cloud SQL instance already exists. When you delete an instance, you cannot reuse the name of the deleted instance until one week from the deletion date."
        )
    v = body.get("databaseVersion") or "MYSQL_8_0"
    if not re.fullmatch(r"POSTGRES_(9_6|1[0-9])|MYSQL_(5_[67]|8_[0-9](_\d+)?)|SQLSERVER_20\d\d_\w+", v):
        raise bad("Invalid request: Invalid database version %s." % v)
    r = fill(copy(body), databaseVersion=v, region="us-central1", instanceType="CLOUD_SQL_INSTANCE")
    r.pop("rootPassword", None)
    r.update(
        kind="sql#instance",
        state="RUNNABLE",
        project=proj,
        backendType="SECOND_GEN",
        connectionName="%s:%s:%s" % (proj, r["region"], n),
        createTime=now(),
        selfLink="https://sqladmin.googleapis.com/sql/v1beta4/projects/%s/instances/%s" % (proj, n),
        gceZone=r["region"] + "-a",
        serviceAccountEmailAddress="p%s-%s@gcp-sa-cloud-sql.iam.gserviceaccount.com" % (number(proj), digits(k, 6)),
        databaseInstalledVersion=v + ".1",
        maintenanceVersion=v + ".R20260801.00_00",
        sqlNetworkArchitecture="NEW_NETWORK_ARCHITECTURE",
        satisfiesPzs=False,
        serverCaCert={
            "kind": "sql#sslCert",
            "certSerialNumber": "0",
            "cert": "fake",
            "commonName": "C=US",
            "createTime": now(),
            "expirationTime": now(315360000),
            "sha1Fingerprint": "0" * 40,
            "instance": n,
        },
    )
    if r["region"] not in check.REGIONS:
        raise bad("Invalid request: Invalid region %s." % r["region"])
    kms = (r.get("diskEncryptionConfiguration") or {}).get("kmsKeyName")
    check.cmek(kms, "gcp-sa-cloud-sql", proj)
    if kms:
        r["diskEncryptionConfiguration"].update(kind="sql#diskEncryptionConfiguration")
    s = r.setdefault("settings", {})
    settings_defaults(r, s, None)
    s["settingsVersion"] = "1"
    host = int(digits(k, 4)) % 200 + 3
    r["ipAddresses"] = (
        [{"type": "PRIMARY", "ipAddress": "203.0.113.%d" % host}] if s["ipConfiguration"]["ipv4Enabled"] else []
    ) + ([{"type": "PRIVATE", "ipAddress": "10.20.0.%d" % host}] if s["ipConfiguration"].get("privateNetwork") else [])
    r["etag"] = etag(r)
    STORE[k] = r
    if v.startswith("POSTGRES"):
        STORE[k + "/databases/postgres"] = {
            "kind": "sql#database",
            "name": "postgres",
            "charset": "UTF8",
            "collation": "en_US.UTF8",
            "instance": n,
            "project": proj,
            "_default": True,
        }
    u = {"POSTGRES": "postgres", "MYSQL": "root", "SQLSERVER": "sqlserver"}[v.split("_")[0]]
    STORE[k + "/users/%s@%s" % (u, "%" if v.startswith("MYSQL") else "")] = dict(
        {"kind": "sql#user", "name": u, "instance": n, "project": proj, "_default": True},
        **({"host": "%"} if v.startswith("MYSQL") else {})
    )


def password(i, user, value):
    """Refuses a password as the policy of the instance does, and keeps it where people do not see it."""
    policy = i["settings"].get("passwordValidationPolicy") or {}
    old = user.get("_passwords", [])
    if policy.get("enablePasswordPolicy"):
        kinds = [r"[a-z]", r"[A-Z]", r"[0-9]", r"[^A-Za-z0-9]"]
        complex = policy.get("complexity") == "COMPLEXITY_DEFAULT"
        named = policy.get("disallowUsernameSubstring") and user["name"].lower() in value.lower()
        again = value in old[::-1][: policy.get("reuseInterval", 0)]
        easy = complex and not all(re.search(kind, value) for kind in kinds)
        if easy or named or again or len(value) < policy.get("minLength", 0):
            raise bad("Invalid request: The password does not satisfy the password policy of the instance.")
    user["_passwords"] = old + [value]


def add_user(proj, inst, i, b):
    t, n, my = b.get("type", "BUILT_IN"), b.get("name", ""), i["databaseVersion"].startswith("MYSQL")
    if t.startswith("CLOUD_IAM") and "@" not in n:
        raise bad("Invalid request: Invalid IAM user name %s." % n)
    if t == "CLOUD_IAM_SERVICE_ACCOUNT":
        if not my and n.endswith(".gserviceaccount.com"):
            raise bad(
                'Invalid request: Database username for Cloud IAM service account should be created without ".gserviceaccount.com" suffix.'
            )
        flags = {f["name"]: f["value"].lower() for f in i["settings"].get("databaseFlags") or []}
        if flags.get("cloudsql_iam_authentication" if my else "cloudsql.iam_authentication") != "on":
            raise bad("Invalid request: IAM authentication is not enabled for the instance.")
    u = {k: v for k, v in b.items() if k not in ("password",)}
    u.update(kind="sql#user", instance=inst, project=proj)
    if t == "BUILT_IN":
        u.pop("type", None)
        if not b.get("password"):
            raise bad("Invalid request: A password is required for the user %s." % n)
        password(i, u, b["password"])
    if my:
        u["name"] = n.split("@")[0] if t.startswith("CLOUD_IAM") and t != "CLOUD_IAM_GROUP" else n
        u["host"] = u.get("host") or "%"
        if t.startswith("CLOUD_IAM"):
            u["iamEmail"] = n
    k = "sql:projects/%s/instances/%s/users/%s@%s" % (proj, inst, u["name"], u.get("host", ""))
    if k in STORE and not STORE[k].get("_default"):
        raise exists("User %s already exists in instance %s." % (n, inst))
    STORE[k] = u


def handle(svc, m, path, q, body, host):
    base = "https://" + host
    mt = re.match(r"^(?:/sql)?/v1(?:beta4)?/projects/([^/]+)/(.*)$", path)
    if not mt:
        if path.endswith("/flags"):
            return {"items": []}
        raise missing("no route " + path)
    proj = canon("projects/" + mt.group(1))[9:]
    p = mt.group(2).split("/")
    check.api("sql", proj)

    def op(kind, inst):
        n = str(uuid.uuid4())
        OPS["sql:" + n] = {
            "kind": "sql#operation",
            "name": n,
            "status": "DONE",
            "operationType": kind,
            "targetId": inst,
            "targetProject": proj,
            "insertTime": now(),
            "startTime": now(),
            "endTime": now(),
            "user": "operator@example.com",
            "targetLink": "%s/sql/v1beta4/projects/%s/instances/%s" % (base, proj, inst),
            "selfLink": "%s/sql/v1beta4/projects/%s/operations/%s" % (base, proj, n),
        }
        return OPS["sql:" + n]

    show = lambda r: {x: y for x, y in r.items() if not x.startswith("_")}
    if p[0] == "operations":
        return OPS["sql:" + p[1]] if len(p) > 1 else {"items": [v for k, v in OPS.items() if k.startswith("sql:")]}
    if p[0] == "tiers":
        return {"items": []}
    root = "sql:projects/%s/instances" % proj
    if len(p) == 1:
        if m == "GET":
            return {"kind": "sql#instancesList", "items": [show(v) for v in children(root)]}
        create(proj, body, base)
        return op("CREATE", body["name"])
    inst, k = p[1], root + "/" + p[1]
    if k not in STORE:
        raise ApiError(404, "NOT_FOUND", "The Cloud SQL instance does not exist.", reason="instanceDoesNotExist")
    i = STORE[k]
    if len(p) == 2:
        if m == "GET":
            return show(i)
        if m == "DELETE":
            if i["settings"].get("deletionProtectionEnabled"):
                raise bad(
                    "The instance is protected. Please disable the deletion protection and try again. To disable deletion protection, update the instance settings with deletionProtectionEnabled set to false."
                )
            drop(k)
            return op("DELETE", inst)
        new = copy(i)
        s = body.get("settings") or {}
        if m == "PUT" and s.get("settingsVersion") and s["settingsVersion"] != i["settings"]["settingsVersion"]:
            raise ApiError(412, "FAILED_PRECONDITION", "Condition does not match.", reason="staleData")
        if m == "PUT":
            new["settings"] = {
                x: i["settings"][x]
                for x in ("edition", "dataDiskType", "dataDiskSizeGb", "locationPreference")
                if x in i["settings"]
            }
        merge(new, {x: y for x, y in body.items() if x in ("settings", "databaseVersion", "maintenanceVersion")})
        if m == "PATCH" and "databaseFlags" in s:
            new["settings"]["databaseFlags"] = s["databaseFlags"]
        settings_defaults(new, new["settings"], i)
        new["settings"]["settingsVersion"] = str(int(i["settings"]["settingsVersion"]) + 1)
        i.clear()
        i.update(new)
        return op("UPDATE", inst)
    sub, name = p[2], "/".join(p[3:])
    if sub == "connectSettings":
        return {
            "kind": "sql#connectSettings",
            "region": i["region"],
            "databaseVersion": i["databaseVersion"],
            "ipAddresses": i["ipAddresses"],
            "backendType": "SECOND_GEN",
            "serverCaCert": i["serverCaCert"],
        }
    if sub not in ("users", "databases"):
        raise missing("no route " + path)
    items = lambda: [(x, v) for x, v in sorted(STORE.items()) if x.startswith("%s/%s/" % (k, sub))]
    if sub == "users" and m in ("DELETE", "PUT"):
        name, who = (q.get("name") or [name])[0], (q.get("host") or [""])[0]
    if m == "GET" and not name:
        return {"kind": "sql#%sList" % sub, "items": [show(v) for _, v in items()]}
    if m == "POST" and sub == "users":
        add_user(proj, inst, i, body)
        return op("CREATE_USER", inst)
    if m == "POST":
        x = "%s/databases/%s" % (k, body["name"])
        if x in STORE:
            raise bad(
                'Invalid request: failed to create database %s. Detail: pq: database "%s" already exists.'
                % (body["name"], body["name"])
            )
        pg = i["databaseVersion"].startswith("POSTGRES")
        STORE[x] = dict(
            {a: b for a, b in body.items() if b},
            kind="sql#database",
            project=proj,
            instance=inst,
            selfLink="https://sqladmin.googleapis.com/sql/v1beta4/projects/%s/instances/%s/databases/%s"
            % (proj, inst, body["name"]),
            etag=etag(x),
        )
        fill(STORE[x], charset="UTF8" if pg else "utf8mb4", collation="en_US.UTF8" if pg else "utf8mb4_0900_ai_ci")
        return op("CREATE_DATABASE", inst)
    hit = [
        (x, v)
        for x, v in items()
        if v["name"] == name and (sub != "users" or not who or v.get("host", "") in (who, "%" if who == "%" else who))
    ]
    if not hit:
        raise missing("Not found")
    x, v = hit[0]
    if m == "DELETE":
        del STORE[x]
        return op("DELETE_" + sub[:-1].upper(), inst)
    if m in ("PATCH", "PUT"):
        if sub == "users" and body.get("password"):
            password(i, v, body["password"])
        v.update({a: b for a, b in body.items() if a != "password"})
        return op("UPDATE_" + sub[:-1].upper(), inst)
    return show(v)
