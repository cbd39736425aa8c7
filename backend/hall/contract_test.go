package hall_test

import (
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"tollbook/backend/record"
)

type schemaFile struct {
	Components struct {
		Schemas map[string]struct {
			Properties map[string]any `yaml:"properties"`
			Required   []string       `yaml:"required"`
		} `yaml:"schemas"`
	} `yaml:"components"`
}

// The record structs are written by hand; the contract must tell the truth about them.
func TestRecordsAreAsTheContractSays(t *testing.T) {
	text, err := os.ReadFile("../hallapi/openapi.yaml")
	must(t, err)
	var contract schemaFile
	must(t, yaml.Unmarshal(text, &contract))
	for _, kind := range record.Kinds() {
		empty, _ := record.New(kind)
		structure := reflect.TypeOf(empty).Elem()
		schema, there := contract.Components.Schemas[structure.Name()]
		if !there {
			t.Errorf("the contract has no schema %s", structure.Name())
			continue
		}
		var all, required []string
		for i := range structure.NumField() {
			name, option, _ := strings.Cut(structure.Field(i).Tag.Get("json"), ",")
			all = append(all, name)
			if option != "omitempty" {
				required = append(required, name)
			}
		}
		slices.Sort(all)
		if properties := slices.Sorted(maps.Keys(schema.Properties)); !slices.Equal(properties, all) {
			t.Errorf("%s: the contract has %v, the record %v", structure.Name(), properties, all)
		}
		slices.Sort(required)
		slices.Sort(schema.Required)
		if !slices.Equal(schema.Required, required) {
			t.Errorf("%s: the contract requires %v, the record always has %v", structure.Name(), schema.Required, required)
		}
	}
}
