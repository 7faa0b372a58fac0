package schema

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
)

// Names are the names that there are, by kind.
type Names map[string][]string

type node = map[string]any

// draft is the dialect of JSON Schema that every editor knows.
const draft = "http://json-schema.org/draft-07/schema#"

// JSONIntent gives the schema of files of intent; with names, a reference is one of them.
func (l *Language) JSONIntent(names Names) []byte {
	var branches []any
	kinds := slices.Sorted(maps.Keys(l.Kinds))
	for _, kind := range kinds {
		branches = append(branches, node{
			"if":   node{"properties": node{"kind": node{"const": kind}}, "required": []string{"kind"}},
			"then": object(l.Kinds[kind], names),
		})
	}
	text := "What is asked for:"
	for _, kind := range kinds {
		text += "\n\n`" + kind + "` " + l.Kinds[kind].Doc
	}
	return document(names, node{
		"title":    "intent of a network",
		"type":     "object",
		"required": []string{"kind", "name"},
		"properties": node{
			"kind": node{"enum": kinds, "description": "What is asked for.", "markdownDescription": text},
			"name": node{},
		},
		"allOf": branches,
	})
}

// JSONInventory gives the schema of the files of the inventory.
func (l *Language) JSONInventory(names Names) []byte {
	o := object(l.Inventory, names)
	o["title"] = "inventory of a network"
	return document(names, o)
}

// JSONFile gives the schema of a file that is one object, such as policy.yaml.
func JSONFile(title string, of *Object) []byte {
	o := object(of, nil)
	o["title"] = title
	return document(nil, o)
}

// document ends a schema: with the names that it speaks of.
func document(names Names, o node) []byte {
	o["$schema"] = draft
	defs := node{}
	for kind, all := range names {
		if len(all) > 0 {
			defs[kind] = node{"enum": all}
		}
	}
	if len(defs) > 0 {
		o["definitions"] = defs
	}
	text, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		panic(err) // it is made of words and numbers
	}
	return append(text, '\n')
}

func object(o *Object, names Names) node {
	properties, required := node{}, []string{}
	for _, f := range o.Fields {
		p := value(&f.Type, names)
		p["description"] = f.Doc
		p["markdownDescription"] = f.Doc + "\n\n" + f.Says()
		properties[f.Name] = p
		if !f.Optional {
			required = append(required, f.Name)
		}
	}
	out := node{"type": "object", "additionalProperties": false, "properties": properties, "minProperties": 1}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

func value(t *Type, names Names) node {
	switch {
	case t.Elem != nil:
		n := node{"type": "array", "minItems": 1, "items": value(t.Elem, names)}
		if t.Elem.Object == nil && t.Elem.Elem == nil && t.Elem.Value == nil {
			n["uniqueItems"] = true
		}
		return n
	case t.Value != nil:
		return node{"type": "object", "minProperties": 1, "propertyNames": value(t.Key, names), "additionalProperties": value(t.Value, names)}
	case t.Object != nil:
		return object(t.Object, names)
	case t.Values != nil:
		return node{"type": "string", "enum": t.Values}
	}
	return scalar(t, names)
}

func scalar(t *Type, names Names) node {
	s := t.Shape
	n := node{}
	switch {
	case s.Truth:
		return node{"type": "boolean"}
	case s.Number:
		n["type"], n["minimum"] = "integer", s.Low
		if s.High < math.MaxInt64 {
			n["maximum"] = s.High
		}
		var not []json.Number
		for _, x := range s.Not {
			not = append(not, json.Number(x))
		}
		if not != nil {
			n["not"] = node{"enum": not}
		}
		return n
	}
	n["type"] = "string"
	if s.Bare {
		n["type"], n["minimum"], n["maximum"] = []string{"string", "integer"}, s.Low, s.High
	}
	switch have := names.Of(t.Of); {
	case len(have) == 0:
	case len(Kinds(t.Of)) > 1:
		n["enum"] = have
		return n
	default:
		n["allOf"] = []any{node{"$ref": "#/definitions/" + t.Of}}
		return n
	}
	if s.Pattern != "" {
		n["pattern"], n["patternErrorMessage"] = s.Pattern, "want "+article(t.Says())
	}
	if s.Longest > 0 {
		n["maxLength"] = s.Longest
	}
	if s.Not != nil {
		n["not"] = node{"enum": s.Not}
	}
	return n
}

func article(s string) string {
	if strings.Contains("aeiouAEIOU", s[:1]) {
		return "an " + s
	}
	return "a " + s
}
