package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov5"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Args are the arguments of a resource or of a block, by name.
type Args map[string]*Fact

// Fact is what is known about an argument; the header of the file of facts explains the keys.
type Fact struct {
	Type                                             json.RawMessage
	Block, Is, ID                                    string
	In                                               Args
	Min, Max, Version                                int64
	Default                                          any
	Conflicts, OneOf, AnyOf, With, Timeouts          []string
	Check, Each                                      []Check
	Int, New, Sensitive, WriteOnly, Deprecated, Beta bool
}

// Facts is the whole file. A type of resource is a fact too: its arguments are in it.
type Facts struct{ Provider, Resources, Data, Ephemeral Args }

func (f *Fact) computed() bool { return strings.HasSuffix(f.Is, "comp") }

var typeOf sync.Map // types that were made before, by *Fact

// typ is the Terraform type of the value.
func (f *Fact) typ() tftypes.Type {
	t, ok := typeOf.Load(f)
	if !ok {
		t, _ = typeOf.LoadOrStore(f, f.makeType())
	}
	return t.(tftypes.Type)
}

func (f *Fact) makeType() tftypes.Type {
	switch f.Block {
	case "list":
		return tftypes.List{ElementType: f.In.typ()}
	case "set":
		return tftypes.Set{ElementType: f.In.typ()}
	case "single":
		return f.In.typ()
	}
	t, err := tftypes.ParseJSONType(f.Type) //nolint:staticcheck // the only parser of this notation
	if err != nil {
		panic(fmt.Sprintf("facts: type %s: %v", f.Type, err))
	}
	return t
}

func (a Args) typ() tftypes.Object {
	o := tftypes.Object{AttributeTypes: make(map[string]tftypes.Type, len(a))}
	for n, f := range a {
		o.AttributeTypes[n] = f.typ()
	}
	return o
}

var nestings = map[string]tfprotov5.SchemaNestedBlockNestingMode{"list": tfprotov5.SchemaNestedBlockNestingModeList,
	"set": tfprotov5.SchemaNestedBlockNestingModeSet, "single": tfprotov5.SchemaNestedBlockNestingModeSingle}

func (a Args) block(deprecated bool) *tfprotov5.SchemaBlock {
	b := &tfprotov5.SchemaBlock{Deprecated: deprecated}
	for _, n := range slices.Sorted(maps.Keys(a)) {
		if f := a[n]; f.Block != "" {
			b.BlockTypes = append(b.BlockTypes, &tfprotov5.SchemaNestedBlock{TypeName: n, Nesting: nestings[f.Block],
				MinItems: f.Min, MaxItems: f.Max, Block: f.In.block(f.Deprecated)})
		} else {
			b.Attributes = append(b.Attributes, &tfprotov5.SchemaAttribute{Name: n, Type: f.typ(), Required: f.Is == "req",
				Optional: strings.HasPrefix(f.Is, "opt"), Computed: f.computed(), Sensitive: f.Sensitive,
				WriteOnly: f.WriteOnly, Deprecated: f.Deprecated})
		}
	}
	return b
}

func schemas(all Args) map[string]*tfprotov5.Schema {
	out := make(map[string]*tfprotov5.Schema, len(all))
	for n, t := range all {
		out[n] = &tfprotov5.Schema{Version: t.Version, Block: t.In.block(t.Deprecated)}
	}
	return out
}

//go:embed facts.json
var factsJSON []byte

func loadFacts(beta bool) (*Facts, error) {
	fs := &Facts{}
	if err := json.Unmarshal(factsJSON, fs); err != nil {
		return nil, fmt.Errorf("facts.json: %w", err)
	}
	for _, args := range []Args{fs.Provider, fs.Resources, fs.Data, fs.Ephemeral} {
		args.prepare(beta)
	}
	return fs, nil
}

func (a Args) prepare(beta bool) {
	maps.DeleteFunc(a, func(_ string, f *Fact) bool { return f.Beta && !beta })
	for _, f := range a {
		if n, ok := f.Default.(float64); ok {
			f.Default = big.NewFloat(n)
		}
		f.In.prepare(beta)
		if f.Timeouts != nil {
			limits := Args{}
			for _, n := range f.Timeouts {
				limits[n] = &Fact{Type: json.RawMessage(`"string"`), Is: "opt"}
			}
			f.In["timeouts"] = &Fact{Block: "single", In: limits}
		}
	}
}
