// Command trivy tells what trivy finds in Terraform: its own engine, with its own checks, without the rest of it, which takes
// ten times as long to build and wants a network.
//
// usage: trivy FOLDER
//
// One JSON object: how many checks passed, and each finding.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/aquasecurity/trivy/pkg/iac/rego"
	"github.com/aquasecurity/trivy/pkg/iac/scan"
	"github.com/aquasecurity/trivy/pkg/iac/scanners/terraform"
)

type finding struct {
	Check    string `json:"check"`
	Says     string `json:"says"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Resource string `json:"resource"`
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: trivy FOLDER")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "trivy:", err)
		os.Exit(2)
	}
}

func run(folder string) error {
	scanner := terraform.New(
		rego.WithEmbeddedPolicies(true),
		rego.WithEmbeddedLibraries(true),
		rego.WithPolicyNamespaces("builtin"),
		terraform.ScannerWithAllDirectories(true),
		terraform.ScannerWithDownloadsAllowed(false),
		terraform.ScannerWithStopOnHCLError(true),
	)
	results, err := scanner.ScanFS(context.Background(), os.DirFS(folder), ".")
	if err != nil {
		return err
	}
	answer := struct {
		Passed   int       `json:"passed"`
		Findings []finding `json:"findings"`
	}{len(results.GetPassed()), []finding{}}
	for _, result := range results.GetFailed() {
		answer.Findings = append(answer.Findings, told(result))
	}
	return json.NewEncoder(os.Stdout).Encode(answer)
}

func told(result scan.Result) finding {
	flat := result.Flatten()
	return finding{
		Check:    result.Rule().ID,
		Says:     flat.Description,
		File:     flat.Location.Filename,
		Line:     flat.Location.StartLine,
		Resource: flat.Resource,
	}
}
