package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/openconfig/gnmi/proto/gnmi"
	"github.com/openconfig/ondatra/gnmi/oc"
	"github.com/openconfig/ygot/ygot"
	"github.com/openconfig/ygot/ytypes"
)

// written is all that the device holds, as RFC 7951 has it.
func (t *target) written() (text string, err error) {
	if t.told == t.holds {
		return t.text, nil
	}
	text, err = ygot.EmitJSON(t.holds, &ygot.EmitJSONConfig{Format: ygot.RFC7951, SkipValidation: true,
		RFC7951Config: &ygot.RFC7951JSONConfig{AppendModuleName: true, PreferShadowPath: true}})
	if err == nil {
		t.told, t.text = t.holds, text
	}
	return text, err
}

// without gives what is left when paths are deleted. The structs leave out the containers around
// lists, which a request may delete; so the text is cut and read again.
func (t *target) without(gone []*gnmi.Path) (*oc.Root, error) {
	text, err := t.written()
	if err != nil {
		return nil, err
	}
	tree := map[string]any{}
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		return nil, err
	}
	for _, p := range gone {
		cut(tree, p.GetElem())
	}
	next := &oc.Root{}
	return next, ytypes.Unmarshal(t.root, next, tree, &ytypes.PreferShadowPath{})
}

// cut takes what is at a path out of a tree. What is not there is deleted already.
func cut(at map[string]any, path []*gnmi.PathElem) {
	if len(path) == 0 {
		clear(at)
		return
	}
	name := path[0].GetName()
	for member, v := range at {
		if bare(member) != name {
			continue
		}
		switch v := v.(type) {
		case []any:
			if len(path[0].GetKey()) > 0 {
				at[member] = slices.DeleteFunc(v, func(e any) bool {
					entry, ok := e.(map[string]any)
					if !ok || !keyed(entry, path[0].GetKey()) {
						return false
					}
					if len(path) == 1 {
						return true
					}
					cut(entry, path[1:])
					return false
				})
				continue
			}
			delete(at, member)
		case map[string]any:
			if len(path) == 1 {
				delete(at, member)
				continue
			}
			cut(v, path[1:])
		default:
			delete(at, member)
		}
	}
}

// keyed tells whether an entry has these keys.
func keyed(entry map[string]any, keys map[string]string) bool {
	for member, v := range entry {
		if want, is := keys[bare(member)]; is && bare(fmt.Sprint(v)) != want && fmt.Sprint(v) != want {
			return false
		}
	}
	return true
}

// bare is a name, or an identity, without its module.
func bare(name string) string {
	if module, rest, ok := strings.Cut(name, ":"); ok && strings.ContainsAny(module, "-") && !strings.Contains(rest, ":") {
		return rest
	}
	return name
}
