package gnmi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/openconfig/gnmi/proto/gnmi"
	"github.com/openconfig/gnmi/value"
)

// lines prints one line for each leaf, "path json", in order. An array stays one value:
// nothing here knows the keys of a list. Two values for one path are an error.
func lines(ns []*gnmi.Notification) ([]byte, int, error) {
	leaves := map[string]string{}
	for _, n := range ns {
		for _, u := range n.GetUpdate() {
			v, err := decode(u.GetVal())
			if err != nil {
				return nil, 0, fmt.Errorf("the value of %s cannot be read: %w", show(n.GetPrefix(), u.GetPath()), err)
			}
			if err := flatten(leaves, show(n.GetPrefix(), u.GetPath()), v); err != nil {
				return nil, 0, err
			}
		}
	}
	var b bytes.Buffer
	for _, path := range slices.Sorted(maps.Keys(leaves)) {
		b.WriteString(path + " " + leaves[path] + "\n")
	}
	return b.Bytes(), len(leaves), nil
}

func decode(v *gnmi.TypedValue) (out any, err error) {
	text := v.GetJsonIetfVal()
	if text == nil {
		text = v.GetJsonVal()
	}
	if text == nil {
		return value.ToScalar(v)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // a counter of 64 bits is no float
	if err = d.Decode(&out); err == nil && d.More() {
		err = errors.New("something stands behind its end")
	}
	return out, err
}

func flatten(leaves map[string]string, path string, v any) error {
	if m, ok := v.(map[string]any); ok {
		for k, child := range m {
			if err := flatten(leaves, strings.TrimSuffix(path, "/")+"/"+k, child); err != nil {
				return err
			}
		}
		return nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("the value of %s cannot be printed", path)
	}
	if was, ok := leaves[path]; ok && was != string(text) {
		return fmt.Errorf("%s has two values: %s and %s", path, was, text)
	}
	leaves[path] = string(text)
	return nil
}

// show prints a path; what ends a key is escaped in it.
func show(prefix, p *gnmi.Path) string {
	escape := strings.NewReplacer(`\`, `\\`, `]`, `\]`, ` `, `\ `, "\n", `\n`)
	var b strings.Builder
	for _, e := range slices.Concat(prefix.GetElem(), p.GetElem()) {
		b.WriteString("/" + e.GetName())
		for _, k := range slices.Sorted(maps.Keys(e.GetKey())) {
			b.WriteString("[" + k + "=" + escape.Replace(e.GetKey()[k]) + "]")
		}
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}
