// Command provider serves the schema of the google provider from a table of facts, so that Terraform can validate,
// plan and apply generated code offline. It creates nothing and knows no cloud.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tfprotov5/tf5server"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

type server struct {
	tfprotov5.ProviderServer // nil: what Terraform never asks of this provider
	facts                    *Facts
	strict, attribution      bool
	project, region, zone    any // nil when not set
	labels                   map[string]any
}

type (
	ctx   = context.Context
	diags = []*tfprotov5.Diagnostic
)

func main() {
	beta := strings.Contains(filepath.Base(os.Args[0]), "google-beta")
	facts, err := loadFacts(beta)
	if err == nil {
		s := &server{facts: facts, strict: os.Getenv("RAVELIN_PROVIDER_STRICT") != ""}
		name := map[bool]string{true: "hashicorp/google-beta", false: "hashicorp/google"}[beta]
		err = tf5server.Serve(name, func() tfprotov5.ProviderServer { return s })
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "provider:", err)
		os.Exit(1)
	}
}

func failure(format string, args ...any) diags {
	return diags{{Severity: tfprotov5.DiagnosticSeverityError, Summary: fmt.Sprintf(format, args...)}}
}

func (s *server) GetProviderSchema(ctx, *tfprotov5.GetProviderSchemaRequest) (*tfprotov5.GetProviderSchemaResponse, error) {
	return &tfprotov5.GetProviderSchemaResponse{
		ServerCapabilities: &tfprotov5.ServerCapabilities{GetProviderSchemaOptional: true},
		Provider:           &tfprotov5.Schema{Block: s.facts.Provider.block(false)},
		ResourceSchemas:    schemas(s.facts.Resources), DataSourceSchemas: schemas(s.facts.Data),
		EphemeralResourceSchemas: schemas(s.facts.Ephemeral)}, nil
}

func (s *server) GetResourceIdentitySchemas(ctx, *tfprotov5.GetResourceIdentitySchemasRequest) (*tfprotov5.GetResourceIdentitySchemasResponse, error) {
	return &tfprotov5.GetResourceIdentitySchemasResponse{}, nil
}

func (s *server) StopProvider(ctx, *tfprotov5.StopProviderRequest) (*tfprotov5.StopProviderResponse, error) {
	return &tfprotov5.StopProviderResponse{}, nil
}

func (s *server) PrepareProviderConfig(_ ctx, r *tfprotov5.PrepareProviderConfigRequest) (*tfprotov5.PrepareProviderConfigResponse, error) {
	return &tfprotov5.PrepareProviderConfigResponse{PreparedConfig: r.Config, Diagnostics: s.check(s.facts.Provider, r.Config)}, nil
}

func (s *server) ConfigureProvider(_ ctx, r *tfprotov5.ConfigureProviderRequest) (*tfprotov5.ConfigureProviderResponse, error) {
	c := decode(r.Config, s.facts.Provider)
	for _, e := range []string{"GOOGLE_PROJECT", "GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "GOOGLE_REGION", "GCLOUD_REGION", "GOOGLE_ZONE", "GCLOUD_ZONE"} {
		n := strings.ToLower(e[strings.LastIndex(e, "_")+1:])
		if v := os.Getenv(e); c[n] == nil && v != "" {
			c[n] = v
		}
	}
	s.project, s.region, s.zone = c["project"], c["region"], c["zone"]
	s.labels, s.attribution = dict(c["default_labels"]), c["add_terraform_attribution_label"] != false
	return &tfprotov5.ConfigureProviderResponse{}, nil
}

func (s *server) check(in Args, config *tfprotov5.DynamicValue) diags {
	c := &checker{root: given(in, decode(config, in)), strict: s.strict}
	c.block("", in, c.root, nil)
	return c.diags
}

func (s *server) ValidateResourceTypeConfig(_ ctx, r *tfprotov5.ValidateResourceTypeConfigRequest) (*tfprotov5.ValidateResourceTypeConfigResponse, error) {
	return &tfprotov5.ValidateResourceTypeConfigResponse{Diagnostics: s.check(s.facts.Resources[r.TypeName].In, r.Config)}, nil
}

func (s *server) ValidateDataSourceConfig(_ ctx, r *tfprotov5.ValidateDataSourceConfigRequest) (*tfprotov5.ValidateDataSourceConfigResponse, error) {
	return &tfprotov5.ValidateDataSourceConfigResponse{Diagnostics: s.check(s.facts.Data[r.TypeName].In, r.Config)}, nil
}

func (s *server) ValidateEphemeralResourceConfig(_ ctx, r *tfprotov5.ValidateEphemeralResourceConfigRequest) (*tfprotov5.ValidateEphemeralResourceConfigResponse, error) {
	return &tfprotov5.ValidateEphemeralResourceConfigResponse{Diagnostics: s.check(s.facts.Ephemeral[r.TypeName].In, r.Config)}, nil
}

func (s *server) UpgradeResourceState(_ ctx, r *tfprotov5.UpgradeResourceStateRequest) (*tfprotov5.UpgradeResourceStateResponse, error) {
	t := s.facts.Resources[r.TypeName].In.typ()
	lenient := tfprotov5.UnmarshalOpts{ValueFromJSONOpts: tftypes.ValueFromJSONOpts{IgnoreUndefinedAttributes: true}}
	v, err := r.RawState.UnmarshalWithOpts(t, lenient)
	if err != nil {
		return nil, err
	}
	dv, err := tfprotov5.NewDynamicValue(t, v)
	return &tfprotov5.UpgradeResourceStateResponse{UpgradedState: &dv}, err
}

func (s *server) ReadResource(_ ctx, r *tfprotov5.ReadResourceRequest) (*tfprotov5.ReadResourceResponse, error) {
	return &tfprotov5.ReadResourceResponse{NewState: r.CurrentState, Private: r.Private}, nil
}

func (s *server) PlanResourceChange(_ ctx, r *tfprotov5.PlanResourceChangeRequest) (*tfprotov5.PlanResourceChangeResponse, error) {
	t := s.facts.Resources[r.TypeName]
	config, prior := decode(r.Config, t.In), decode(r.PriorState, t.In)
	resp := &tfprotov5.PlanResourceChangeResponse{PlannedState: r.ProposedNewState, PlannedPrivate: r.PriorPrivate, UnsafeToUseLegacyTypeSystem: true}
	if config == nil { // it is to be destroyed
		return resp, nil
	}
	planned := plan(t.In, config, prior)
	if err := s.settle(r.TypeName, t, planned, config, prior); err != nil {
		resp.Diagnostics = failure("%v", err)
		return resp, nil
	}
	resp.PlannedState = encode(planned, t.In)
	if prior == nil {
		return resp, nil
	}
	if canon(planned) == canon(prior) {
		resp.PlannedState = r.PriorState
	} else if resp.RequiresReplace = replaced(t.In, planned, prior, nil); resp.RequiresReplace != nil {
		resp.RequiresReplace = append(resp.RequiresReplace, tftypes.NewAttributePath().WithAttributeName("id"))
	}
	return resp, nil
}

func (s *server) ApplyResourceChange(_ ctx, r *tfprotov5.ApplyResourceChangeRequest) (*tfprotov5.ApplyResourceChangeResponse, error) {
	t := s.facts.Resources[r.TypeName]
	resp := &tfprotov5.ApplyResourceChangeResponse{NewState: r.PlannedState, Private: r.PlannedPrivate, UnsafeToUseLegacyTypeSystem: true}
	if st := decode(r.PlannedState, t.In); st != nil {
		s.fill(r.TypeName, t.ID, t.In, st)
		resp.NewState = encode(st, t.In)
	} else if prior := decode(r.PriorState, t.In); prior["deletion_protection"] == true || prior["deletion_policy"] == "PREVENT" {
		resp.NewState = r.PriorState
		resp.Diagnostics = failure("%s is protected: first apply deletion_protection = false, or another deletion_policy", r.TypeName)
	}
	return resp, nil
}

// read answers a data source: the configuration, with everything else faked.
func (s *server) read(types Args, name string, config *tfprotov5.DynamicValue) *tfprotov5.DynamicValue {
	t := types[name]
	st := plan(t.In, decode(config, t.In), nil)
	id := ""
	if r := s.facts.Resources[name]; r != nil {
		id = r.ID
	}
	switch name {
	case "google_iam_policy":
		st["policy_data"] = policyData(st)
	case "google_project":
		st["number"] = projectNumber
		if st["project_id"] == nil || st["project_id"] == open {
			st["project_id"] = s.project
		}
	}
	if f := t.In["project"]; f != nil && (st["project"] == nil || st["project"] == open) {
		st["project"] = s.project
	}
	s.fill(name, id, t.In, st)
	return encode(st, t.In)
}

func (s *server) ReadDataSource(_ ctx, r *tfprotov5.ReadDataSourceRequest) (*tfprotov5.ReadDataSourceResponse, error) {
	return &tfprotov5.ReadDataSourceResponse{State: s.read(s.facts.Data, r.TypeName, r.Config)}, nil
}

func (s *server) OpenEphemeralResource(_ ctx, r *tfprotov5.OpenEphemeralResourceRequest) (*tfprotov5.OpenEphemeralResourceResponse, error) {
	return &tfprotov5.OpenEphemeralResourceResponse{Result: s.read(s.facts.Ephemeral, r.TypeName, r.Config)}, nil
}

func (s *server) CloseEphemeralResource(ctx, *tfprotov5.CloseEphemeralResourceRequest) (*tfprotov5.CloseEphemeralResourceResponse, error) {
	return &tfprotov5.CloseEphemeralResourceResponse{}, nil
}

// policyData is the JSON of google_iam_policy.
func policyData(st map[string]any) string {
	policy := map[string]any{}
	for _, kind := range [][3]string{{"binding", "bindings", "role"}, {"audit_config", "auditConfigs", "service"}} {
		var out []any
		for _, e := range items(st[kind[0]]) {
			x := pick(e, "role", "members", "service", "audit_log_configs:auditLogConfigs")
			for _, c := range items(dict(e)["condition"]) {
				x["condition"] = pick(c, "title", "expression", "description")
			}
			var logs []any
			for _, l := range items(x["auditLogConfigs"]) {
				logs = append(logs, pick(l, "log_type:logType", "exempted_members:exemptedMembers"))
				x["auditLogConfigs"] = logs
			}
			out = append(out, x)
		}
		slices.SortStableFunc(out, func(a, b any) int { return strings.Compare(text(dict(a)[kind[2]]), text(dict(b)[kind[2]])) })
		if out != nil {
			policy[kind[1]] = out
		}
	}
	return canon(policy)
}

// pick takes what is set, under a new name where one is given.
func pick(x any, keys ...string) map[string]any {
	out := map[string]any{}
	for _, k := range keys {
		from, to, renamed := strings.Cut(k, ":")
		if v := dict(x)[from]; v != nil && v != "" && canon(v) != "[]" {
			out[map[bool]string{true: to, false: from}[renamed]] = v
		}
	}
	return out
}
