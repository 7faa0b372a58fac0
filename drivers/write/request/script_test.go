package request

import (
	"fmt"
	"strings"
	"testing"

	"github.com/openconfig/gnmi/proto/gnmi"

	"plumbline/drivers"
	"plumbline/drivers/internal/rpc"
)

// A request says what the script says, each value as its leaf is written, and a list of values
// as what it will be; what nobody knows how to write is refused.
func TestSet(t *testing.T) {
	m := drivers.Models{Origin: "o", Leaves: map[string]drivers.Leaf{
		"/i/mtu": {Kind: "number"}, "/i/text": {Kind: "string"}, "/i/on": {Kind: "bool"}, "/i/id": {Kind: "digits"}, "/i/p": {Kind: "string", Many: true}}}
	holds := rpc.Tree{"i": []any{map[string]any{"name": "e/1 x", "p": []any{"A", "B"}}, map[string]any{"name": "e2", "p": "A"},
		map[string]any{"name": "e4", "p": []any{"some-types:A", "a<b", "65001:1", "[x"}}}}
	for script, want := range map[string]string{
		"delete /i[name=e/1 x]\nupdate /i[name=e2]":            `delete i[name=e/1 x]; update i[name=e2] {}`,
		"update /i[name=e2]/mtu 9":                             `update i[name=e2] mtu 9`,
		"update /i[name=e2]/mtu nine":                          `"nine" is no number`,
		"update /i[name=e2]/text \"42 <b>\"":                   `update i[name=e2] text "42 <b>"`,
		"update /i[name=e2]/text 42":                           `update i[name=e2] text "42"`,
		"update /i[name=e2]/text \"42":                         `do not close`,
		"update /i[name=e2]/on true":                           `update i[name=e2] on true`,
		"update /i[name=e2]/on yes":                            `"yes" is no bool`,
		"update /i[name=e2]/id 42":                             `update i[name=e2] id 42`,
		"update /i[name=e2]/id optional":                       `update i[name=e2] id "optional"`,
		"update /i[name=e2]/id 007":                            `update i[name=e2] id "007"`,
		"update /i[name=e2]/speed 1":                           `no rule of the platform knows`,
		"delete /i[name=e/1 x]/p A\nupdate /i[name=e/1 x]/p C": `replace i[name=e/1 x] p ["B","C"]`,
		"delete /i[name=e/1 x]/p A\ndelete /i[name=e/1 x]/p B": `delete i[name=e/1 x] p`,
		"update /i[name=e2]/p B":                               `replace i[name=e2] p ["A","B"]`,
		"update /i[name=e3]/p B":                               `update i[name=e3] p ["B"]`,

		// What is new comes in the order of the script, also lists: entries that people order do.
		"update /i[name=e3]/mtu 9\nupdate /i[name=e5]/p B\nupdate /i[name=e6]/mtu 9\nupdate /i[name=e5]/p A": `update i[name=e3] mtu 9; update i[name=e5] p ["B","A"]; update i[name=e6] mtu 9`,
		// What went with the entry above does not come back.
		"delete /i[name=e/1 x]\nupdate /i[name=e/1 x]/p C":    `delete i[name=e/1 x]; update i[name=e/1 x] p ["C"]`,
		"update /i[name=e2]/p C\ndelete /i[name=e2]":          `delete i[name=e2]`,
		"update /i[name=e2]/mtu 9\ndelete /i[name=e2]/mtu":    `delete i[name=e2] mtu`,
		"delete /i[name=e4]/p A\ndelete /i[name=e4]/p a<b":    `replace i[name=e4] p ["65001:1","[x"]`,
		"delete /i[name=e4]/p 1\ndelete /i[name=e4]/p \"[x\"": `replace i[name=e4] p ["some-types:A","a<b","65001:1"]`,
		`update /i[name=e2]/text "[null]"`:                    `update i[name=e2] text "[null]"`,
		`update /i[name=e2]/text "{}"`:                        `update i[name=e2] text "{}"`,
		`update /i[name=a\[b]/text c d`:                       `update i[name=a[b] text "c d"`,
		`update /i[name=a\]/b c]/text d`:                      `update i[name=a]/b c] text "d"`,
		"delete /i[name=e/1 x]/p":                             `delete i[name=e/1 x] p`,
		"replace /i[name=e2]/mtu 9":                           `is no delete or update`,
		"update i/mtu 9":                                      `is no delete or update`,
		"\n":                                                  `holds no line`,
	} {
		q, err := set([]byte(script), holds, m)
		have := fmt.Sprint(err)
		if err == nil {
			var parts []string
			for _, p := range q.GetDelete() {
				parts = append(parts, "delete "+shown(p))
			}
			for _, u := range q.GetReplace() {
				parts = append(parts, "replace "+shown(u.GetPath())+" "+string(u.GetVal().GetJsonIetfVal()))
			}
			for _, u := range q.GetUpdate() {
				parts = append(parts, "update "+shown(u.GetPath())+" "+string(u.GetVal().GetJsonIetfVal()))
			}
			have = strings.Join(parts, "; ")
		}
		if have != want && (err == nil || !strings.Contains(have, want)) {
			t.Errorf("%q: %s, want %s", script, have, want)
		}
	}
}

// Where a device takes leaves as types of gNMI alone they are sent so, lists of them too.
func TestScalars(t *testing.T) {
	m := drivers.Models{Scalar: true, Leaves: map[string]drivers.Leaf{
		"/i/mtu": {Kind: "number"}, "/i/text": {Kind: "string"}, "/i/on": {Kind: "bool"}, "/i/p": {Kind: "string", Many: true}}}
	q, err := set([]byte("update /i/mtu 9\nupdate /i/text \"9\"\nupdate /i/on true\nupdate /i/p A\nupdate /i/p B\nupdate /l[n=1]\n"), rpc.Tree{"i": map[string]any{}}, m)
	if err != nil {
		t.Fatal(err)
	}
	var have []string
	for _, u := range q.GetUpdate() {
		have = append(have, strings.ReplaceAll(u.GetVal().String(), "  ", " "))
	}
	const want = `uint_val:9; string_val:"9"; bool_val:true; leaflist_val:{element:{string_val:"A"} element:{string_val:"B"}}; json_ietf_val:"{}"`
	if strings.Join(have, "; ") != want {
		t.Errorf("%s, want %s", strings.Join(have, "; "), want)
	}
}

// shown is how these tests write a path: its origin is that of the platform.
func shown(p *gnmi.Path) string {
	var parts []string
	for _, e := range p.GetElem() {
		part := e.GetName()
		for k, v := range e.GetKey() {
			part += "[" + k + "=" + v + "]"
		}
		parts = append(parts, part)
	}
	if p.GetOrigin() != "o" {
		parts = append(parts, "of origin "+p.GetOrigin())
	}
	return strings.Join(parts, " ")
}
