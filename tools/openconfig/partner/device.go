package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/openconfig/ygot/exampleoc"
	"github.com/openconfig/ygot/ygot"
	"github.com/openconfig/ygot/ytypes"
)

// Device is the root of the models. The server reads and judges its whole tree after every single
// update, and throws away what came of it. A Set is one transaction (gNMI specification, 3.4.3), in
// which a reference may come before what it leads to; so the tree is kept as the server wrote it, and
// is read and judged by whole when all of a request is done.
type Device exampleoc.Device

// IsYANGGoStruct marks what was made of models.
func (*Device) IsYANGGoStruct() {}

// Validate waits for the end of the request.
func (*Device) Validate(...ygot.ValidationOption) error { return nil }

// ΛEnumTypeMap gives the words that leaves may have.
func (*Device) ΛEnumTypeMap() map[string][]reflect.Type { return exampleoc.ΛEnumTypes }

// ΛBelongingModule is none: the root is of no module.
func (*Device) ΛBelongingModule() string { return "" }

// unmarshal is how the server reads JSON: the root waits, what is below it is read.
func (p *partner) unmarshal(text []byte, into ygot.GoStruct, opts ...ytypes.UnmarshalOpt) error {
	if _, root := into.(*Device); root {
		p.wrote = slices.Clone(text)
		return nil
	}
	return exampleoc.Unmarshal(text, into, opts...)
}

// read lays what the server wrote last into the models, where all of it is judged.
func (p *partner) read(held ygot.ValidatedGoStruct) error {
	tree := map[string]any{}
	if err := json.Unmarshal(p.wrote, &tree); err != nil {
		return err
	}
	keyed(tree)
	next := &exampleoc.Device{}
	if err := ytypes.Unmarshal(exampleoc.SchemaTree["Device"], next, tree); err != nil {
		return err
	}
	if err := next.Validate(); err != nil {
		return err
	}
	*held.(*Device) = Device(*next)
	return nil
}

// keyed mends keys. The server writes each key of a path that looks like a number as a number, also
// where the models have a string, and its own check then finds 10 and "10"; the entry's config tells
// which of them it is.
func keyed(v any) {
	switch v := v.(type) {
	case map[string]any:
		config, _ := v["config"].(map[string]any)
		for k, is := range config {
			if key, has := v[k].(float64); has && fmt.Sprint(key) == fmt.Sprint(is) {
				v[k] = is
			}
		}
		for _, child := range v {
			keyed(child)
		}
	case []any:
		for _, child := range v {
			keyed(child)
		}
	}
}
